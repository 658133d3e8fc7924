// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

// Long texts and bytes are given by rule.
constexpr std::size_t kMaxStringSize = 4096;
constexpr std::size_t kMaxDepth = 64;  // of arrays and objects in one another

std::string line_and_column(const std::string& text, std::size_t offset) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  const auto line = std::count(text.begin(), end, '\n') + 1;
  const std::size_t line_start = text.rfind('\n', offset == 0 ? 0 : offset - 1);
  const std::size_t column = line_start == std::string::npos ? offset : offset - line_start - 1;
  return fmt::format("line {}, column {}", line, std::max<std::size_t>(column, 1));
}

bool read_text(const std::filesystem::path& path, std::string& text,
               std::vector<FileError>& errors) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    errors.push_back({path.string(), "", "is a folder; a JSON file is expected"});
    return false;
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    errors.push_back({path.string(), "", "cannot be opened for reading"});
    return false;
  }
  // In chunks: what says it is empty, such as a pipe, may hold something, and room for the longest
  // file would have to be cleared for each.
  constexpr std::size_t kChunkSize = 65'536;
  while (in && text.size() <= kMaxJsonFileSize) {
    const std::size_t before = text.size();
    text.resize(before + kChunkSize);
    in.read(text.data() + before, static_cast<std::streamsize>(kChunkSize));
    text.resize(before + static_cast<std::size_t>(in.gcount()));
  }
  if (text.size() > kMaxJsonFileSize) {
    errors.push_back({path.string(), "", fmt::format("is longer than {} bytes", kMaxJsonFileSize)});
    return false;
  }
  return true;
}

// Builds the value, and stops at the first thing that our files must not have: a duplicate member,
// of which the library would silently keep the last, and what is beyond our limits.
class Builder {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  Builder(const std::string& text, const std::string& file, std::vector<FileError>& errors)
      : text_(text), file_(file), errors_(errors) {}

  Json root;

  bool null() { return add(nullptr) != nullptr; }
  bool boolean(bool value) { return add(value) != nullptr; }
  bool number_integer(number_integer_t value) { return add(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) { return add(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) { return add(value) != nullptr; }
  bool binary(binary_t&) { return false; }
  bool string(string_t& value) {
    if (value.size() > kMaxStringSize) {
      return refuse(
          fmt::format("a text of more than {} bytes; long ones are given by rule, as "
                      "pieces with \"repeat\" and \"count\"",
                      kMaxStringSize));
    }
    return add(std::move(value)) != nullptr;
  }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(string_t& key) {
    auto& members = open_.back()->get_ref<Json::object_t&>();
    const auto [member, is_new] = members.emplace(std::move(key), nullptr);
    keys_.back() = &member->first;
    member_ = &member->second;
    return is_new || refuse("a member of that name stands before it already");
  }

  bool parse_error(std::size_t offset, const std::string&, const Json::exception& error) {
    if (dynamic_cast<const Json::parse_error*>(&error) == nullptr) {
      return refuse("a number that is too large; integers are expected");
    }
    // what() starts with the library's own id and place.
    const std::string what = error.what();
    const std::size_t detail = what.find(": ");
    errors_.push_back(
        {file_, line_and_column(text_, offset),
         "not JSON: " + printable(what.substr(detail == std::string::npos ? 0 : detail + 2))});
    return false;
  }

 private:
  template <typename Value>
  Json* add(Value&& value) {
    if (open_.empty()) {
      root = std::forward<Value>(value);
      return &root;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::forward<Value>(value));
      return &open_.back()->back();
    }
    *member_ = std::forward<Value>(value);
    return member_;
  }

  bool open(Json value) {
    if (open_.size() == kMaxDepth)
      return refuse(fmt::format("nested more than {} deep", kMaxDepth));
    open_.push_back(add(std::move(value)));
    keys_.push_back(nullptr);
    return true;
  }

  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  bool refuse(std::string message) {
    std::string pointer;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      if (open_[i]->is_array()) {
        // The places further out hold the value that is open; the innermost takes the next one.
        const std::size_t size = open_[i]->size();
        pointer += fmt::format("/{}", i + 1 < open_.size() ? size - 1 : size);
      } else if (keys_[i] != nullptr) {
        pointer += "/" + printable(*keys_[i]);
      }
    }
    errors_.push_back({file_, pointer.empty() ? "/" : pointer, std::move(message)});
    return false;
  }

  const std::string& text_;
  const std::string& file_;
  std::vector<FileError>& errors_;
  std::vector<Json*> open_;               // arrays and objects, the outermost first
  std::vector<const std::string*> keys_;  // of each of them: the member that is read
  Json* member_ = nullptr;                // that the next value is for
};

}  // namespace

std::string to_string(const FileError& error) {
  const std::string place = error.place.empty() ? "" : error.place + ": ";
  return fmt::format("{}: {}{}", printable(error.file), place, error.message);
}

Json read_json_file(const std::filesystem::path& path, std::vector<FileError>& errors) {
  std::string text;
  if (!read_text(path, text, errors)) return nullptr;
  return parse_json_file(text, path.string(), errors);
}

Json parse_json_file(const std::string& text, const std::string& file,
                     std::vector<FileError>& errors) {
  Builder builder(text, file, errors);
  if (!Json::sax_parse(text, &builder)) return nullptr;
  if (builder.root.is_null()) errors.push_back({file, "/", "null; an object is expected"});
  return std::move(builder.root);
}

}  // namespace wsapi
