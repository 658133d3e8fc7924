// SPDX-License-Identifier: Apache-2.0

// nlohmann/json judges what is_plain_json() does not recognise; slices are cut only out of texts
// that one of them has found right.

#include "harness/text/json_slices.h"

#include <nlohmann/json.hpp>

#include "harness/text/json_quick_check.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kWhiteSpace = " \t\r\n";

// Takes the events of nlohmann's parser, which does not recurse, and only counts the depth.
class Checker {
 public:
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(Json::number_integer_t) { return true; }
  bool number_unsigned(Json::number_unsigned_t) { return true; }
  bool number_float(Json::number_float_t, const Json::string_t&) { return true; }
  bool string(Json::string_t&) { return true; }
  bool binary(Json::binary_t&) { return true; }
  bool start_object(std::size_t) { return ++depth_ <= kMaxJsonDepth; }
  bool key(Json::string_t&) { return true; }
  bool end_object() { return --depth_, true; }
  bool start_array(std::size_t) { return ++depth_ <= kMaxJsonDepth; }
  bool end_array() { return --depth_, true; }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

 private:
  std::size_t depth_ = 0;
};

// A scalar; a discarded value where the text is none.
Json read_scalar(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  const bool is_scalar =
      first != std::string_view::npos && text[first] != '[' && text[first] != '{';
  if (!is_scalar || !is_json(text)) return Json(Json::value_t::discarded);
  return Json::parse(text.begin(), text.end(), nullptr, false);
}

// Goes through the members of a text that is known to be a JSON object. It stays inside of the text
// whatever the text is.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) { skip(kWhiteSpace), ++at_; }

  // False behind the last member.
  bool next(std::string_view& key, std::string_view& value) {
    skip(" \t\r\n,");
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    key = take_value();
    skip(" \t\r\n:");
    value = take_value();
    return true;
  }

 private:
  void skip(std::string_view characters) {
    while (at_ < text_.size() && characters.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  std::string_view take_value() {
    const std::size_t begin = at_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
      } else if (c == '{' || c == '[') {
        ++depth, ++at_;
      } else if (depth > 0) {
        if (c == '}' || c == ']') --depth;
        ++at_;
      } else {  // a number or a literal
        at_ = std::min(text_.find_first_of(" \t\r\n,:]}", at_), text_.size());
      }
      if (depth == 0) break;
    }
    return text_.substr(begin, std::min(at_, text_.size()) - begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_json(std::string_view text) {
  if (is_plain_json(text)) return true;
  // To nlohmann's lexer a NUL is the end of the input; JSON has none.
  if (text.find('\0') != std::string_view::npos) return false;
  Checker checker;
  return Json::sax_parse(text.begin(), text.end(), &checker);
}

std::string json_string(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_or_string(std::string_view text) {
  return is_json(text) ? std::string(text) : json_string(text);
}

std::optional<std::string> read_json_string(std::string_view text) {
  const Json value = read_scalar(text);
  if (!value.is_string()) return std::nullopt;
  return value.get<std::string>();
}

std::optional<std::uint64_t> read_json_unsigned(std::string_view text) {
  const Json value = read_scalar(text);
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

std::optional<JsonObjectText> JsonObjectText::read(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos || text[first] != '{' || !is_json(text)) return std::nullopt;
  return JsonObjectText(text);
}

std::optional<std::string_view> JsonObjectText::member(std::string_view name) const {
  std::optional<std::string_view> found;
  Scanner scanner(text_);
  std::string_view key;
  std::string_view value;
  while (scanner.next(key, value)) {
    const bool is_escaped = key.find('\\') != std::string_view::npos;
    const bool is_same =
        is_escaped ? read_json_string(key) == name : key.substr(1, key.size() - 2) == name;
    if (is_same) found = value;
  }
  return found;
}

}  // namespace wsapi
