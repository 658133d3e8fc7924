// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/procedure.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/hex.h"
#include "harness/suite/json_bytes.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Type = ProcedureParameter::Type;

constexpr std::size_t kMaxShownOctets = 16;
constexpr std::uint64_t kOnce = 1;

// ---- Parameters that several procedures have

// What a thing is called in reports: "memory grows by 104 bytes for each {of}".
ProcedureParameter of() { return {.name = "of", .type = Type::kText, .min = 3, .max = 80}; }
// How a visit begins.
ProcedureParameter opening() {
  return {.name = "opening",
          .type = Type::kChoice,
          .choices = {"negotiate", "only"},
          .value_if_absent = "negotiate"};
}
ProcedureParameter octets(std::string_view name) {
  return {.name = name,
          .type = Type::kOctets,
          .min = 0,
          .max = kMaxExpandedSize,
          .value_if_absent = ""};
}
// What is sent then.
ProcedureParameter stream() { return octets("stream"); }
// How a visit ends; `await`: the server is to end it.
ProcedureParameter ending() {
  return {.name = "ending",
          .type = Type::kChoice,
          .choices = {"close", "reset", "shutdown", "await"},
          .value_if_absent = "close"};
}
ProcedureParameter number(std::string_view name, std::uint64_t min, std::uint64_t max) {
  return {.name = name, .type = Type::kNumber, .min = min, .max = max};
}

