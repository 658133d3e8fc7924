// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether two codecs say the same of a message: their JSON forms compared, exactly or with the
// freedoms that codec_plugin.h leaves to a plugin (protocol section 7).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "codec/json_members.h"
#include "codec/revision.h"

namespace wsapi {

enum class MatchRule : std::uint8_t {
  kExact,
  kPlugin,                // as codec_plugin.h says
  kPluginWithoutObjects,  // the same; no object (args, data, description) is compared
};

using JsonMembers = std::vector<JsonMember>;

// Whether the member is args, data or description.
[[nodiscard]] bool is_object(const JsonMember& member);

// The text of a value that is one; nullptr for all others.
[[nodiscard]] const std::string* text_of(const JsonValue& value);

// Whether an object is null: the codec does not keep the text of objects.
[[nodiscard]] bool leaves_objects_out(const JsonMembers& members);

// Whether both have the same members, in any order, with the same values.
[[nodiscard]] bool same_message(const JsonMembers& ours, const JsonMembers& theirs, MatchRule rule);

// Whether `encoded` is `bytes`, or, unless the rule is kExact, a message that means the same as
// `ours`, the members of the message that `bytes` are.
[[nodiscard]] bool same_encoding(std::span<const std::byte> bytes, const JsonMembers& ours,
                                 std::span<const std::byte> encoded, Revision revision,
                                 Direction direction, MatchRule rule);

}  // namespace wsapi
