// SPDX-License-Identifier: Apache-2.0

#include "harness/process/fault_patterns.h"

#include <algorithm>
#include <array>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxTitle = 120;  // characters

constexpr std::array<std::string_view, 35> kPatterns{
    // Signals that the program traps itself, or that its shell tells of.
    "segmentation fault", "segmentation violation", "sigsegv", "sigabrt", "sigbus", "sigfpe",
    "sigill", "signal 11", "signal 6 ", "caught signal", "bus error", "floating point exception",
    "illegal instruction", "core dumped", "stack overflow",
    // Assertions, and how the libraries of C and C++ end a program.
    "assertion*failed", "assert*failed", "failed assertion", "terminate called",
    "pure virtual method called", "double free", "free(): invalid",
    "malloc(): ", "corrupted size vs. prev_size", "corrupted double-linked list",
    "stack smashing detected", "buffer overflow detected",
    // Other languages.
    "panicked at", "panic: ", "fatal error: ", "traceback (most recent call last)",
    // valgrind
    "== invalid read of size", "== invalid write of size",
    "== conditional jump or move depends on uninitialised", "== invalid free()"};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

LinePattern::LinePattern(std::string_view text) : text_(text) {
  const std::string all = lower_case(text);
  std::string_view rest = all;
  while (!rest.empty()) {
    const std::size_t star = rest.find('*');
    if (star != 0) parts_.emplace_back(rest.substr(0, star));
    rest.remove_prefix(star == std::string_view::npos ? rest.size() : star + 1);
  }
}

bool LinePattern::matches(std::string_view lower_case_line) const noexcept {
  for (const std::string& part : parts_) {
    const std::size_t at = lower_case_line.find(part);
    if (at == std::string_view::npos) return false;
    lower_case_line.remove_prefix(at + part.size());
  }
  return !parts_.empty();
}

FaultPatterns::FaultPatterns() {
  for (const std::string_view pattern : kPatterns) patterns_.emplace_back(pattern);
}

void FaultPatterns::add(std::string_view pattern) {
  if (patterns_.size() < kMaxPatterns) patterns_.emplace_back(pattern);
}

bool FaultPatterns::remove(std::string_view pattern) {
  return std::erase_if(patterns_, [&](const LinePattern& one) {
           return lower_case(one.text()) == lower_case(pattern);
         }) > 0;
}

std::vector<std::string> FaultPatterns::texts() const {
  std::vector<std::string> out;
  for (const LinePattern& pattern : patterns_) out.push_back(pattern.text());
  return out;
}

bool FaultPatterns::matches(std::string_view line) const {
  const std::string lower = lower_case(line);
  return std::ranges::any_of(patterns_,
                             [&](const LinePattern& pattern) { return pattern.matches(lower); });
}

std::string stable_title(std::string_view line) {
  std::string out;
  const auto skip = [&](auto&& is_part) {
    while (!line.empty() && is_part(line.front())) line.remove_prefix(1);
  };
  skip([](char c) { return c == ' ' || c == '\t'; });
  while (!line.empty() && out.size() < 4 * kMaxTitle) {
    if (line.starts_with("0x") && line.size() > 2 && is_hex(line[2])) {
      line.remove_prefix(2);
      skip(is_hex);
      out += "0xN";
    } else if (is_digit(line.front())) {
      skip(is_digit);
      out += 'N';
    } else {
      out += line.front();
      line.remove_prefix(1);
    }
  }
  while (out.ends_with(' ') || out.ends_with('\r')) out.pop_back();
  return printable(out, kMaxTitle);
}

}  // namespace wsapi