const std::vector<ProcedureInfo>& table() {
  static const std::vector<ProcedureInfo> kTable{
      {"memory-per-message",
       "sends the octets again and again on one connection, and fits a line to the memory of the "
       "process over their number",
       {of(), stream(), number("batch", 1, 20'000), number("limit", 1, 1U << 20U)},
       true},
      {"memory-per-connection",
       "opens, uses and ends connections one after another, and fits a line to the memory of the "
       "process over their number",
       {of(), opening(), stream(), ending(), number("batch", 1, 20'000),
        number("limit", 1, 1U << 20U)},
       true},
      {"memory-touched",
       "sends the octets of first and then those of stream N times, on a connection that "
       "stays open, and measures by how much the memory of the process has grown at most",
       {of(), opening(), octets("first"), stream(),
        ProcedureParameter{.name = "times", .min = 1, .max = 4096, .value_if_absent = kOnce},
        number("limit", 1U << 16U, 1U << 30U)},
       true},
      {"left-over",
       "opens, uses and ends connections one after another, and counts the descriptors and threads "
       "that the process has more than before",
       {of(), opening(), stream(), ending(), number("count", 1, 5000)}},
      {"idle-after",
       "opens a connection and sends the octets, and measures the processor time that the process "
       "takes with nothing to do, while the connection is open and after its end",
       {of(), opening(), stream(), ending(), number("milliseconds", 50, 5000)}},
      {"served-after",
       "opens, uses and ends connections one after another, and compares the time of good calls "
       "before and after",
       {of(), opening(), stream(), ending(), number("count", 1, 5000)}},
      {"stress",
       "lets many clients at once do what clients may do and what breaks servers, drawn from a "
       "seed, and, where the process dies or answers no more, looks for the fewest that do it",
       {number("clients", 1, 64), number("seed", 1, 0xffff'ffff),
        number("milliseconds", 100, 600'000)}},
  };
  return kTable;
}

ProcedureValue read_value(const JsonPlace& place, const ProcedureParameter& parameter) {
  switch (parameter.type) {
    case Type::kNumber: return read_number(place, parameter.min, parameter.max);
    case Type::kChoice: {
      std::string text = read_text(place);
      if (std::ranges::find(parameter.choices, text) == parameter.choices.end()) {
        place.expected(fmt::format("one of {}", fmt::join(parameter.choices, ", ")));
      }
      return text;
    }
    case Type::kText: {
      std::string text = read_text(place);
      const bool is_plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
      if (text.size() < parameter.min || text.size() > parameter.max || !is_plain) {
        place.expected(
            fmt::format("a text of {} to {} printable bytes", parameter.min, parameter.max));
      }
      return text;
    }
    case Type::kOctets: {
      WireBytes octets = read_wire_bytes(place);
      if (octets.size() < parameter.min || octets.size() > parameter.max) {
        place.expected(fmt::format("{} to {} octets", parameter.min, parameter.max));
      }
      return octets;
    }
  }
  return std::uint64_t{0};
}

bool must_be_there(const ProcedureParameter& parameter) {
  return std::holds_alternative<std::monostate>(parameter.value_if_absent);
}

ProcedureValue default_of(const ProcedureParameter& parameter) {
  if (parameter.type == Type::kOctets) return WireBytes{};
  if (const auto* const text = std::get_if<std::string_view>(&parameter.value_if_absent)) {
    return std::string{*text};
  }
  return std::get<std::uint64_t>(parameter.value_if_absent);
}

std::string text_of(const ProcedureValue& value) {
  if (const auto* const number = std::get_if<std::uint64_t>(&value)) {
    return fmt::format("{}", *number);
  }
  if (const auto* const text = std::get_if<std::string>(&value)) return printable(*text);
  const auto& octets = std::get<WireBytes>(value);
  const auto head = octets.cut(std::min(octets.size(), kMaxShownOctets)).expand();
  return fmt::format("{} octets{}{}{}", octets.size(), head.empty() ? "" : ": ", to_hex(head, " "),
                     octets.size() > kMaxShownOctets ? " ..." : "");
}

}  // namespace

std::span<const ProcedureInfo> procedures() { return table(); }

std::uint64_t Procedure::number(std::string_view parameter) const {
  return std::get<std::uint64_t>(with.find(parameter)->second);
}

const std::string& Procedure::text(std::string_view parameter) const {
  return std::get<std::string>(with.find(parameter)->second);
}

const WireBytes& Procedure::octets(std::string_view parameter) const {
  return std::get<WireBytes>(with.find(parameter)->second);
}

bool wants_fresh_process(const Procedure& procedure) {
  const auto found = std::ranges::find(table(), procedure.name, &ProcedureInfo::name);
  return found != table().end() && found->wants_fresh_process;
}

const ProcedureInfo* read_procedure_name(const JsonPlace& place) {
  const std::string text = read_text(place);
  const auto found = std::ranges::find(table(), text, &ProcedureInfo::name);
  if (found != table().end()) return &*found;
  std::string names;
  for (const ProcedureInfo& info : table()) {
    names.append(names.empty() ? "" : ", ").append(info.name);
  }
  place.expected("one of " + names);
  return nullptr;
}

void read_procedure_parameters(const JsonPlace& place, const ProcedureInfo& info,
                               Procedure& procedure) {
  ObjectReader in(place);
  for (const ProcedureParameter& parameter : info.parameters) {
    const auto read = [&](const JsonPlace& p) { return read_value(p, parameter); };
    if (in.has(parameter.name) || must_be_there(parameter)) {
      procedure.with[std::string{parameter.name}] = in.required(parameter.name, read);
    } else {
      procedure.with[std::string{parameter.name}] = default_of(parameter);
    }
  }
  in.finish();
}

void fill_in_absent(const JsonPlace& place, const ProcedureInfo& info, Procedure& procedure) {
  for (const ProcedureParameter& parameter : info.parameters) {
    if (must_be_there(parameter)) {
      place.error(fmt::format("the procedure needs the parameter '{}'", parameter.name));
    } else {
      procedure.with[std::string{parameter.name}] = default_of(parameter);
    }
  }
}

std::string sentence_of(const Procedure& procedure) {
  const auto info = std::ranges::find(table(), procedure.name, &ProcedureInfo::name);
  std::string out = procedure.name;
  if (info == table().end()) return out;
  out.append(": ").append(info->does);
  std::string values;
  for (const ProcedureParameter& parameter : info->parameters) {
    const auto value = procedure.with.find(parameter.name);
    if (value == procedure.with.end()) continue;
    values +=
        fmt::format("{}{} {}", values.empty() ? "" : ", ", parameter.name, text_of(value->second));
  }
  return values.empty() ? out : out + " (" + values + ")";
}

}  // namespace wsapi
