// SPDX-License-Identifier: Apache-2.0

#include "harness/text/json_quick_check.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace wsapi {
namespace {

constexpr std::size_t kMaxNumberSize = 64;  // characters; no such number exceeds a double
constexpr unsigned kMaxDepth = 64;          // one bit each

// The characters that stand for themselves within a string.
constexpr std::array<bool, 256> kStandsForItself = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = ' '; c < 0x80; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One pass over the text, without recursion. At its end, peek() gives NUL, which no rule accepts.
class Recogniser {
 public:
  explicit Recogniser(std::string_view text) : text_(text) {}

  bool recognise() {
    while (take_value_start()) {
      while (depth_ > 0 && take(in_object() ? '}' : ']')) leave();
      if (depth_ == 0) return skip_space(), at_ == text_.size();
      if (!take(',') || (in_object() && !take_key())) return false;
    }
    return false;
  }

 private:
  // Up to the end of the next scalar or empty container; the containers that begin before it are
  // entered.
  bool take_value_start() {
    for (;;) {
      skip_space();
      switch (peek()) {
        case '{':
          if (!enter(true)) return false;
          if (take('}')) return leave(), true;
          if (!take_key()) return false;
          break;
        case '[':
          if (!enter(false)) return false;
          if (take(']')) return leave(), true;
          break;
        case '"': return ++at_, take_string();
        case 't': return take_literal("true");
        case 'f': return take_literal("false");
        case 'n': return take_literal("null");
        default: return take_number();
      }
    }
  }

  // Past the bracket. The lowest bit says of the innermost container whether it is an object.
  bool enter(bool is_object) {
    if (depth_ == kMaxDepth) return false;
    ++at_, ++depth_;
    containers_ = (containers_ << 1U) | (is_object ? 1U : 0U);
    return true;
  }
  void leave() { --depth_, containers_ >>= 1U; }
  [[nodiscard]] bool in_object() const { return (containers_ & 1U) != 0; }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    for (char c = peek(); c == ' ' || c == '\n' || c == '\t' || c == '\r'; c = peek()) ++at_;
  }

  // Past white space and this character; false where another one follows.
  bool take(char c) {
    if (peek() != c) {
      skip_space();
      if (peek() != c) return false;
    }
    return ++at_, true;
  }

  bool take_key() { return take('"') && take_string() && take(':'); }

  // From behind its first quote on.
  bool take_string() {
    for (;; ++at_) {
      while (kStandsForItself[static_cast<unsigned char>(peek())]) ++at_;
      if (peek() == '"') return ++at_, true;
      if (peek() != '\\') return false;
      ++at_;
      if (std::string_view(R"("\/bfnrt)").find(peek()) == std::string_view::npos) return false;
    }
  }

  bool take_literal(std::string_view literal) {
    if (text_.substr(at_, literal.size()) != literal) return false;
    at_ += literal.size();
    return true;
  }

  bool take_number() {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    if (!is_digit(peek())) return false;
    const bool is_zero = peek() == '0';
    ++at_;
    if (!is_zero) skip_digits();
    if (peek() == '.') {
      ++at_;
      if (!is_digit(peek())) return false;
      skip_digits();
    }
    // What may not follow a number, such as a further digit or an exponent, fits no rule either.
    return at_ - begin <= kMaxNumberSize;
  }
  void skip_digits() {
    while (is_digit(peek())) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  std::uint64_t containers_ = 0;
};

}  // namespace

bool is_plain_json(std::string_view text) noexcept { return Recogniser(text).recognise(); }

}  // namespace wsapi
