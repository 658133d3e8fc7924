// SPDX-License-Identifier: Apache-2.0

#include "harness/load/load_report.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string_view>

#include "harness/text/columns.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLabel = 12;  // columns in front of what is said

struct Percentile {
  std::uint64_t per_million;
  const char* name;
};
constexpr std::array kPercentiles{Percentile{500'000, "50"},   Percentile{750'000, "75"},
                                  Percentile{900'000, "90"},   Percentile{990'000, "99"},
                                  Percentile{999'000, "99.9"}, Percentile{999'900, "99.99"}};

double in_seconds(RunTime time) { return std::chrono::duration<double>(time).count(); }

// ---- Text

std::string size_text(double bytes) {
  constexpr std::array kUnits{"B", "kB", "MB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < kUnits.size(); ++unit) bytes /= 1000;
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 2, kUnits[unit]);
}

std::string rate_text(double rate) { return fmt::format("{:.1f} calls/s", rate); }

// "1 call", "2 calls"
std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string line(std::string_view label, const std::string& text) {
  return wrapped(fmt::format("{:<{}}{}", label, kLabel, text), kLabel);
}

std::string words_of(LoadError error, std::uint64_t count) {
  switch (error) {
    case LoadError::kErrorReply:
      return fmt::format("{} error repl{}", count, count == 1 ? "y" : "ies");
    case LoadError::kUnexpected: return counted(count, "unexpected message");
    case LoadError::kUndecodable: return counted(count, "undecodable message");
    case LoadError::kTimeout: return counted(count, "call") + " without a reply in time";
    case LoadError::kDisconnected: return counted(count, "call") + " cut off by a lost connection";
    case LoadError::kConnectionLost: return counted(count, "connection") + " lost";
    case LoadError::kNotOpened: return counted(count, "connection") + " not opened";
  }
  return "";
}

std::string errors_text(const LoadTally& tally) {
  std::string out;
  for (std::size_t i = 0; i < kLoadErrorCount; ++i) {
    if (tally.errors[i] == 0) continue;
    const std::string words = words_of(static_cast<LoadError>(i), tally.errors[i]);
    out += line(out.empty() ? "errors" : "",
                fmt::format("{}{}: {}", words, tally.errors[i] == 1 ? "" : ", the first",
                            tally.samples[i]));
  }
  return out.empty() ? line("errors", "none") : out;
}

// One row of the table: without a schedule there is one kind of latency only.
std::string row(std::string_view label, bool has_schedule, double latency, double service_time) {
  std::string out = fmt::format("{:<{}}{:>12}", label, kLabel, duration_text(latency));
  if (has_schedule) out += fmt::format("   {:>12}", duration_text(service_time));
  return out + "\n";
}

std::string table(const LoadTally& tally, bool has_schedule) {
  if (tally.latency.count() == 0) return "";
  std::string out = fmt::format("{:<{}}{:>12}", "", kLabel, "latency");
  if (has_schedule) out += fmt::format("   {:>12}", "service time");
  out += '\n';
  const auto add = [&](const std::string& label, auto value_of) {
    out += row(label, has_schedule, static_cast<double>(value_of(tally.latency)),
               static_cast<double>(value_of(tally.service_time)));
  };
  for (const Percentile& percentile : kPercentiles) {
    add(fmt::format("{} %", percentile.name),
        [&](const LatencyHistogram& of) { return of.percentile(percentile.per_million); });
  }
  add("max", [](const LatencyHistogram& of) { return of.max(); });
  add("mean", [](const LatencyHistogram& of) { return of.mean(); });
  return out + "\n";
}

std::string explanation(const LoadResult& result, bool has_schedule) {
  std::string out =
      has_schedule
          ? "Latency is from the time at which the schedule meant a call to be sent (which "
            "corrects "
            "it for coordinated omission), service time from when it was sent, to the reply."
          : "Latency is from sending to the reply. Without a rate there is no schedule, and so no "
            "correction for coordinated omission: while the server stalls, no calls are made that "
            "would show it.";
  const std::uint64_t left_out = result.tally.failed + result.unsent();
  if (left_out > 0) {
    out += fmt::format(" The table leaves out {} that failed or could not be sent.",
                       counted(left_out, "call"));
  }
  return wrapped(out, 0);
}

