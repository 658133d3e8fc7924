// SPDX-License-Identifier: Apache-2.0

// The schema of the vectors, the table in their README and those of the protocol say of each
// message what the codec's description says (codec/messages.h): a new message or field is missed in
// none.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "codec/message.h"

namespace wsapi {
namespace {

using Json = nlohmann::json;

std::ifstream source_of(const std::string& name) {
  std::ifstream file(std::string{WSAPI_SOURCE_VECTORS_DIR} + "/" + name);
  EXPECT_TRUE(file.good()) << name;
  return file;
}

std::string integer_name(WireType type, WireFormat format) {
  const std::uint64_t max = max_integer(type, format);
  return max == 0xff ? "u8" : max == 0xffff ? "u16" : "u32";
}

// ---- The schema

// The name of the schema's definition for a field.
std::string definition_of(WireType type, WireFormat format) {
  switch (type) {
    case WireType::kString:
    case WireType::kObject: return "text";
    case WireType::kNullString: return "nullableText";
    case WireType::kUuid: return "uuid";
    case WireType::kVersionList: return "versions";
    case WireType::kU8:
    case WireType::kU32:
    case WireType::kId:
    case WireType::kDescriptionId: break;
  }
  return integer_name(type, format);
}

std::vector<std::string> names_of(const Json& shape) {
  const Json& message = shape.at("properties").at("message");
  if (message.contains("const")) return {message.at("const").get<std::string>()};
  return message.at("enum").get<std::vector<std::string>>();
}

// The shapes of the schema by the names of the messages that they are of.
std::map<std::string, Json> schema_shapes() {
  auto file = source_of("schema/message-vectors.schema.json");
  std::map<std::string, Json> shapes;
  const Json schema = Json::parse(file);
  for (const Json& shape : schema.at("$defs").at("message").at("oneOf")) {
    for (const std::string& name : names_of(shape)) {
      EXPECT_TRUE(shapes.emplace(name, shape).second) << name << " has two shapes";
    }
  }
  return shapes;
}

TEST(MessageDescription, IsThatOfTheSchema) {
  auto shapes = schema_shapes();
  for (const MessageInfo& info : kMessageInfos) {
    SCOPED_TRACE(info.name);
    const auto found = shapes.find(std::string{info.name});
    ASSERT_NE(found, shapes.end()) << "the schema does not have the message";
    std::set<std::string> required{"message"};
    Json properties = found->second.at("properties");
    properties.erase("message");
    for (const FieldInfo& field : info.fields) {
      required.emplace(field.name);
      const std::string name{field.name};
      ASSERT_TRUE(properties.contains(name)) << "the schema does not have the field " << name;
      EXPECT_EQ(properties.at(name).at("$ref"), "#/$defs/" + definition_of(field.type, info.format))
          << name;
      properties.erase(name);
    }
    EXPECT_TRUE(properties.empty()) << "the message does not have " << properties.dump();
    EXPECT_EQ(found->second.at("required").get<std::set<std::string>>(), required);
    EXPECT_EQ(found->second.at("additionalProperties"), false);
    shapes.erase(found);
  }
  for (const auto& [name, shape] : shapes) ADD_FAILURE() << "there is no message " << name;
}

// ---- The table

// "`verb` string"
std::string field_text(const FieldInfo& field, WireFormat format) {
  const std::string name = fmt::format("`{}`", field.name);
  switch (field.type) {
    case WireType::kString: return name + " string";
    case WireType::kNullString: return name + " nullstring";
    case WireType::kObject: return name + " object";
    case WireType::kUuid: return name;
    case WireType::kVersionList: return name + ": u8 count, count × u8";
    case WireType::kDescriptionId:
      if (format == WireFormat::kVersion1) return name + " u16 (2020-03) or u32 (2020-01)";
      break;
    case WireType::kU8:
    case WireType::kU32:
    case WireType::kId: break;
  }
  return name + " " + integer_name(field.type, format);
}

std::string row_of(const MessageInfo& info) {
  std::string fields;
  for (const FieldInfo& field : info.fields) {
    fields += (fields.empty() ? "" : ", ") + field_text(field, info.format);
  }
  return fmt::format("{:02x} | {} | {}", info.operation, name(info.direction), fields);
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  for (std::size_t at = text.find(separator); at != text.npos; at = text.find(separator)) {
    parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at + separator.size());
  }
  parts.emplace_back(text);
  return parts;
}

// The rows of the table by message; a row of two messages is two, with an operation each.
std::map<std::string, std::string> table_rows() {
  auto file = source_of("README.md");
  std::map<std::string, std::string> rows;
  bool in_table = false;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| ")) in_table = false;
    if (in_table && line.starts_with("| `")) {
      const auto cells = split(line.substr(2, line.size() - 4), " | ");
      EXPECT_EQ(cells.size(), 4u) << line;
      const auto names = split(cells.at(0), ", ");
      const auto operations = split(cells.at(1), ", ");
      EXPECT_EQ(names.size(), operations.size()) << line;
      for (std::size_t i = 0; i < names.size(); ++i) {
        rows[names[i].substr(1, names[i].size() - 2)] =
            fmt::format("{} | {} | {}", operations.at(i), cells.at(2), cells.at(3));
      }
    }
    if (line.starts_with("| message | op | direction |")) in_table = true;
  }
  return rows;
}

