// SPDX-License-Identifier: Apache-2.0
#pragma once

// The template that makes a case of a vector: negotiate, send the vector, judge the reaction,
// barrier. One place says which reaction is right for which class (protocol sections 4 and 7).

#include <vector>

#include "harness/suite/script.h"
#include "harness/suite/vectors.h"

namespace wsapi {

// The case that sends a message vector to a server. A vector of direction to-client is misdirected
// there, and silence is right.
[[nodiscard]] TestCase to_case(const MessageVector& vector);

// The cases of a frame vector: one that asks for the reaction, and where a CLOSE code or the
// payload of a PONG is due, a second one of level should (`~close-code`, `~pong-payload`) that asks
// for it.
[[nodiscard]] std::vector<TestCase> to_cases(const FrameVector& vector);

}  // namespace wsapi