std::string calls_text(const LoadResult& result, bool has_schedule) {
  const LoadTally& tally = result.tally;
  std::string text;
  if (has_schedule) text += fmt::format("{} intended, ", result.intended);
  text += fmt::format("{} sent, {} answered rightly", tally.sent, tally.answered);
  if (tally.failed > 0) text += fmt::format(", {} failed", tally.failed);
  if (result.unanswered > 0) text += fmt::format(", {} not waited for", result.unanswered);
  return text;
}

std::string achieved_text(const LoadResult& result, const LoadContext& context) {
  const std::string achieved = rate_text(result.per_second(result.tally.replies));
  if (!context.options.rate || result.intended == 0) return achieved;
  std::string text = fmt::format("{} of {}: {}", achieved, rate_text(*context.options.rate),
                                 result.is_rate_kept ? "kept" : "NOT KEPT");
  if (result.unsent() > 0) {
    text += fmt::format(", {} could not be sent in time", counted(result.unsent(), "call"));
  }
  return text;
}

std::string ending_text(const LoadResult& result, const LoadContext& context) {
  const bool is_cut = result.seconds() < in_seconds(context.options.duration);
  if (result.is_interrupted) {
    return fmt::format("interrupted; {:.3f} s were measured\n", result.seconds());
  }
  if (!is_cut) return "";
  return fmt::format("ended early, as all connections were lost; {:.3f} s were measured\n",
                     result.seconds());
}

// ---- JSON

Json latency_json(const LatencyHistogram& histogram, bool is_corrected) {
  const bool is_empty = histogram.count() == 0;
  const auto or_null = [&](auto value) { return is_empty ? Json(nullptr) : Json(value); };
  Json percentiles = Json::object();
  for (const Percentile& one : kPercentiles) {
    percentiles[one.name] = or_null(histogram.percentile(one.per_million));
  }
  return {{"corrected", is_corrected},
          {"relative_precision", LatencyHistogram::kRelativePrecision},
          {"count", histogram.count()},
          {"min", or_null(histogram.min())},
          {"mean", or_null(histogram.mean())},
          {"max", or_null(histogram.max())},
          {"percentiles", std::move(percentiles)}};
}

// One bucket a line.
void write_buckets(std::ostream& out, const LatencyHistogram& histogram) {
  const char* separator = "\n";
  for (const LatencyHistogram::Bucket& bucket : histogram.buckets()) {
    out << separator
        << Json{{"low", bucket.low}, {"high", bucket.high}, {"count", bucket.count}}.dump();
    separator = ",\n";
  }
}

void write_latency(std::ostream& out, const char* key, const LatencyHistogram& histogram,
                   bool is_corrected) {
  std::string text = latency_json(histogram, is_corrected).dump();
  text.pop_back();
  out << ",\n \"" << key << "\": " << text << ",\"buckets\":[";
  write_buckets(out, histogram);
  out << "\n ]}";
}

Json parameters_json(const LoadOptions& options) {
  Json out{{"connections", options.connections},
           {"rate", nullptr},
           {"seconds", in_seconds(options.duration)},
           {"warmup_seconds", in_seconds(options.warmup)},
           {"pipeline", options.plan.pipeline},
           {"verb", printable(options.plan.verb)},
           {"expects_error", options.plan.expects_error},
           {"args_size", options.plan.args.size()},
           {"timeout_seconds", in_seconds(options.plan.timeout)}};
  if (options.rate) out["rate"] = *options.rate;
  return out;
}

Json calls_json(const LoadResult& result, bool has_schedule) {
  const LoadTally& tally = result.tally;
  return {{"intended", has_schedule ? Json(result.intended) : Json(nullptr)},
          {"sent", tally.sent},
          {"answered", tally.answered},
          {"failed", tally.failed},
          {"unsent", result.unsent()},
          {"unanswered", result.unanswered}};
}

Json errors_json(const LoadTally& tally) {
  Json out = Json::object();
  for (std::size_t i = 0; i < kLoadErrorCount; ++i) {
    Json one{{"count", tally.errors[i]}};
    if (tally.errors[i] > 0) one["first"] = tally.samples[i];
    out[std::string{name(static_cast<LoadError>(i))}] = std::move(one);
  }
  return out;
}

}  // namespace