TEST(MessageDescription, IsThatOfTheTableInTheReadme) {
  auto rows = table_rows();
  for (const MessageInfo& info : kMessageInfos) {
    const std::string name{info.name};
    EXPECT_EQ(rows[name], row_of(info)) << name;
    rows.erase(name);
  }
  for (const auto& [name, row] : rows) ADD_FAILURE() << "there is no message " << name;
}

// ---- The protocol

// The wire types in the order of the fields, as the protocol's tables write them: `u16 string `.
std::string wire_types_of(const MessageInfo& info) {
  std::string out;
  for (const FieldInfo& field : info.fields) {
    switch (field.type) {
      case WireType::kString: out += "string "; continue;
      case WireType::kNullString: out += "nullstring "; continue;
      case WireType::kObject: out += "object "; continue;
      case WireType::kUuid: out += "uuid "; continue;
      case WireType::kVersionList: out += "u8 u8 "; continue;  // count, versions
      case WireType::kDescriptionId:
        if (info.format == WireFormat::kVersion1) continue;  // another section has its widths
        break;
      case WireType::kU8:
      case WireType::kU32:
      case WireType::kId: break;
    }
    out += integer_name(field.type, info.format) + " ";
  }
  return out;
}

// What is in backquotes.
std::string quoted_in(std::string_view text) {
  const auto parts = split(text, "`");
  std::string out;
  for (std::size_t i = 1; i < parts.size(); i += 2) out += parts[i] + " ";
  return out;
}

// "K 4b CALL: u16 string ..." of each row of both tables; the first has anchors in the titles.
std::multiset<std::string> protocol_rows() {
  auto file = source_of("PROTOCOL.md");
  std::multiset<std::string> rows;
  bool in_table = false;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| ")) in_table = false;
    if (in_table && line.starts_with("| `")) {
      const auto cells = split(line.substr(2, line.size() - 4), " | ");
      const std::string title = cells.at(2).substr(cells.at(2).rfind('>') + 1);
      rows.insert(fmt::format("{}{} {}: {}", quoted_in(cells.at(0)), cells.at(1), title,
                              quoted_in(cells.back())));
    }
    if (line.starts_with("| op | byte | name |")) in_table = true;
  }
  return rows;
}

TEST(MessageDescription, IsThatOfTheProtocol) {
  std::multiset<std::string> expected;
  for (const MessageInfo& info : kMessageInfos) {
    expected.insert(fmt::format("{} {:02x} {}: {}", info.operation, info.operation, info.title,
                                wire_types_of(info)));
  }
  EXPECT_EQ(protocol_rows(), expected);
}

}  // namespace
}  // namespace wsapi
