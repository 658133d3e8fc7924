// SPDX-License-Identifier: Apache-2.0
#pragma once

// The server that a command was told to speak to: one that listens already, or one that is built
// in and runs as long as the command.

#include <optional>
#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/net/address.h"
#include "harness/peers/deviations/deviation.h"
#include "harness/peers/peer_thread.h"
#include "harness/process/temporary_folder.h"
#include "harness/result/exit_status.h"

namespace wsapi {

struct TargetSpec {
  std::string target;          // address; empty: a socket of its own for a built-in server
  std::string builtin;         // name; empty: none with a target, and else the reference server
  bool may_be_builtin = true;  // where nothing else is said
  // The suite starts a process that listens at the target, or at a socket that is made up.
  bool is_started = false;
  // Of the built-in server.
  Revision revision = kReferenceRevision;
  bool test_api = true;
  std::vector<const Deviation*> deviations = {};  // of the reference server
};

class Target {
 public:
  // Starts the built-in server, if it is to be one. On failure, which has been printed, returns the
  // exit status.
  [[nodiscard]] std::optional<ExitStatus> open(const TargetSpec& spec);

  [[nodiscard]] const Address& address() const noexcept { return address_; }

 private:
  // Of a socket that nobody uses; empty where there can be none.
  [[nodiscard]] std::string made_up_address(const TargetSpec& spec);

  Address address_;
  std::optional<TemporaryFolder> folder_;  // of the socket that is made up
  std::optional<PeerThread> server_;
};

}  // namespace wsapi
