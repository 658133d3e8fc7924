// SPDX-License-Identifier: Apache-2.0
#pragma once

// The JSON form of a message: one flat object, derived from the message's one description.
//
//   {"message":"call","call_id":1,"verb":"ping","session_id":0,"token_id":0,"args":"null",
//    "credentials":null}
//
// Integers are numbers, texts are strings without their NUL, a null string is null, an object is a
// string that holds its JSON text verbatim, a uuid is its usual 36 characters, versions are an
// array of numbers. A text that is not UTF-8 is {"hex":"ff00"}. So each message has one JSON form,
// and the form gives the same message again, byte for byte.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "codec/message.h"
#include "codec/result.h"

namespace wsapi {

// In ASCII alone: all else is escaped, so that it may be printed anywhere. The name and the fields
// are those of the revision's wire format, which has the message: else the text is `null`.
[[nodiscard]] std::string to_json(const AnyMessage& message, Revision revision);

// The JSON form of one field's value, as in to_json.
void append_json_value(std::string& out, std::uint32_t value);
void append_json_value(std::string& out, std::string_view value);
void append_json_value(std::string& out, const OptionalString& value);
void append_json_value(std::string& out, const NullString& value);
void append_json_value(std::string& out, const Object& value);
void append_json_value(std::string& out, const Uuid& value);
void append_json_value(std::string& out, const VersionList& value);

// A message with the memory that its views point into. The deques keep their elements in place when
// the whole is moved; a copy would point into its original.
struct OwnedMessage {
  OwnedMessage() = default;
  OwnedMessage(const OwnedMessage&) = delete;
  OwnedMessage& operator=(const OwnedMessage&) = delete;
  OwnedMessage(OwnedMessage&&) = default;
  OwnedMessage& operator=(OwnedMessage&&) = default;

  AnyMessage message;
  WireFormat format = WireFormat::kVersion1;  // by its name
  std::deque<std::string> texts;
  std::deque<std::vector<std::byte>> lists;
};

// Reads the JSON form. White space, the order of members and the way of escaping are free; each
// field must be there once and nothing else. The error's offset counts bytes of `text`. Errors:
// json-syntax, json-unknown-message, json-unknown-field, json-missing-field, json-duplicate-field,
// json-wrong-type, value-out-of-range.
[[nodiscard]] Result<OwnedMessage> from_json(std::string_view text);

// The message in one piece of memory. Errors as encode: not-in-revision also where its name is that
// of another wire format.
[[nodiscard]] Result<std::vector<std::byte>> encode_to_bytes(const OwnedMessage& message,
                                                             Revision revision);

}  // namespace wsapi
