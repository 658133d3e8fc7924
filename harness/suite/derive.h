// SPDX-License-Identifier: Apache-2.0
#pragma once

// Derived vectors: out of each valid message vector the rules of vectors/README.md make further
// ones, most of them invalid, with ids that stay the same (`call/minimal~cut@7`). The places of the
// fields come from the codec's one description of each message.

#include <vector>

#include "harness/suite/vectors.h"

namespace wsapi {

// The vectors derived from one; none where it is not valid, or says that it is not for deriving.
// Their `derive` is false, and those that are invalid have no expected error but a class.
[[nodiscard]] std::vector<MessageVector> derive(const MessageVector& vector);

}  // namespace wsapi
