// SPDX-License-Identifier: Apache-2.0
//
// wsapi-conform serve: the reference server, for others to test against.

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>

#include "harness/cli/print_error.h"
#include "harness/cli/serve_command.h"
#include "harness/peers/builtin.h"

namespace wsapi {

ExitStatus execute(const ServeCommand& options, Console& console) {
  const ParsedAddress parsed = parse_address(options.address);
  if (const auto* const error = std::get_if<AddressError>(&parsed)) {
    print_error(error->message);
    return ExitStatus::kUsage;
  }
  const auto revision = parse_revision(options.revision).value_or(kReferenceRevision);
  asio::io_context io;
  const std::unique_ptr<ListeningPeer> peer = make_builtin(
      io, options.builtin, std::get<Address>(parsed), revision, options.test_api == "full");
  if (const std::string error = peer->start(); !error.empty()) {
    print_error(error);
    return ExitStatus::kUnreachable;
  }
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { peer->stop(); });
  console.print("listening on {} ({}, revision {}, test API {})\n",
                to_string(peer->local_address()), options.builtin, options.revision,
                options.test_api);
  console.flush();
  if (console.standard().has_failed()) return ExitStatus::kNotWritten;
  io.run();
  return ExitStatus::kOk;
}

}  // namespace wsapi
