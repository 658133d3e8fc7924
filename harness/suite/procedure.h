// SPDX-License-Identifier: Apache-2.0
#pragma once

// The procedures that a script may name: what would need a programming language if it were written
// in steps. Here stand their names, parameters and bounds; what they do is code of the room tester
// (procedures.h).

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/suite/json_reader.h"
#include "harness/suite/wire_bytes.h"

namespace wsapi {

struct ProcedureParameter {
  enum class Type : std::uint8_t {
    kNumber,  // from min to max
    kChoice,  // one of choices
    kText,    // of min to max bytes, printable ASCII
    kOctets,  // as send_stream has them, min to max of them
  };
  std::string_view name;
  Type type = Type::kNumber;
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  std::vector<std::string_view> choices = {};
  // In place of one that is left out; std::monostate: it must be there. Of kOctets: none.
  std::variant<std::monostate, std::uint64_t, std::string_view> value_if_absent = {};
};

struct ProcedureInfo {
  std::string_view name;
  std::string_view does;  // one sentence, without its full stop
  std::vector<ProcedureParameter> parameters;
  // It measures growth, which memory that earlier cases have left free would hide: the process is
  // started afresh before it, where the suite can do that.
  bool wants_fresh_process = false;
};

// In the order of vectors/scenarios/README.md.
[[nodiscard]] std::span<const ProcedureInfo> procedures();

using ProcedureValue = std::variant<std::uint64_t, std::string, WireBytes>;

// A step that runs a procedure. All parameters are there: reading fills in those left out.
struct Procedure {
  std::string name;
  std::map<std::string, ProcedureValue, std::less<>> with;

  [[nodiscard]] std::uint64_t number(std::string_view parameter) const;
  [[nodiscard]] const std::string& text(std::string_view parameter) const;
  [[nodiscard]] const WireBytes& octets(std::string_view parameter) const;
};

[[nodiscard]] bool wants_fresh_process(const Procedure& procedure);

// The value of the member "procedure", and that of "with".
[[nodiscard]] const ProcedureInfo* read_procedure_name(const JsonPlace& place);
void read_procedure_parameters(const JsonPlace& place, const ProcedureInfo& info,
                               Procedure& procedure);
// Where there is no member "with": reports each parameter that must be there.
void fill_in_absent(const JsonPlace& place, const ProcedureInfo& info, Procedure& procedure);

// "memory-per: sends ... (batch 1000, limit 32)".
[[nodiscard]] std::string sentence_of(const Procedure& procedure);

}  // namespace wsapi
