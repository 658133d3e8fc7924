// SPDX-License-Identifier: Apache-2.0
#pragma once

// A fault of the implementation under test that shows outside the wire: its process ended, a
// sanitizer reported, a line on its standard error says so, or a measure of it grew. Evidence for
// the case during which it came.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsapi {

enum class FaultKind : std::uint8_t {
  kExit,       // the process ended by itself, with an exit status
  kSignal,     // the process was ended by a signal
  kSanitizer,  // a report of ASan, UBSan, LSan or TSan
  kLine,       // a line on standard output or error that tells of a fault
  kHang,       // it answered nothing any more, and had to be ended
  kMemory,     // resident memory grows, or is touched for what a length only claims
  kDescriptors,
  kCpu,  // it goes on computing with nothing to do
};
inline constexpr std::array kFaultKinds{
    FaultKind::kExit, FaultKind::kSignal, FaultKind::kSanitizer,   FaultKind::kLine,
    FaultKind::kHang, FaultKind::kMemory, FaultKind::kDescriptors, FaultKind::kCpu};

[[nodiscard]] constexpr std::string_view name(FaultKind kind) noexcept {
  constexpr std::array<std::string_view, kFaultKinds.size()> kNames{
      "exit", "signal", "sanitizer", "line", "hang", "memory", "descriptors", "cpu"};
  return kNames[static_cast<std::size_t>(kind)];
}

[[nodiscard]] constexpr std::optional<FaultKind> parse_fault_kind(std::string_view text) noexcept {
  for (const FaultKind kind : kFaultKinds) {
    if (name(kind) == text) return kind;
  }
  return std::nullopt;
}

struct FaultReport {
  FaultKind kind = FaultKind::kExit;
  // One line that is the same each time the fault shows: "SIGSEGV", "heap-use-after-free in
  // Table::find". Findings are told apart by it, so it holds neither addresses nor process ids.
  std::string title;
  std::string
      detail;  // what is known of it: frames, the file, the lines around; at most 8000 bytes

  bool operator==(const FaultReport&) const = default;
};

}  // namespace wsapi
