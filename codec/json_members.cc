// SPDX-License-Identifier: Apache-2.0

#include "codec/json_members.h"

#include <algorithm>
#include <optional>

#include "codec/hex.h"
#include "codec/utf8.h"

namespace wsapi {
namespace {

constexpr std::uint64_t kMaxNumber = std::uint64_t{1} << 53;

// A recursive-descent reader without recursion: the objects are flat. Every function returns false
// and leaves `at` where reading stopped when the text is not as it should be.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<std::vector<JsonMember>> read() {
    std::vector<JsonMember> members;
    Error error;
    if (!members_of_object(members, error)) {
      if (error.ok()) error = {.code = ErrorCode::kJsonSyntax, .offset = at_, .field = {}};
      return error;
    }
    return members;
  }

 private:
  bool members_of_object(std::vector<JsonMember>& members, Error& error) {
    if (!take('{')) return false;
    if (take('}')) return end_of_text();
    while (members.empty() || take(',')) {
      JsonMember member;
      skip_space();
      const std::size_t key_offset = at_;
      if (!string(member.key) || !take(':')) return false;
      skip_space();
      member.offset = at_;
      if (!value(member.value)) return false;
      const auto same_key = [&](const JsonMember& m) { return m.key == member.key; };
      if (std::ranges::any_of(members, same_key)) {
        error = {.code = ErrorCode::kJsonDuplicateField, .offset = key_offset, .field = {}};
        return false;
      }
      members.push_back(std::move(member));
      if (members.size() > kMaxJsonMembers) return false;
    }
    return take('}') && end_of_text();
  }

  bool end_of_text() {
    skip_space();
    return at_ == text_.size();
  }

  bool value(JsonValue& out) {
    const char first = peek();
    if (first == '"') return string(out.emplace<JsonText>().text);
    if (first == '{') return hex(out.emplace<JsonHex>().bytes);
    if (first == '[') return numbers(out.emplace<JsonNumbers>());
    if (first == 'n') return literal("null");
    return number(out.emplace<std::uint64_t>());
  }

  bool literal(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool number(std::uint64_t& out) {
    const std::size_t begin = at_;
    out = 0;
    while (peek() >= '0' && peek() <= '9') {
      out = out * 10 + static_cast<std::uint64_t>(peek() - '0');
      if (out > kMaxNumber) return false;
      ++at_;
    }
    const bool leading_zero = at_ - begin > 1 && text_[begin] == '0';
    return at_ > begin && !leading_zero;
  }

  bool numbers(JsonNumbers& out) {
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      skip_space();
      if (out.size() == kMaxJsonNumbers || !number(out.emplace_back())) return false;
    } while (take(','));
    return take(']');
  }

  bool hex(std::string& out) {
    std::string key;
    std::string digits;
    if (!take('{') || !spaced_string(key) || key != "hex") return false;
    if (!take(':') || !spaced_string(digits)) return false;
    const auto bytes = from_hex(digits);
    if (!bytes) return false;
    for (const std::byte b : *bytes) out += std::to_integer<char>(b);
    return take('}');
  }

  bool spaced_string(std::string& out) {
    skip_space();
    return string(out);
  }

  bool string(std::string& out) {
    if (peek() != '"') return false;
    ++at_;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (!(text_[at_] == '\\' ? escape(out) : character(out))) return false;
    }
    if (at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  bool character(std::string& out) {
    std::string_view rest = text_.substr(at_);
    const std::optional<char32_t> c = take_code_point(rest);
    if (!c || *c < 0x20) return false;
    append_utf8(out, *c);
    at_ = text_.size() - rest.size();
    return true;
  }

  bool escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (at_ + 1 == text_.size()) return false;
    if (text_[at_ + 1] == 'u') return unicode_escape(out);
    const std::size_t index = kLetters.find(text_[at_ + 1]);
    if (index == std::string_view::npos) return false;
    out += kMeanings[index];
    at_ += 2;
    return true;
  }

  bool unicode_escape(std::string& out) {
    char32_t c = 0;
    if (!code_unit(c)) return false;
    if (c >= 0xDC00 && c <= 0xDFFF) return false;
    if (c >= 0xD800 && c <= 0xDBFF) {
      char32_t low = 0;
      if (!code_unit(low) || low < 0xDC00 || low > 0xDFFF) return false;
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, c);
    return true;
  }

  // \uXXXX
  bool code_unit(char32_t& out) {
    constexpr std::size_t kDigits = 4;
    if (!literal("\\u") || text_.size() - at_ < kDigits) return false;
    for (const char c : text_.substr(at_, kDigits)) {
      const std::optional<unsigned> digit = hex_digit(c);
      if (!digit) return false;
      out = out << 4 | *digit;
    }
    at_ += kDigits;
    return true;
  }

  // The next character, NUL at the end.
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  // Skips white space; takes `c`, which is not NUL, if it comes next.
  bool take(char c) {
    skip_space();
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    constexpr std::string_view kSpace = " \t\r\n";
    while (at_ < text_.size() && kSpace.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<JsonMember>> read_json_members(std::string_view text) {
  return Reader(text).read();
}

}  // namespace wsapi
