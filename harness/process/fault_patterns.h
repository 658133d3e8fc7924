// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lines on standard output or error by which a process tells of a fault: a signal that it trapped
// itself, an assertion, a sanitizer. Substrings and `*`, no regular expressions: the lines are what
// a peer wrote.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsapi {

// Texts that must all be there, in their order; written with a `*` between them. Letters match
// without regard to case.
class LinePattern {
 public:
  explicit LinePattern(std::string_view text);

  [[nodiscard]] bool matches(std::string_view lower_case_line) const noexcept;
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
  std::vector<std::string> parts_;
};

class FaultPatterns {
 public:
  static constexpr std::size_t kMaxPatterns = 256;

  // Those that every process is watched for.
  FaultPatterns();

  void add(std::string_view pattern);
  // Whether there was such a pattern.
  bool remove(std::string_view pattern);
  [[nodiscard]] std::vector<std::string> texts() const;

  [[nodiscard]] bool matches(std::string_view line) const;

 private:
  std::vector<LinePattern> patterns_;
};

// A line made the title of a fault: what changes from time to time is replaced, numbers by N and
// addresses by 0xN; printable ASCII, at most 120 characters.
[[nodiscard]] std::string stable_title(std::string_view line);

}  // namespace wsapi
