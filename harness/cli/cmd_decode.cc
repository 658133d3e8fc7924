// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform decode: annotated bytes.

#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <optional>

#include "codec/annotate.h"
#include "codec/decode.h"
#include "codec/frame.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "harness/cli/decode_command.h"
#include "harness/cli/print_error.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxInput = 8U << 20U;  // characters

bool read_input(std::string& text) {
  text.resize(kMaxInput + 1);
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  if (text.size() <= kMaxInput) return true;
  print_error(fmt::format("standard input holds more than {} characters", kMaxInput));
  return false;
}

class Decoder {
 public:
  Decoder(const DecodeCommand& options, Console& console)
      : options_(options),
        console_(console),
        revision_(parse_revision(options.revision).value_or(kReferenceRevision)) {}

  // Whether all of it could be decoded.
  bool show(std::span<const std::byte> bytes) {
    return options_.frames ? show_frames(bytes) : show_message(bytes);
  }

 private:
  // As told, or the direction that has the operation; the server's where both have it or none.
  [[nodiscard]] Direction direction_of(std::span<const std::byte> bytes) const {
    if (const auto told = parse_direction(options_.direction)) return *told;
    const auto decoded = decode(bytes, revision_, Direction::kToServer);
    const bool other = !decoded && decoded.error().code == ErrorCode::kWrongDirection;
    return other ? Direction::kToClient : Direction::kToServer;
  }

  bool show_message(std::span<const std::byte> bytes) const {
    const Direction direction = direction_of(bytes);
    const auto decoded = decode(bytes, revision_, direction);
    if (!options_.json) {
      console_.print("{} bytes, {}, revision {}\n{}", bytes.size(), name(direction),
                     name(revision_), to_text(annotate(bytes, revision_, direction), bytes));
    } else if (decoded) {
      console_.print("{}\n", to_json(decoded->message, revision_));
    }
    if (!decoded) print_error("not a message: " + to_string(decoded.error()));
    return decoded.ok();
  }

  bool show_frames(std::span<const std::byte> bytes) const {
    FrameDecoder decoder;
    bool good = true;
    while (!bytes.empty()) {
      const FrameEvent event = decoder.next(bytes);
      switch (event.kind) {
        case FrameEventKind::kNeedMore:
          print_error("the octets end inside a frame or a fragmented message");
          return false;
        case FrameEventKind::kMessage:
          console_.print("binary message in {} frame(s){}\n", event.fragments,
                         event.masked ? ", masked" : "");
          good = show_message(event.payload) && good;
          break;
        case FrameEventKind::kPing: console_.print("PING {}\n", to_hex(event.payload, " ")); break;
        case FrameEventKind::kPong: console_.print("PONG {}\n", to_hex(event.payload, " ")); break;
        case FrameEventKind::kClose:
          console_.print("CLOSE {}\n", event.close_code ? std::to_string(*event.close_code) : "");
          return good;
        case FrameEventKind::kViolation:
          print_error(fmt::format("not a frame: {}, to be closed with {}", name(event.violation),
                                  close_code(event.violation)));
          return false;
      }
    }
    return good;
  }

  const DecodeCommand& options_;
  Console& console_;
  Revision revision_;
};

}  // namespace

ExitStatus execute(const DecodeCommand& options, Console& console) {
  Decoder decoder(options, console);
  bool good = true;
  for (std::string text : options.inputs) {
    if (text == "-" && !read_input(text)) return ExitStatus::kUsage;
    const auto bytes = from_hex(text);
    if (!bytes) {
      print_error(
          fmt::format("'{}' is not hexadecimal: pairs of the digits 0-9 a-f, spaces between them",
                      printable(text, 60)));
      return ExitStatus::kUsage;
    }
    good = decoder.show(*bytes) && good;
  }
  return good ? ExitStatus::kOk : ExitStatus::kFailed;
}

}  // namespace wsapi
