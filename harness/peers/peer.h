// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the reference server, the null peers and the servers of tests have in common.

#include <string>

#include "harness/net/address.h"

namespace wsapi {

// Listens on an address and is talked to. Belongs to one io_context: start() and stop() are called
// on the thread that runs it, or while nobody does. Destroying it stops it, and is allowed while
// its coroutines still wind up.
class ListeningPeer {
 public:
  virtual ~ListeningPeer() = default;
  // Listens. Returns the reason where that fails, and nothing where it does not.
  [[nodiscard]] virtual std::string start() = 0;
  // Ends listening and closes every connection at once.
  virtual void stop() = 0;
  // With the port that was really bound, once it listens.
  [[nodiscard]] virtual const Address& local_address() const = 0;
};

}  // namespace wsapi
