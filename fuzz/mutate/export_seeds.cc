// SPDX-License-Identifier: Apache-2.0
//
// Turns vectors into seeds of the fuzz targets: reads what `wsapi-conform vectors export` writes on
// standard input, writes files to FOLDER/TARGET. `ci/fuzz minimize --add` then picks those that
// matter and names them by their content; see README.md of the corpus.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "codec/hex.h"
#include "codec/layout.h"

namespace wsapi::fuzz {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxSeedSize = 1024;       // bytes; larger ones only slow a campaign down
constexpr std::size_t kMaxLineSize = 8U << 20U;  // bytes
constexpr std::size_t kMaxOperations = 255;      // of a seed of readbuf

class Seeds {
 public:
  explicit Seeds(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void add(const std::string& target, std::string_view bytes) {
    if (bytes.size() > kMaxSeedSize) return;
    const auto path = folder_ / target / std::to_string(counts_[target]++);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << bytes;
    file.close();
    if (!file) throw std::runtime_error(path.string() + ": could not be written");
  }
  [[nodiscard]] const std::map<std::string, std::size_t>& counts() const { return counts_; }

 private:
  std::filesystem::path folder_;
  std::map<std::string, std::size_t> counts_;
};

std::string bytes_of(const Json& vector) {
  const auto bytes = from_hex(vector.at("bytes").get<std::string>());
  if (!bytes) throw std::runtime_error("bytes: expected hexadecimal digits");
  std::string out;
  for (const std::byte b : *bytes) out += std::to_integer<char>(b);
  return out;
}

// The operations of readbuf_fuzz.cc that read this field.
std::string read_operations(const FieldLayout& field) {
  constexpr char kRaw = 6;
  switch (field.shape.form) {
    case WireForm::kInteger: return std::string(1, field.size == 4 ? 3 : field.size == 2 ? 2 : 1);
    case WireForm::kRaw: return std::string(1, static_cast<char>(kRaw | field.size << 3U));
    case WireForm::kCounted: break;
  }
  if (field.is_text()) return field.shape.is_nullable ? "\x05" : "\x04";
  const std::size_t count = std::min<std::size_t>(field.content_size(), 31);
  return {1, static_cast<char>(kRaw | count << 3U)};
}

// The operations of writebuf_fuzz.cc that write it, with its bytes.
std::string write_operations(const FieldLayout& field, std::string_view message) {
  constexpr unsigned kKinds = 14;  // of operations; a size is the quotient
  if (field.shape.form == WireForm::kInteger) {
    return std::string(1, field.size == 4 ? 4 : field.size == 2 ? 3 : 2);
  }
  const std::size_t begin = field.content_offset();
  const auto bytes = message.substr(begin, field.end() - begin).substr(0, 16);
  const bool may_be_null = field.shape.is_nullable;
  std::string out(1, static_cast<char>((may_be_null ? 6 : 5) + kKinds * bytes.size()));
  if (may_be_null && !bytes.empty()) return out.append(bytes.substr(1));
  return out.append(bytes);
}

void add_field_seeds(Seeds& seeds, const std::string& message, Direction direction,
                     Revision revision) {
  const auto layout = layout_of(std::as_bytes(std::span(message)), revision, direction);
  if (layout.info == nullptr) return;
  std::string reads(1, '\0');
  std::string writes(1, '\x02');
  for (const FieldLayout& field : layout.fields()) {
    reads += read_operations(field);
    writes += write_operations(field, message);
  }
  // The field that does not fit is read, too, and what comes after the end.
  reads += "\x04\x05\x07";
  if (reads.size() > kMaxOperations) return;
  seeds.add("readbuf", static_cast<char>(reads.size()) + reads + message);
  for (const char memory : {'\x00', '\xff'}) seeds.add("writebuf", memory + writes);
}

void add_vector(Seeds& seeds, const Json& vector) {
  const std::string bytes = bytes_of(vector);
  if (vector.at("kind") == "frame") return seeds.add("frame", bytes);
  seeds.add("message", bytes);
  if (bytes.size() < 126) {
    seeds.add("frame", std::string{'\x82', static_cast<char>(bytes.size())} + bytes);
  }
  const auto direction = parse_direction(vector.at("direction").get<std::string>());
  const auto revision = parse_revision(vector.at("revisions").at(0).get<std::string>());
  if (!direction || !revision) throw std::runtime_error("direction or revision: no such name");
  add_field_seeds(seeds, bytes, *direction, *revision);
  if (const auto message = vector.find("message"); message != vector.end()) {
    seeds.add("message_text", message->dump());
  }
}

// Every kind of message as writebuf_fuzz.cc encodes it: by its index, plain and framed.
void add_encodings(Seeds& seeds) {
  constexpr char kPlain = 12;
  constexpr char kFramed = 13;
  for (std::size_t index = 0; index < kMessageCount; ++index) {
    for (const char operation : {kPlain, kFramed}) {
      for (const char revision : {'\0', '\1', '\2'}) {
        const std::string one{operation, static_cast<char>(index), revision};
        seeds.add("writebuf", std::string(1, '\0') + one + "\1\1\4text\1\1\1\3abc");
        seeds.add("writebuf", std::string(1, '\xff') + one + "\1\1\4text\1\1\1\3abc" + one);
      }
    }
  }
}

}  // namespace
}  // namespace wsapi::fuzz

int main(int argc, char** argv) try {
  using namespace wsapi::fuzz;
  if (argc != 2) {
    std::fprintf(stderr, "usage: wsapi-conform vectors export | %s FOLDER\n", argv[0]);
    return 4;
  }
  Seeds seeds(argv[1]);
  std::string line;
  std::size_t number = 0;
  while (std::getline(std::cin, line)) {
    ++number;
    if (line.size() > kMaxLineSize) continue;
    try {
      add_vector(seeds, Json::parse(line));
    } catch (const std::exception& error) {
      std::fprintf(stderr, "error: line %zu: %s\n", number, error.what());
      return 4;
    }
  }
  add_encodings(seeds);
  for (const auto& [target, count] : seeds.counts()) {
    std::printf("%s: %zu\n", target.c_str(), count);
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  return 1;
}
