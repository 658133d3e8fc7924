// SPDX-License-Identifier: Apache-2.0
#pragma once

// The golden vectors as they stand in `vectors/`: message vectors and frame vectors.
// vectors/README.md explains every field.

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/revision.h"
#include "harness/suite/json_file.h"
#include "harness/suite/level.h"
#include "harness/suite/wire_bytes.h"

namespace wsapi {

// Section 7 of the protocol: must be understood, must not be, may be.
enum class VectorClass : std::uint8_t { kValid, kInvalid, kAcceptable };

[[nodiscard]] constexpr std::string_view name(VectorClass vector_class) noexcept {
  constexpr std::string_view kNames[] = {"valid", "invalid", "acceptable"};
  return kNames[static_cast<std::size_t>(vector_class)];
}

// What a server does with a message, where it understands it.
enum class Reaction : std::uint8_t { kReply, kDescription, kVersionSet, kSilence, kHangUp };

[[nodiscard]] constexpr std::string_view name(Reaction reaction) noexcept {
  constexpr std::string_view kNames[] = {"reply", "description", "version-set", "silence",
                                         "hang-up"};
  return kNames[static_cast<std::size_t>(reaction)];
}

// Of an acceptable vector: each that is right.
struct Outcomes {
  bool understood = false;
  bool ignored = false;
  bool closed = false;
};

struct ExpectedError {
  std::string code;
  std::size_t offset = 0;
  std::string field;
};

struct MessageVector {
  std::string id;
  std::string purpose;
  std::string clause;
  std::vector<Revision> revisions;
  Direction direction = Direction::kToServer;
  WireBytes bytes;
  VectorClass vector_class = VectorClass::kValid;
  std::optional<nlohmann::json> message;  // the JSON form; rules for long texts not expanded
  std::optional<ExpectedError> error;
  Outcomes outcomes;
  Reaction reaction = Reaction::kSilence;
  bool canonical = true;
  bool derive = true;    // may others be derived from it
  bool derived = false;  // is it made by a rule itself
  std::vector<std::string> flags;
};

// What an incremental frame decoder reports.
struct ExpectedFrameEvent {
  enum class Kind : std::uint8_t { kMessage, kPing, kPong, kClose, kViolation };
  Kind kind = Kind::kMessage;
  WireBytes payload;                  // of a message, ping or pong; the reason of a close
  std::optional<std::uint16_t> code;  // of a close or violation
  std::string why;                    // of a violation
};

// What is seen on the wire after the stream of a frame vector, in this order.
struct ExpectedFrameReaction {
  enum class Kind : std::uint8_t { kReply, kPong, kClose };
  Kind kind = Kind::kReply;
  std::uint16_t call_id = 0;
  std::vector<std::byte> payload;          // of a pong
  std::vector<std::uint16_t> close_codes;  // empty: no particular one
};

struct FrameVector {
  std::string id;
  std::string purpose;
  std::string clause;
  std::vector<Revision> revisions;
  WireBytes bytes;
  VectorClass vector_class = VectorClass::kValid;
  std::optional<Level> level;  // where it is not that of the class
  std::vector<ExpectedFrameEvent> events;
  std::vector<ExpectedFrameReaction> reactions;
  Outcomes outcomes;
  std::vector<std::string> flags;
};

struct VectorSet {
  std::vector<MessageVector> messages;  // in the order of their files
  std::vector<FrameVector> frames;
};

// Reads all of `folder`/messages and `folder`/frames. What cannot be used is left out and reported.
[[nodiscard]] VectorSet load_vectors(const std::filesystem::path& folder,
                                     std::vector<FileError>& errors);

// The vectors of one file, called `name`; as load_vectors. Messages are moved out of `file`.
[[nodiscard]] VectorSet read_vectors(nlohmann::json& file, const std::string& name,
                                     std::vector<FileError>& errors);

// The files of a folder with the ending .json, sorted by name; reports a folder that is not there
// or has none.
[[nodiscard]] std::vector<std::filesystem::path> json_files(const std::filesystem::path& folder,
                                                            std::vector<FileError>& errors);

// The JSON form with all rules for long texts and lists expanded, ready for from_json().
[[nodiscard]] std::string expand_message(const nlohmann::json& message);

// What a server does with a message of that name that it understands (sections 3 and 4).
[[nodiscard]] Reaction default_reaction(std::string_view message_name) noexcept;

}  // namespace wsapi
