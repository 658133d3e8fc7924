// SPDX-License-Identifier: Apache-2.0
#pragma once

// What can be wrong with bytes or text that the codec is given, or with a request. Every code has
// one stable kebab-case name, the same in vectors, reports and documents. An error says where it
// happened (an offset in bytes from the start of the input) and in which field.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wsapi {

enum class ErrorCode : std::uint8_t {
  kNone,
  // Decoding of a message (protocol sections 2, 3 and 6).
  kEmptyMessage,      // no byte at all, not even an operation
  kUnknownOperation,  // the byte is no operation of the revision
  kWrongDirection,    // an operation of the revision, but of the other direction
  kTruncated,         // a value of fixed size, or a counted list, needs more bytes than remain
  kStringLengthZero,  // length 0 where a string or an object is required
  kLengthBeyondEnd,   // the length of a string exceeds the bytes that remain
  kStringWithoutNul,  // the last byte that the length counts is not NUL
  // Encoding of a message.
  kNotInRevision,     // the revision does not have this message
  kTooManyParts,      // more than WriteBuf::kMaxParts parts
  kScalarBufferFull,  // more than WriteBuf::kScalarCapacity bytes of scalars
  kStringTooLong,     // the length with its NUL does not fit 32 bits
  kTooManyVersions,   // more than 255 versions in an offer
  kValueOutOfRange,   // an id that does not fit the width that the revision gives it
  // The JSON form of a message.
  kJsonSyntax,
  kJsonUnknownMessage,
  kJsonUnknownField,
  kJsonMissingField,
  kJsonDuplicateField,
  kJsonWrongType,
  // What a ClientSession refuses to submit, or ignores (protocol section 4).
  kEnded,          // the session has ended
  kBusy,           // as many requests are pending as may be
  kTableFull,      // a table of the session has no room, for an entry or for its text
  kNotPending,     // nothing waits for this answer, or for this message within a call
  kUnknownEvent,   // the id is that of no event, or of one that nobody listens to
  kDuplicate,      // an id that is bound already, a broadcast that was seen already
  kHopsExhausted,  // a broadcast with hop 0
};

[[nodiscard]] constexpr std::string_view name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kNone: break;
    case ErrorCode::kEmptyMessage: return "empty-message";
    case ErrorCode::kUnknownOperation: return "unknown-operation";
    case ErrorCode::kWrongDirection: return "wrong-direction";
    case ErrorCode::kTruncated: return "truncated";
    case ErrorCode::kStringLengthZero: return "string-length-zero";
    case ErrorCode::kLengthBeyondEnd: return "length-beyond-end";
    case ErrorCode::kStringWithoutNul: return "string-without-nul";
    case ErrorCode::kNotInRevision: return "not-in-revision";
    case ErrorCode::kTooManyParts: return "too-many-parts";
    case ErrorCode::kScalarBufferFull: return "scalar-buffer-full";
    case ErrorCode::kStringTooLong: return "string-too-long";
    case ErrorCode::kTooManyVersions: return "too-many-versions";
    case ErrorCode::kValueOutOfRange: return "value-out-of-range";
    case ErrorCode::kJsonSyntax: return "json-syntax";
    case ErrorCode::kJsonUnknownMessage: return "json-unknown-message";
    case ErrorCode::kJsonUnknownField: return "json-unknown-field";
    case ErrorCode::kJsonMissingField: return "json-missing-field";
    case ErrorCode::kJsonDuplicateField: return "json-duplicate-field";
    case ErrorCode::kJsonWrongType: return "json-wrong-type";
    case ErrorCode::kEnded: return "ended";
    case ErrorCode::kBusy: return "busy";
    case ErrorCode::kTableFull: return "table-full";
    case ErrorCode::kNotPending: return "not-pending";
    case ErrorCode::kUnknownEvent: return "unknown-event";
    case ErrorCode::kDuplicate: return "duplicate";
    case ErrorCode::kHopsExhausted: return "hops-exhausted";
  }
  return "none";
}

struct Error {
  ErrorCode code = ErrorCode::kNone;
  std::size_t offset = 0;  // in bytes from the start of the input (0 when encoding)
  std::string_view field;  // the field's name, a literal; empty where there is none

  [[nodiscard]] constexpr bool ok() const noexcept { return code == ErrorCode::kNone; }
  friend bool operator==(const Error&, const Error&) = default;
};

// "length-beyond-end at offset 3 in field verb"
[[nodiscard]] inline std::string to_string(const Error& error) {
  std::string text{name(error.code)};
  text += " at offset " + std::to_string(error.offset);
  if (!error.field.empty()) text.append(" in field ").append(error.field);
  return text;
}

}  // namespace wsapi
