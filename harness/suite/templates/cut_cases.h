// SPDX-License-Identifier: Apache-2.0
#pragma once

// The template that makes cases of a table: a call in one frame that is cut in two, and the server
// must answer it as if it had come whole (protocol section 1). A decoder that forgets a part of the
// header, the mask key or its position when a frame is cut between two reads gets it wrong.

#include <string_view>
#include <vector>

#include "harness/suite/test_case.h"

namespace wsapi {

// The vector of a call in one frame, of which they are variations, and how their ids begin.
inline constexpr std::string_view kCutVector = "frame/call";
inline constexpr std::string_view kCutPrefix = "frame/cut/";

// For each shape of a frame's header (7-bit, 16-bit and 64-bit length, masked and not) and each
// place from after its first octet to after the fourth of the payload:
// `server/frame/cut/SHAPE@PLACE`, a call of a verb that does not exist, whose REPLY shows by its
// call id that the frame was read right; and `server/frame/cut/SHAPE-echo@PLACE`, where `echo` must
// give its args back.
[[nodiscard]] std::vector<TestCase> cut_cases();

}  // namespace wsapi
