// SPDX-License-Identifier: Apache-2.0

#include <string_view>

#include "fuzz/mutate/mutate.h"
#include "fuzz/mutate/mutate_internal.h"
#include "fuzz/mutate/words.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

Octets octets(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A string with its quotes, a number, or one other character that is no space.
struct Token {
  enum class Kind : std::uint8_t { kKey, kString, kNumber, kOther };
  std::size_t begin = 0;
  std::size_t size = 0;
  Kind kind = Kind::kOther;

  [[nodiscard]] std::size_t end() const noexcept { return begin + size; }
};

class Tokens {
 public:
  static constexpr std::size_t kMaxCount = 128;  // those behind are not looked at

  explicit Tokens(Octets text) noexcept {
    for (std::size_t at = 0; at < text.size() && count_ < kMaxCount;) {
      Token& token = tokens_[count_];
      token = {.begin = at, .size = 1};
      const std::uint8_t c = text[at];
      if (c == '"') {
        token.kind = Token::Kind::kString;
        token.size = string_size(text.subspan(at));
      } else if (is_word(c)) {
        token.kind = Token::Kind::kNumber;
        while (token.end() < text.size() && is_word(text[token.end()])) ++token.size;
      }
      at = token.end();
      if (c == ':' && count_ > 0 && tokens_[count_ - 1].kind == Token::Kind::kString) {
        tokens_[count_ - 1].kind = Token::Kind::kKey;
      }
      if (c > ' ') ++count_;
    }
  }

  [[nodiscard]] std::span<const Token> all() const noexcept {
    return std::span(tokens_).first(count_);
  }

 private:
  static bool is_word(std::uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
  }
  static std::size_t string_size(Octets text) {
    std::size_t size = 1;
    while (size < text.size() && text[size] != '"') size += text[size] == '\\' ? 2 : 1;
    return std::min(size + 1, text.size());
  }

  std::array<Token, kMaxCount> tokens_;
  std::size_t count_ = 0;
};

class JsonMutator {
 public:
  JsonMutator(EditBuffer& text, Rng& rng) noexcept
      : text_(text), rng_(rng), writer_(rng, ids_), tokens_(text.bytes()) {}

  void mutate() noexcept {
    if (tokens_.all().empty()) return replace_all();
    const Token& token = rng_.of(tokens_.all());
    switch (rng_.below(12)) {
      case 0: return replace_all();
      case 1: return duplicate(token);
      case 2: return text_.erase(token.begin, token.size);
      case 3: return text_.truncate(token.begin + rng_.below(token.size + 1));
      case 4: return insert_one(token.begin, kSpaces);
      case 5: return insert_one(token.begin + rng_.below(token.size + 1), kEscapes);
      case 6: return erase_members(token);
      default: return change(token);
    }
  }

 private:
  static constexpr std::string_view kUuid = R"("00010203-0405-0607-0809-0a0b0c0d0e0f")";
  static constexpr std::array<std::string_view, 6> kSpaces{" ", "\n",      "\t\r ",
                                                           ",", "\"\":0,", "\f"};
  static constexpr std::array<std::string_view, 12> kEscapes{
      R"(\u0000)", R"(\ud83d\ude00)", R"(\ud83d)",        R"(\udc00)", R"(\n)",        R"(\")",
      R"(\x)",     "\xc3\xa4",        "\xf0\x9f\x98\x80", "\xff",      "\xed\xa0\x80", "\x01"};
  static constexpr std::array<std::string_view, 16> kValues{"null",
                                                            "0",
                                                            "1",
                                                            "255",
                                                            "256",
                                                            "65535",
                                                            "65536",
                                                            "4294967295",
                                                            "4294967296",
                                                            "-1",
                                                            "1.5",
                                                            "1e3",
                                                            "9007199254740993",
                                                            "[]",
                                                            "[1,2]",
                                                            R"({"hex":"ff00"})"};

  void insert_one(std::size_t at, std::span<const std::string_view> choices) noexcept {
    text_.insert(at, octets(rng_.of(choices)));
  }

  // A value to another value, a key to another key.
  void change(const Token& token) noexcept {
    EditBuffer value = scratch(Scratch::kField, token.size + text_.room());
    if (token.kind == Token::Kind::kKey) {
      append_string(value, octets(rng_.of(rng_.of(message_infos()).fields).name));
    } else if (rng_.one_in(2)) {
      value.append(octets(rng_.of(std::span<const std::string_view>(kValues))));
    } else if (rng_.one_in(4)) {
      append_string(value, octets(rng_.of(message_infos()).name));
    } else {
      const MessageInfo& info = rng_.of(message_infos());
      append_value(value, rng_.of(info.fields).type, info.format);
    }
    text_.replace(token.begin, token.size, value.bytes());
  }

  // From one token to the end of another, again.
  void duplicate(const Token& token) noexcept {
    const Token& other = rng_.of(tokens_.all());
    const std::size_t begin = std::min(token.begin, other.begin);
    const std::size_t end = std::max(token.end(), other.end());
    EditBuffer copy = scratch(Scratch::kField, text_.room());
    copy.append(Octets(text_.bytes()).subspan(begin, end - begin));
    text_.insert(end, copy.bytes());
  }

  void erase_members(const Token& token) noexcept {
    const Token& other = rng_.of(tokens_.all());
    const std::size_t begin = std::min(token.begin, other.begin);
    text_.erase(begin, std::max(token.begin, other.begin) - begin);
  }

  // A message out of its description.
  void replace_all() noexcept {
    const MessageInfo& info = rng_.of(message_infos());
    text_.truncate(0);
    text_.append(octets(R"({"message":)"));
    append_string(text_, octets(info.name));
    for (const FieldInfo& field : info.fields) {
      text_.append(',');
      append_string(text_, octets(field.name));
      text_.append(':');
      append_value(text_, field.type, info.format);
    }
    text_.append('}');
  }

  void append_value(EditBuffer& out, WireType type, WireFormat format) noexcept {
    switch (wire_shape(type, kReferenceRevision).form) {
      case WireForm::kInteger:
        return append_number(out, writer_.integer() & max_integer(type, format));
      case WireForm::kRaw: out.append(octets(kUuid)); return;
      case WireForm::kCounted: break;
    }
    if (type == WireType::kVersionList) {
      out.append('[');
      append_number(out, rng_.below(3));
      out.append(octets(",1]"));
    } else if (type == WireType::kNullString && rng_.one_in(2)) {
      out.append(octets("null"));
    } else {
      append_string(out, octets(rng_.of(std::span<const std::string_view>(kWords))));
    }
  }

  static void append_number(EditBuffer& out, std::uint64_t number) noexcept {
    constexpr std::size_t kMaxDigits = 20;
    std::array<std::uint8_t, kMaxDigits> digits{};
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<std::uint8_t>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    while (count > 0) out.append(digits[--count]);
  }

  static void append_string(EditBuffer& out, Octets text) noexcept {
    out.append('"');
    for (const std::uint8_t c : text) {
      if (c == '"' || c == '\\') out.append('\\');
      out.append(c);
    }
    out.append('"');
  }

  EditBuffer& text_;
  Rng& rng_;
  Ids ids_;
  MessageWriter writer_;
  Tokens tokens_;
};

}  // namespace

std::size_t mutate_json(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  Rng rng(seed);
  if (mutators_are_off() || rng.one_in(kMutationsPerRaw)) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  EditBuffer text(std::span(data, max_size), size);
  JsonMutator(text, rng).mutate();
  return text.size();
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
