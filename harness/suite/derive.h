// SPDX-License-Identifier: Apache-2.0
#pragma once

// Derived vectors: out of each valid message vector the rules of vectors/README.md make further
// ones, most of them invalid, with ids that stay the same (`call/minimal~cut@8`). The places of the
// fields come from the codec's one description of each message.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/vectors.h"

namespace wsapi {

// The id of a derived vector: that of its base, this, and the rule. The vectors of the wrong
// direction have a group of their own instead: "misdirected/reply~cut@1".
inline constexpr std::string_view kRuleSeparator = "~";
inline constexpr std::string_view kMisdirectedPrefix = "misdirected/";

// What is known of a derived vector before it is made.
struct DerivedKey {
  std::string id;
  Direction direction = Direction::kToServer;
  std::vector<Revision> revisions;
};

// Where derived vectors go. Making one takes far longer than making its bytes, so each is offered
// first.
class DerivedSink {
 public:
  virtual ~DerivedSink() = default;

  // Whether the vector is to be made. May take revisions away.
  virtual bool wants(DerivedKey& key, std::span<const std::byte> bytes) = 0;
  virtual void add(MessageVector vector) = 0;
};

// Makes the vectors that are derived from one: none where it is not valid, or says that it is not
// for deriving. Those that are invalid have no expected error but a class, unless their operation
// byte is what is wrong.
void derive(const MessageVector& vector, DerivedSink& sink);

// Whether it is the plainest vector of its message, "describe/minimal"; there are two of a message
// of two widths, "description/minimal-16".
[[nodiscard]] bool is_minimal(const MessageVector& vector) noexcept;

// All of them, repeats of other vectors too.
[[nodiscard]] std::vector<MessageVector> derive(const MessageVector& vector);

}  // namespace wsapi
