// SPDX-License-Identifier: Apache-2.0
#pragma once

// Holds the reference codec against the vectors: every vector, written or derived, in each of its
// revisions.

#include <string>
#include <vector>

#include "harness/suite/vectors.h"

namespace wsapi {

struct Disagreement {
  std::string id;       // of the vector
  std::string message;  // what the vector says, and what the codec does
};

// Appends what disagrees. A valid vector decodes to its message and, if it is canonical, its
// message encodes to its bytes; an invalid one is refused with the error it names; an acceptable
// one is either refused or decodes to its message.
void check_vector(const MessageVector& vector, std::vector<Disagreement>& out);

// The decoder reports the vector's events, however its octets are cut in pieces.
void check_vector(const FrameVector& vector, std::vector<Disagreement>& out);

}  // namespace wsapi
