// SPDX-License-Identifier: Apache-2.0
#pragma once

// The template that makes a case of a vector: negotiate, send the vector, judge the reaction,
// barrier. One place says which reaction is right for which class (protocol sections 4 and 7).

#include <vector>

#include <vector>

#include "harness/suite/test_case.h"
#include "harness/suite/vectors.h"

namespace wsapi {

// The case that a message vector is for the role: a server case sends it, and needs a vector of
// direction to-server; a client or codec case has no script.
[[nodiscard]] TestCase to_case(const MessageVector& vector, Role role);

// The cases of a frame vector. For a server: one that asks for the reaction, and where a CLOSE code
// or the payload of a PONG is due, a second one of level should (`~close-code`, `~pong-payload`)
// that asks for it. For a codec: one.
[[nodiscard]] std::vector<TestCase> to_cases(const FrameVector& vector);

}  // namespace wsapi
