// SPDX-License-Identifier: Apache-2.0
#pragma once

// Holds a codec against the message vectors: every vector, written or derived, in each of its
// revisions. And what only the reference codec has, against the same vectors: its dump of bytes,
// and its frame decoder.

#include <cstddef>
#include <string>
#include <vector>

#include "harness/codecs/codec_under_test.h"
#include "harness/suite/vectors.h"

namespace wsapi {

struct Disagreement {
  std::string id;       // of the vector
  std::string message;  // what the vector says, and what the codec does
};

// Appends what disagrees. A valid vector decodes to its message and, if it is canonical, its
// message encodes to its bytes; an invalid one is refused, by a codec that names reasons with the
// error that the vector names; an acceptable one is either refused or decodes to its message. An
// answer that breaks the rules of the codec's interface is a disagreement. Returns in how many
// revisions the codec was compared: in 0, if it implements none of them.
std::size_t check_vector(const MessageVector& vector, const CodecUnderTest& codec,
                         std::vector<Disagreement>& out);

// The annotation accounts for every byte, and stops where decoding stops.
void check_annotation(const MessageVector& vector, std::vector<Disagreement>& out);

// The frame decoder reports the vector's events, however its octets are cut in pieces.
void check_frames(const FrameVector& vector, std::vector<Disagreement>& out);

}  // namespace wsapi
