// SPDX-License-Identifier: Apache-2.0
//
// Writes the dictionaries of the fuzz targets, NAME.dict in libFuzzer's format, to a folder. They
// follow from the messages' one description, like the mutators; a test compares the committed files
// with what this writes.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "codec/frame.h"
#include "codec/hex.h"
#include "codec/message.h"
#include "fuzz/mutate/words.h"

namespace wsapi::fuzz {
namespace {

// Entries in the order in which they were added, each once.
class Dictionary {
 public:
  void comment(std::string_view text) { text_.append("\n# ").append(text).append("\n"); }
  void add(std::string_view bytes) {
    if (bytes.empty() || !seen_.emplace(bytes).second) return;
    text_ += '"';
    for (const char c : bytes) append_escaped(c);
    text_ += "\"\n";
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void append_escaped(char c) {
    if (c == '"' || c == '\\') {
      text_.append({'\\', c});
    } else if (c >= ' ' && c <= '~') {
      text_ += c;
    } else {
      const auto byte = static_cast<std::byte>(c);
      text_.append("\\x").append(to_hex({&byte, 1}));
    }
  }

  std::string text_ =
      "# SPDX-License-Identifier: Apache-2.0\n"
      "# Written by make_dictionaries; the test fuzz.dictionaries compares.\n";
  std::set<std::string, std::less<>> seen_;
};

std::string little_endian(std::uint64_t value, std::size_t width) {
  std::string out;
  for (std::size_t i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

// A text as on the wire: length, characters, NUL.
std::string text_field(std::string_view text) {
  std::string out = little_endian(text.size() + 1, 4);
  return out.append(text).append(1, '\0');
}

void add_messages(Dictionary& out) {
  out.comment("operations, and messages with fields of the fewest bytes");
  for (const MessageInfo& info : kMessageInfos) {
    const std::string operation(1, info.operation);
    out.add(operation);
    for (const Revision revision : kRevisions) {
      if (!in_revision(info, revision)) continue;
      std::string message = operation;
      for (const FieldInfo& field : info.fields) {
        const WireShape shape = wire_shape(field.type, revision);
        const bool needs_nul = shape.ends_in_nul && !shape.is_nullable;
        message += needs_nul ? text_field("1") : std::string(shape.head_size, '\0');
      }
      out.add(message);
    }
  }
  out.comment("the version offer: its identifier, and whole");
  out.add(little_endian(kVersionOfferIdentifier, 4));
  out.add("V" + little_endian(kVersionOfferIdentifier, 4) + "\x01\x01");
  out.comment("lengths and ids");
  for (const std::uint64_t length :
       {0ULL, 1ULL, 2ULL, 0xffULL, 0x7fffffffULL, 0x80000000ULL, 0xfffffffeULL, 0xffffffffULL}) {
    out.add(little_endian(length, 4));
  }
  for (const std::uint64_t id : {0ULL, 1ULL, 0x7fffULL, 0x8000ULL, 0xffffULL}) {
    out.add(little_endian(id, 2));
  }
  out.comment("texts with their length and NUL");
  for (const std::string_view word : kWords) out.add(text_field(word));
}

std::string frame_header(const FrameHeader& header) {
  std::array<std::byte, kMaxFrameHeaderSize> bytes;
  const std::size_t size = encode_frame_header(header, bytes);
  std::string out;
  for (const std::byte b : std::span(bytes).first(size)) out += std::to_integer<char>(b);
  return out;
}

void add_frames(Dictionary& out) {
  out.comment("headers: of each opcode, empty; fragments; masks; lengths in each form");
  for (std::uint8_t opcode = 0; opcode < 16; ++opcode) {
    out.add(frame_header({.opcode = opcode}));
    if (opcode <= static_cast<std::uint8_t>(Opcode::kBinary)) {
      out.add(frame_header({.fin = false, .opcode = opcode}));
    }
  }
  out.add(frame_header({.mask = MaskKey{}}));
  for (std::uint8_t rsv = 1; rsv < 8; rsv = static_cast<std::uint8_t>(rsv << 1U)) {
    out.add(frame_header({.rsv = rsv}));
  }
  for (const std::uint64_t size :
       {std::uint64_t{125}, std::uint64_t{126}, std::uint64_t{0xffff}, std::uint64_t{0x10000},
        kDefaultMaxPayloadSize, kDefaultMaxPayloadSize + 1, std::uint64_t{1} << 63U}) {
    out.add(frame_header({.payload_size = size}));
  }
  for (const LengthForm form : {LengthForm::k16Bit, LengthForm::k64Bit}) {
    out.add(frame_header({.payload_size = 1, .length_form = form}));
  }
  out.comment("closing codes");
  for (const char* const frame : {"\x88\x02\x03\xe8", "\x88\x02\x03\xea", "\x88\x02\x03\xed"}) {
    out.add(frame);
  }
}

void add_json(Dictionary& out) {
  out.comment("names of messages and fields");
  out.add("\"message\":");
  for (const MessageInfo& info : kMessageInfos) out.add('"' + std::string{info.name} + '"');
  for (const MessageInfo& info : kMessageInfos) {
    for (const FieldInfo& field : info.fields) out.add('"' + std::string{field.name} + "\":");
  }
  out.comment("values");
  for (const std::string_view value :
       {"null", "0", "255", "256", "65535", "65536", "4294967295", "4294967296", "9007199254740992",
        "[]", "[1,2]", R"({"hex":"ff00"})", R"("00010203-0405-0607-0809-0a0b0c0d0e0f")"}) {
    out.add(value);
  }
  out.comment("escapes");
  for (const std::string_view escape : {R"(\u0000)", R"(\ud83d\ude00)", R"(\udc00)", R"(\")",
                                        R"(\\)", R"(\/)", R"(\n)", "\xc3\xa4", "\xff"}) {
    out.add(escape);
  }
}

void add_words(Dictionary& out) {
  out.comment("verbs, errors, and other texts");
  for (const std::string_view word : kWords) out.add(word);
}

bool write(const std::filesystem::path& folder, std::string_view name, const Dictionary& from) {
  const auto path = folder / (std::string{name} + ".dict");
  std::ofstream file(path, std::ios::binary);
  file << from.text();
  file.close();
  if (!file) std::fprintf(stderr, "error: %s: could not be written\n", path.c_str());
  return file.good();
}

}  // namespace
}  // namespace wsapi::fuzz

int main(int argc, char** argv) {
  using namespace wsapi::fuzz;
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    std::fprintf(stderr, "usage: %s FOLDER\nWrites the dictionaries to a folder that exists.\n",
                 argv[0]);
    return 4;
  }
  Dictionary message;
  add_messages(message);
  add_words(message);
  Dictionary frame;
  add_frames(frame);
  add_messages(frame);
  Dictionary session;
  add_frames(session);
  add_messages(session);
  add_words(session);
  Dictionary text;
  add_json(text);
  add_words(text);
  const bool good = write(argv[1], "message", message) && write(argv[1], "frame", frame) &&
                    write(argv[1], "session", session) && write(argv[1], "message_text", text);
  return good ? 0 : 1;
}