std::string duration_text(double ns) {
  if (ns < 1e3) return fmt::format("{:.0f} ns", ns);
  if (ns < 1e6) return fmt::format("{:.2f} µs", ns / 1e3);
  if (ns < 1e9) return fmt::format("{:.2f} ms", ns / 1e6);
  return fmt::format("{:.3f} s", ns / 1e9);
}

std::string load_head_text(const LoadContext& context) {
  const LoadOptions& options = context.options;
  const LoadPlan& plan = options.plan;
  std::string out = line("target", printable(context.target));
  out += line("revision", fmt::format("{} ({})", name(plan.revision), context.revision_note));
  out += line("load", fmt::format("{}, {}, at most {} in flight on each",
                                  counted(options.connections, "connection"),
                                  options.rate ? rate_text(*options.rate) + " together"
                                               : "as many calls as are answered",
                                  counted(plan.pipeline, "call")));
  out += line("calls", fmt::format("of {}{}, with {} of arguments", printable(plan.verb),
                                   plan.expects_error ? ", which must end in an error" : "",
                                   counted(plan.args.size(), "byte")));
  out += line("time", fmt::format("{} s, after a warm-up of {} s", in_seconds(options.duration),
                                  in_seconds(options.warmup)));
  return out + "\n";
}

std::string load_text(const LoadResult& result, const LoadContext& context) {
  const bool has_schedule = context.options.rate.has_value();
  const LoadTally& tally = result.tally;
  std::string out = table(tally, has_schedule);
  out += line("calls", calls_text(result, has_schedule));
  out += line("rate", achieved_text(result, context));
  out += line("bytes", fmt::format("{}/s sent, {}/s received",
                                   size_text(result.per_second(tally.bytes_sent)),
                                   size_text(result.per_second(tally.bytes_received))));
  out += errors_text(tally);
  out += ending_text(result, context);
  if (tally.latency.count() > 0) out += "\n" + explanation(result, has_schedule);
  return out;
}

std::string load_line(const LoadResult& result, const LoadContext& context) {
  const LatencyHistogram& latency = result.tally.latency;
  std::string out =
      fmt::format("{} answered, {}, {}", counted(result.tally.answered, "call"),
                  counted(result.tally.error_count(), "error"), achieved_text(result, context));
  if (latency.count() > 0) {
    out += fmt::format("; 50 % {}, 99 % {}, max {}",
                       duration_text(static_cast<double>(latency.percentile(500'000))),
                       duration_text(static_cast<double>(latency.percentile(990'000))),
                       duration_text(static_cast<double>(latency.max())));
  }
  return wrapped(out, 2);
}

void write_load_report(std::ostream& out, const LoadResult& result, const LoadContext& context) {
  const LoadTally& tally = result.tally;
  const bool has_schedule = context.options.rate.has_value();
  Json head{{"format", "wsapi-conform-load-report"},
            {"version", kLoadReportVersion},
            {"suite_version", WSAPI_VERSION},
            {"target", printable(context.target)},
            {"revision", name(context.options.plan.revision)},
            {"parameters", parameters_json(context.options)},
            {"exit_status", static_cast<int>(exit_status(result))},
            {"interrupted", result.is_interrupted},
            {"seconds", result.seconds()},
            {"connections", {{"opened", result.opened}, {"lost", result.lost()}}},
            {"calls", calls_json(result, has_schedule)},
            {"calls_per_second", result.per_second(tally.replies)},
            {"rate_kept", has_schedule ? Json(result.is_rate_kept) : Json(nullptr)},
            {"bytes",
             {{"sent", tally.bytes_sent},
              {"received", tally.bytes_received},
              {"sent_per_second", result.per_second(tally.bytes_sent)},
              {"received_per_second", result.per_second(tally.bytes_received)}}},
            {"errors", errors_json(tally)}};
  if (!result.unreachable.empty()) head["unreachable"] = printable(result.unreachable);
  std::string text = head.dump(1);
  text.erase(text.rfind('\n'));
  out << text;
  write_latency(out, "latency_ns", tally.latency, has_schedule);
  write_latency(out, "service_time_ns", tally.service_time, false);
  out << "\n}\n";
}

}  // namespace wsapi
