// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sends octets in pieces that are pieces for the IUT, too: each is sent only when the IUT can have
// read the one before.

#include <cstddef>
#include <span>
#include <vector>

#include "harness/tester/case_context.h"

namespace wsapi {

// Where the octets are cut: offsets in any order. A cut at 0, or at or after the end, is none.
using Cuts = std::vector<std::size_t>;

// After every `piece_size` octets; none where it is 0.
[[nodiscard]] Cuts cuts_every(std::size_t piece_size, std::size_t size);

class PieceSender {
 public:
  explicit PieceSender(CaseContext& context) : context_(context) {}

  // Whole frames, as one action of the transcript. False where the IUT takes no more octets.
  [[nodiscard]] asio::awaitable<bool> send(LowerTester& tester, std::span<const std::byte> octets,
                                           Cuts cuts);

  // Comes back when the IUT can have read what was sent on the connection: our send queue is empty,
  // and then it has answered known-good requests on another connection. It reads what came first
  // before it answers what came last, if it serves its connections in turns; two requests, as one
  // may be in the same turn. Where there is no other connection, a short wait has to do.
  [[nodiscard]] asio::awaitable<void> let_iut_read(LowerTester& tester);

 private:
  asio::awaitable<bool> exchange_elsewhere();

  CaseContext& context_;
  LowerTester* companion_ = nullptr;
  bool has_companion_ = true;  // as far as is known
};

}  // namespace wsapi
