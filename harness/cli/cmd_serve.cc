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
#include "harness/peers/deviations/defects.h"
#include "harness/peers/deviations/variants.h"

namespace wsapi {

namespace {

ExitStatus list(const ServeCommand& options, Console& console) {
  if (options.list_defects) print_deviations(console, defects());
  if (options.list_variants) print_deviations(console, variants());
  return ExitStatus::kOk;
}

}  // namespace

ExitStatus execute(const ServeCommand& options, Console& console) {
  if (options.list_defects || options.list_variants) return list(options, console);
  if (options.address.empty()) {
    print_error("address is required");
    return ExitStatus::kUsage;
  }
  const ParsedAddress parsed = parse_address(options.address);
  if (const auto* const error = std::get_if<AddressError>(&parsed)) {
    print_error(error->message);
    return ExitStatus::kUsage;
  }
  const auto revision = parse_revision(options.revision).value_or(kReferenceRevision);
  const auto deviations = chosen_deviations(options.deviations, revision);
  if (!deviations) return ExitStatus::kUsage;
  asio::io_context io;
  const std::unique_ptr<ListeningPeer> peer = make_builtin(io, std::get<Address>(parsed),
                                                           {.name = options.builtin,
                                                            .revision = revision,
                                                            .test_api = options.test_api == "full",
                                                            .deviations = *deviations});
  if (const std::string error = peer->start(); !error.empty()) {
    print_error(error);
    return ExitStatus::kUnreachable;
  }
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { peer->stop(); });
  console.print("listening on {} ({}, revision {}, test API {}{})\n",
                to_string(peer->local_address()), options.builtin, options.revision,
                options.test_api, to_options(options.deviations));
  console.flush();
  if (console.standard().has_failed()) return ExitStatus::kNotWritten;
  io.run();
  return ExitStatus::kOk;
}

}  // namespace wsapi
