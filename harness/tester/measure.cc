// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/measure.h"

#include <fmt/format.h>

#include <boost/asio/use_awaitable.hpp>

namespace wsapi {
namespace {

using namespace std::chrono_literals;

constexpr int kMaxSamples = 8;
constexpr auto kBetweenSamples = 3ms;

std::optional<ProcessSample> sample(CaseContext& context) {
  if (context.access().process == nullptr) return std::nullopt;
  return context.access().process->sample();
}

}  // namespace

asio::awaitable<std::optional<ProcessSample>> settled_sample(CaseContext& context) {
  std::optional<ProcessSample> last = sample(context);
  for (int i = 1; i < kMaxSamples && last; ++i) {
    co_await context.clock().sleep_for(kBetweenSamples);
    const std::uint64_t size = last->resident_size;
    last = sample(context);
    if (last && last->resident_size == size) break;
  }
  if (!last) fail_unwatched(context);
  co_return last;
}

asio::awaitable<std::optional<ProcessSample>> wait_for_descriptors(CaseContext& context,
                                                                   std::size_t most,
                                                                   Clock::Duration longest) {
  const Deadline end = context.clock().after(longest);
  std::optional<ProcessSample> last = sample(context);
  while (last && last->descriptors > most && context.clock().now() < end) {
    co_await context.clock().sleep_for(kBetweenSamples);
    last = sample(context);
  }
  if (!last) fail_unwatched(context);
  co_return last;
}

void fail_unserved(CaseContext& context, std::string when) {
  context.outcome().verdict.set(VerdictKind::kFail,
                                {ReasonCode::kServiceLost, {{"when", std::move(when)}}});
}

void fail_unwatched(CaseContext& context) {
  WatchedIut* const process = context.access().process;
  if (process != nullptr && process->has_ended()) {
    context.outcome().verdict.set(VerdictKind::kFail, {ReasonCode::kProcessEnded, {}});
  } else {
    context.script_error({ReasonCode::kNotWatched, {}});
  }
}

std::string mebibytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1U << 20U));
}

}  // namespace wsapi
