// SPDX-License-Identifier: Apache-2.0
#pragma once

// The recordings of real binders in vectors/recorded, for the tests that hold the codec and the
// suite's rules against them: the rows of all files, and the frames and messages in them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode.h"
#include "codec/frame.h"
#include "codec/hex.h"
#include "codec/json_form.h"
#include "codec/revision.h"

namespace wsapi::recorded {

using Bytes = std::vector<std::byte>;

inline const std::filesystem::path kVectorsFolder = WSAPI_SOURCE_VECTORS_DIR;
inline const std::filesystem::path kFolder = kVectorsFolder / "recorded";
inline constexpr std::string_view kFiles[] = {"client-2020-01.jsonl", "client-2020-03.jsonl",
                                              "server-2020-01.jsonl", "server-2020-03.jsonl",
                                              "server-legacy.jsonl"};

// One line of a file: an exchange with a binder on one connection.
struct Row {
  std::string file;
  std::string name;  // the field `case`
  Revision revision = kReferenceRevision;
  bool binder_is_server = false;
  std::string outcome;
  std::optional<std::string> sentinel;
  std::vector<Bytes> sent;
  std::vector<Bytes> received;
  std::vector<Bytes> control_sent;  // on the binder's other side, where it is a server
  std::vector<Bytes> control_received;

  [[nodiscard]] Direction sent_direction() const {
    return binder_is_server ? Direction::kToServer : Direction::kToClient;
  }
};

// The members that the README of the recordings explains; any other is a mistake.
inline void check_members(const nlohmann::json& json) {
  constexpr std::string_view kNames[] = {
      "peer", "role",     "case",    "sent",         "received",
      "note", "sentinel", "outcome", "control_sent", "control_received"};
  for (const auto& [name, value] : json.items()) {
    if (std::ranges::find(kNames, name) == std::end(kNames)) {
      throw std::runtime_error("unknown member " + name);
    }
  }
}

inline Revision revision_of_peer(const std::string& peer) {
  if (peer == "afb-daemon c5c15f8") return Revision::k2020_03;
  if (peer == "afb-daemon 65353dc") return Revision::k2020_01;
  if (peer == "afb-daemon b55f3cd (legacy)") return Revision::kLegacy;
  throw std::runtime_error("unknown peer " + peer);
}

inline std::vector<Bytes> hex_list(const nlohmann::json& row, const char* name) {
  std::vector<Bytes> list;
  if (!row.contains(name)) return list;
  for (const auto& hex : row.at(name)) list.push_back(from_hex(hex.get<std::string>()).value());
  return list;
}

inline Row row_of(const nlohmann::json& json, std::string_view file) {
  check_members(json);
  Row row;
  row.file = file;
  row.name = json.at("case").get<std::string>();
  row.revision = revision_of_peer(json.at("peer").get<std::string>());
  const auto role = json.at("role").get<std::string>();
  if (role != "server" && role != "client") throw std::runtime_error("unknown role " + role);
  row.binder_is_server = role == "server";
  row.outcome = json.at("outcome").get<std::string>();
  if (json.contains("sentinel")) row.sentinel = json.at("sentinel").get<std::string>();
  row.sent = hex_list(json, "sent");
  row.received = hex_list(json, "received");
  row.control_sent = hex_list(json, "control_sent");
  row.control_received = hex_list(json, "control_received");
  return row;
}

// All rows of all files; throws where a file is missing or not as its README says.
inline std::vector<Row> load_rows() {
  std::vector<Row> rows;
  for (const std::string_view file : kFiles) {
    std::ifstream in(kFolder / file);
    if (!in) throw std::runtime_error("cannot read " + std::string(file));
    for (std::string line; std::getline(in, line);) {
      rows.push_back(row_of(nlohmann::json::parse(line), file));
    }
  }
  return rows;
}

// A FrameEvent that owns its bytes.
struct Event {
  FrameEventKind kind = FrameEventKind::kNeedMore;
  Bytes payload;
  std::optional<std::uint16_t> close_code;
  FrameViolation violation = FrameViolation::kRsvBits;
  std::uint32_t fragments = 0;
  bool masked = false;
  bool non_minimal_length = false;

  friend bool operator==(const Event&, const Event&) = default;
};

// Feeds `input` to the decoder and appends the events; reads nothing behind the end of the stream.
inline void feed(FrameDecoder& decoder, std::span<const std::byte> input,
                 std::vector<Event>& events) {
  while (!decoder.ended()) {
    const FrameEvent event = decoder.next(input);
    if (event.kind == FrameEventKind::kNeedMore) return;
    events.push_back({.kind = event.kind,
                      .payload = Bytes(event.payload.begin(), event.payload.end()),
                      .close_code = event.close_code,
                      .violation = event.violation,
                      .fragments = event.fragments,
                      .masked = event.masked,
                      .non_minimal_length = event.non_minimal_length});
  }
}

// The events of a stream, as recorded in pieces.
inline std::vector<Event> events_of(std::span<const Bytes> pieces) {
  FrameDecoder decoder;
  std::vector<Event> events;
  for (const Bytes& piece : pieces) feed(decoder, piece, events);
  return events;
}

// A message by its JSON form. `name` lacks the prefix "legacy-", so that the rules, which are the
// same in all revisions, need not know of it.
struct Message {
  ErrorCode error = ErrorCode::kNone;
  std::string name;  // of a message that decodes
  nlohmann::json fields;

  [[nodiscard]] bool is(std::string_view wanted) const { return name == wanted; }
  [[nodiscard]] std::uint32_t number(const char* field) const {
    return fields.at(field).get<std::uint32_t>();
  }
};

inline Message message_of(std::span<const std::byte> bytes, Revision revision,
                          Direction direction) {
  const auto decoded = decode(bytes, revision, direction);
  if (!decoded) return {.error = decoded.error().code, .name = "", .fields = {}};
  Message message;
  message.fields = nlohmann::json::parse(to_json(decoded->message));
  message.name = message.fields.at("message").get<std::string>();
  constexpr std::string_view kPrefix = "legacy-";
  if (message.name.starts_with(kPrefix)) message.name.erase(0, kPrefix.size());
  return message;
}

}  // namespace wsapi::recorded
