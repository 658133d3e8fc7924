// SPDX-License-Identifier: Apache-2.0

// Every frame that was recorded with real binders goes through FrameDecoder, and every message
// through the codec. What must decode is said by a second, slow and obvious reader: tables written
// from the protocol page, without the codec.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "harness/judge/recorded_messages.h"

namespace wsapi {
namespace {

using recorded::Bytes;
using recorded::Frame;
using recorded::Row;

// Protocol sections 3 and 5. The fields, a letter each: 1, 2, 4 are integers of that many bytes, s
// a string or an object, n a nullstring, u a uuid, l a counted list, i the id of a DESCRIPTION.
struct TableRow {
  char operation;
  Direction direction;
  std::string_view fields;
};

constexpr auto kServer = Direction::kToServer;
constexpr auto kClient = Direction::kToClient;
constexpr TableRow kVersion1Table[] = {
    {'K', kServer, "2s22sn"}, {'k', kClient, "2nns"}, {'E', kClient, "2s"}, {'e', kClient, "2"},
    {'X', kClient, "22"},     {'x', kClient, "22"},   {'P', kClient, "2s"}, {'B', kClient, "ssu1"},
    {'U', kServer, "2"},      {'D', kServer, "2"},    {'d', kClient, "is"}, {'S', kServer, "2s"},
    {'s', kServer, "2"},      {'T', kServer, "2s"},   {'t', kServer, "2"},  {'V', kServer, "4l"},
    {'v', kClient, "1"}};
constexpr TableRow kLegacyTable[] = {
    {'C', kServer, "4sssn"}, {'Y', kClient, "4nns"}, {'*', kClient, "ssu1"}, {'+', kClient, "4s"},
    {'-', kClient, "4s"},    {'!', kClient, "4ss"},  {'S', kClient, "44s"},  {'U', kClient, "44s"},
    {'D', kServer, "4"},     {'d', kClient, "4s"}};

enum class Shape : std::uint8_t { kWhole, kEmpty, kUnknown, kMisdirected, kMalformed };
constexpr const char* kShapeNames[] = {"whole", "empty", "unknown", "misdirected", "malformed"};

struct Reading {
  Shape shape = Shape::kWhole;
  std::size_t size = 0;  // bytes of a whole message
  friend bool operator==(const Reading&, const Reading&) = default;
};

void PrintTo(const Reading& reading, std::ostream* out) {
  *out << kShapeNames[static_cast<int>(reading.shape)] << " of " << reading.size;
}

std::size_t little_endian(const Bytes& bytes, std::size_t at, std::size_t width) {
  std::size_t value = 0;
  for (std::size_t i = width; i > 0; --i) {
    value = value * 256 + std::to_integer<std::size_t>(bytes.at(at + i - 1));
  }
  return value;
}

// The bytes that a field at `at` takes; std::nullopt where they are not all there, or wrong.
std::optional<std::size_t> field_size(const Bytes& bytes, std::size_t at, char field,
                                      Revision revision) {
  const std::size_t left = bytes.size() - at;
  if (field == 's' || field == 'n') {
    if (left < 4) return std::nullopt;
    const std::size_t length = little_endian(bytes, at, 4);
    if (length == 0) return field == 'n' ? std::optional<std::size_t>(4) : std::nullopt;
    if (length > left - 4 || bytes.at(at + 3 + length) != std::byte{0}) return std::nullopt;
    return 4 + length;
  }
  std::size_t size = 0;
  switch (field) {
    case '1': size = 1; break;
    case '2': size = 2; break;
    case '4': size = 4; break;
    case 'u': size = 16; break;
    case 'i': size = revision == Revision::k2020_01 ? 4 : 2; break;
    default: size = left == 0 ? 1 : 1 + little_endian(bytes, at, 1);  // the list
  }
  return size <= left ? std::optional(size) : std::nullopt;
}

Reading read_by_tables(const Bytes& bytes, Revision revision, Direction direction) {
  if (bytes.empty()) return {Shape::kEmpty, 0};
  const auto table = revision == Revision::kLegacy ? std::span<const TableRow>(kLegacyTable)
                                                   : std::span<const TableRow>(kVersion1Table);
  for (const TableRow& row : table) {
    if (row.operation != static_cast<char>(bytes[0])) continue;
    if (row.direction != direction) return {Shape::kMisdirected, 0};
    std::size_t at = 1;
    for (const char field : row.fields) {
      const auto size = field_size(bytes, at, field, revision);
      if (!size) return {Shape::kMalformed, 0};
      at += *size;
    }
    return {Shape::kWhole, at};
  }
  return {Shape::kUnknown, 0};
}

Reading read_by_codec(const Bytes& bytes, Revision revision, Direction direction) {
  const auto decoded = decode(bytes, revision, direction);
  if (decoded) return {Shape::kWhole, decoded->size};
  switch (decoded.error().code) {
    case ErrorCode::kEmptyMessage: return {Shape::kEmpty, 0};
    case ErrorCode::kUnknownOperation: return {Shape::kUnknown, 0};
    case ErrorCode::kWrongDirection: return {Shape::kMisdirected, 0};
    default: return {Shape::kMalformed, 0};
  }
}

// A decodable message encodes to its own bytes again, directly and by way of its JSON form.
void expect_round_trip(const Bytes& bytes, Revision revision, Direction direction) {
  const auto decoded = decode(bytes, revision, direction);
  ASSERT_TRUE(decoded.ok());
  const Bytes own(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(decoded->size));
  const auto encoded = encode_to_bytes(decoded->message, revision);
  ASSERT_TRUE(encoded.ok()) << name(encoded.error().code);
  EXPECT_EQ(to_hex(*encoded), to_hex(own));
  const std::string json = to_json(decoded->message, revision);
  const auto read_back = from_json(json);
  ASSERT_TRUE(read_back.ok()) << json;
  EXPECT_EQ(read_back->message, decoded->message);
  const auto encoded_again = encode_to_bytes(*read_back, revision);
  ASSERT_TRUE(encoded_again.ok());
  EXPECT_EQ(to_hex(*encoded_again), to_hex(own));
}

// One direction of one connection.
struct Stream {
  const Row* row = nullptr;
  const char* list = "";
  const std::vector<Bytes>* pieces = nullptr;
  Direction direction = Direction::kToServer;
  bool from_binder = false;
};

std::vector<Stream> streams_of(const std::vector<Row>& rows) {
  std::vector<Stream> streams;
  for (const Row& row : rows) {
    const Direction sent = row.sent_direction();
    for (const recorded::Exchange& connection : row.connections) {
      streams.push_back({&row, "sent", &connection.sent, sent, false});
      streams.push_back({&row, "received", &connection.received, opposite(sent), true});
    }
    if (row.binder_is_server) continue;
    streams.push_back({&row, "control_sent", &row.control.sent, kServer, false});
    streams.push_back({&row, "control_received", &row.control.received, kClient, true});
  }
  return streams;
}

std::vector<Row> all_rows() {
  std::vector<FileError> errors;
  std::vector<Row> rows =
      recorded::load_rows(std::filesystem::path(WSAPI_SOURCE_VECTORS_DIR) / "recorded", errors);
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  return rows;
}

class RecordedFramesTest : public testing::Test {
 protected:
  std::vector<Row> rows_ = all_rows();
  std::vector<Stream> streams_ = streams_of(rows_);
};

// What the binder sends is known to the byte: minimal, unmasked, unfragmented frames.
Bytes encode_again(const std::vector<Frame>& events) {
  Bytes all;
  for (const Frame& frame : events) {
    Bytes octets;
    switch (frame.kind) {
      case FrameEventKind::kPing: octets = ping_frame(frame.payload); break;
      case FrameEventKind::kPong: octets = pong_frame(frame.payload); break;
      case FrameEventKind::kClose: octets = close_frame(frame.close_code); break;
      default: octets = encode_frame({}, frame.payload);
    }
    all.insert(all.end(), octets.begin(), octets.end());
  }
  return all;
}

bool is_plain(const Frame& frame) {
  return frame.kind != FrameEventKind::kViolation && !frame.masked && !frame.non_minimal_length &&
         frame.fragments <= 1;
}

TEST_F(RecordedFramesTest, StreamsGiveTheSameEventsHoweverTheyAreCut) {
  std::map<std::string, int> counts;
  for (const Stream& stream : streams_) {
    SCOPED_TRACE(stream.row->file + ": " + stream.row->name + ", " + stream.list);
    Bytes all;
    for (const Bytes& piece : *stream.pieces) all.insert(all.end(), piece.begin(), piece.end());
    FrameDecoder at_once;
    FrameDecoder by_bytes;
    std::vector<Frame> whole;
    std::vector<Frame> single;
    recorded::feed(at_once, all, whole);
    for (const std::byte& byte : all) recorded::feed(by_bytes, std::span(&byte, 1), single);
    EXPECT_EQ(whole, single);
    EXPECT_EQ(whole, recorded::frames_of(*stream.pieces));
    const bool is_cut = at_once.mid_frame() || at_once.mid_message();
    if (is_cut) ++counts["streams that end inside a message"];
    if (stream.from_binder) {
      EXPECT_FALSE(is_cut);
      EXPECT_EQ(whole.size(), stream.pieces->size());
      EXPECT_TRUE(std::ranges::all_of(whole, is_plain));
    }
    if (std::ranges::all_of(whole, is_plain) && !is_cut && !at_once.ended()) {
      EXPECT_EQ(to_hex(encode_again(whole)), to_hex(all));
    }
    for (const Frame& frame : whole) {
      ++counts["events"];
      if (frame.kind != FrameEventKind::kMessage) ++counts["no message"];
      if (frame.masked) ++counts["masked"];
      if (frame.fragments > 1) ++counts["fragmented"];
      if (frame.kind == FrameEventKind::kViolation) ++counts[std::string(name(frame.violation))];
    }
  }
  EXPECT_EQ(counts, (std::map<std::string, int>{{"close-code-invalid", 3},
                                                {"close-payload-one-byte", 3},
                                                {"continuation-without-start", 2},
                                                {"control-fragmented", 1},
                                                {"control-too-long", 1},
                                                {"data-inside-fragmented", 3},
                                                {"events", 5040},
                                                {"fragmented", 12},
                                                {"masked", 8},
                                                {"message-too-long", 4},
                                                {"no message", 105},
                                                {"rsv-bits", 2},
                                                {"streams that end inside a message", 6},
                                                {"text-message", 3},
                                                {"unknown-opcode", 4}}));
}

TEST_F(RecordedFramesTest, TheCodecAgreesWithTheTablesOnEveryMessage) {
  std::map<std::string, int> counts;
  for (const Stream& stream : streams_) {
    for (const Frame& frame : recorded::frames_of(*stream.pieces)) {
      if (frame.kind != FrameEventKind::kMessage) continue;
      SCOPED_TRACE(stream.row->file + ": " + stream.row->name + ", " + stream.list + ", " +
                   to_hex(frame.payload));
      const Revision revision = stream.row->revision;
      const Reading reading = read_by_tables(frame.payload, revision, stream.direction);
      EXPECT_EQ(read_by_codec(frame.payload, revision, stream.direction), reading);
      const std::string from = stream.from_binder ? "from the binder, " : "to the binder, ";
      ++counts[from + kShapeNames[static_cast<int>(reading.shape)]];
      if (reading.shape == Shape::kWhole) {
        if (reading.size < frame.payload.size()) ++counts[from + "with bytes after the end"];
        expect_round_trip(frame.payload, revision, stream.direction);
      } else if (reading.shape == Shape::kMisdirected) {
        // Also a misdirected message may be malformed.
        const Direction other = opposite(stream.direction);
        const Reading as_other = read_by_tables(frame.payload, revision, other);
        EXPECT_EQ(read_by_codec(frame.payload, revision, other), as_other);
        if (as_other.shape == Shape::kWhole) expect_round_trip(frame.payload, revision, other);
      }
    }
  }
  // Whatever a binder sent is whole, with nothing after it: there is no other line for it here.
  EXPECT_EQ(counts, (std::map<std::string, int>{{"from the binder, whole", 2503},
                                                {"to the binder, empty", 7},
                                                {"to the binder, malformed", 211},
                                                {"to the binder, misdirected", 31},
                                                {"to the binder, unknown", 23},
                                                {"to the binder, whole", 2160},
                                                {"to the binder, with bytes after the end", 18}}));
}

TEST_F(RecordedFramesTest, EachRowIsThere) {
  std::map<std::string, int> counts;
  for (const Row& row : rows_) ++counts[row.file];
  EXPECT_EQ(counts, (std::map<std::string, int>{{"client-2020-01-more.jsonl", 33},
                                                {"client-2020-01.jsonl", 12},
                                                {"client-2020-03.jsonl", 74},
                                                {"client-legacy.jsonl", 140},
                                                {"client-libafb-2021.jsonl", 153},
                                                {"client-libafb-2026.jsonl", 152},
                                                {"server-2020-01.jsonl", 31},
                                                {"server-2020-03.jsonl", 161},
                                                {"server-legacy.jsonl", 58}}));
}

}  // namespace
}  // namespace wsapi
