// SPDX-License-Identifier: Apache-2.0
#pragma once

// The annotated dump of a message: each field's bytes, name and value, as far as the bytes can be
// decoded. Derived from the message's one description (messages.h).

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/error.h"
#include "codec/revision.h"

namespace wsapi {

struct AnnotatedField {
  std::size_t begin = 0;  // offsets in bytes, the end not included
  std::size_t end = 0;
  std::string label;  // the field's name; "verb length" for the length of a string
  std::string value;  // in the JSON form, ASCII alone; of a long text, its beginning
};

struct Annotation {
  std::vector<AnnotatedField> fields;
  Error error;  // why decoding stopped; ErrorCode::kNone for a whole message
};

[[nodiscard]] Annotation annotate(std::span<const std::byte> bytes, Revision revision,
                                  Direction direction);

// The annotation as lines of at most 100 columns, each ending in a line feed: offset, bytes, name,
// value. Long fields are shown by their first bytes. Safe to print, whatever the bytes are.
[[nodiscard]] std::string to_text(const Annotation& annotation, std::span<const std::byte> bytes);

}  // namespace wsapi
