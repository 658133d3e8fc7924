// SPDX-License-Identifier: Apache-2.0
#pragma once

// A connection inside the process, without a socket: for tests, with real or virtual time.

#include <cstddef>
#include <memory>

#include "harness/net/clock.h"
#include "harness/net/wire.h"

namespace wsapi {

// As much as one direction holds before a writer has to wait, in bytes.
inline constexpr std::size_t kMemoryWireCapacity = 65'536;

// The two ends. `clock` must outlive them; in virtual time an octet takes a microsecond, so that a
// peer that never stops sending meets a deadline.
struct MemoryWires {
  std::unique_ptr<Wire> first;
  std::unique_ptr<Wire> second;
};
[[nodiscard]] MemoryWires make_memory_wires(const asio::any_io_executor& executor, Clock& clock);

}  // namespace wsapi
