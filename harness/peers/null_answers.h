// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a null peer says, without I/O: octets in, octets out.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "codec/revision.h"

namespace wsapi {

// One connection of a null peer.
class NullAnswers {
 public:
  virtual ~NullAnswers() = default;
  // What is sent before anything has come.
  [[nodiscard]] virtual std::string_view greeting() const { return {}; }
  // Appends the answer to the octets of one read. False where the connection is closed after it.
  [[nodiscard]] virtual bool answer(std::span<const std::byte> input,
                                    std::vector<std::byte>& out) = 0;
};

struct NullAnswersOptions {
  Revision revision = kReferenceRevision;
  std::uint64_t seed = 0;  // of what is random; another one for each connection
};

// A null peer: one row of a table.
struct NullPeerRow {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<NullAnswers> (*make)(const NullAnswersOptions&);  // null: closes at once
  bool ends_process = false;  // by what it does, so that it needs a process of its own
};

// In the order of NullPeerKind.
[[nodiscard]] std::span<const NullPeerRow> null_peer_rows();

}  // namespace wsapi
