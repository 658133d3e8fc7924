// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/json_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

// Else valijson ends the program where a schema is wrong.
#define VALIJSON_USE_EXCEPTIONS 1
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

// Long texts and bytes are given by rule; and the schema's patterns are matched by std::regex,
// whose recursion grows with the text.
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
  text.resize(kMaxJsonFileSize + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxJsonFileSize) {
    errors.push_back({path.string(), "", fmt::format("is longer than {} bytes", kMaxJsonFileSize)});
    return false;
  }
  return true;
}

struct LimitViolation {
  std::string pointer;
  std::string message;  // empty where there is none
};

// The first place that is beyond our limits.
LimitViolation find_excess(const Json& value, const std::string& pointer, std::size_t depth) {
  const std::string shown = pointer.empty() ? "/" : pointer;
  if (value.is_string() && value.get_ref<const std::string&>().size() > kMaxStringSize) {
    return {shown, fmt::format("a text of more than {} bytes; long ones are given by rule, "
                               "as pieces with \"repeat\" and \"count\"",
                               kMaxStringSize)};
  }
  if (!value.is_structured()) return {};
  if (depth == kMaxDepth) {
    return {shown, fmt::format("nested more than {} deep", kMaxDepth)};
  }
  for (const auto& item : value.items()) {
    LimitViolation found =
        find_excess(item.value(), pointer + "/" + printable(item.key()), depth + 1);
    if (!found.message.empty()) return found;
  }
  return {};
}

// valijson names a place as "<root>", "[vectors]", "[3]".
std::string to_pointer(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& step : context) {
    if (step == "<root>") continue;
    const bool bracketed = step.size() >= 2 && step.front() == '[' && step.back() == ']';
    pointer += "/" + printable(bracketed ? step.substr(1, step.size() - 2) : step);
  }
  return pointer.empty() ? "/" : pointer;
}

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
  try {
    Json value = Json::parse(text);
    LimitViolation excess = find_excess(value, "", 0);
    if (excess.message.empty() && !value.is_null()) return value;
    if (value.is_null()) excess = {"/", "null; an object is expected"};
    errors.push_back({file, std::move(excess.pointer), std::move(excess.message)});
  } catch (const Json::parse_error& error) {
    // what() starts with the library's own id and place.
    const std::string what = error.what();
    const std::size_t detail = what.find(": ");
    errors.push_back(
        {file, line_and_column(text, error.byte),
         "not JSON: " + printable(what.substr(detail == std::string::npos ? 0 : detail + 2))});
  } catch (const Json::out_of_range&) {
    // The library names the number, but not its place.
    errors.push_back({file, "", "holds a number that is too large; integers are expected"});
  }
  return nullptr;
}

struct JsonSchema::State {
  valijson::Schema schema;
  bool usable = false;
};

JsonSchema::JsonSchema(const std::filesystem::path& path, std::vector<FileError>& errors)
    : state_(std::make_unique<State>()) {
  const Json document = read_json_file(path, errors);
  if (document.is_null()) return;
  try {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), state_->schema);
    state_->usable = true;
  } catch (const std::exception& error) {
    errors.push_back(
        {path.string(), "", std::string{"not a usable JSON Schema: "} + printable(error.what())});
  }
}

JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

bool JsonSchema::check(const Json& value, const std::string& file,
                       std::vector<FileError>& errors) const {
  if (!state_->usable) return false;
  try {
    // Most files are right, and finding out takes a fraction of the time of collecting errors.
    const valijson::adapters::NlohmannJsonAdapter target(value);
    valijson::Validator validator;
    if (validator.validate(state_->schema, target, nullptr)) return true;
    valijson::ValidationResults results;
    valijson::Validator().validate(state_->schema, target, &results);
    // The deepest places first: those further out only say that something inside is wrong.
    std::multimap<std::size_t, const valijson::ValidationResults::Error*, std::greater<>> by_depth;
    for (const auto& error : results) by_depth.emplace(error.context.size(), &error);
    std::size_t count = 0;
    for (const auto& [depth, error] : by_depth) {
      if (++count > kMaxSchemaErrors) break;
      errors.push_back({file, to_pointer(error->context), printable(error->description)});
    }
  } catch (const std::exception& error) {  // such as a pattern that is no regular expression
    errors.push_back(
        {file, "", std::string{"the schema cannot be applied: "} + printable(error.what())});
  }
  return false;
}

}  // namespace wsapi
