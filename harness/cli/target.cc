// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/target.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <variant>

#include "harness/cli/print_error.h"
#include "harness/net/transport.h"
#include "harness/peers/builtin.h"
#include "harness/text/printable.h"

namespace wsapi {

namespace {

// Where the port is 0, one that is free, so that a process can be told of it before it listens.
std::string choose_port(Address& address) {
  const auto* const place = std::get_if<TcpPlace>(&address.place);
  if (place == nullptr || place->port != 0) return "";
  asio::io_context io;
  const ListenResult listened = Acceptor::listen(io.get_executor(), address);
  if (listened.error.empty()) address = listened.acceptor.local_address();
  return listened.error;
}

}  // namespace

std::string Target::made_up_address(const TargetSpec& spec) {
  // Not every server knows abstract sockets.
  if (!spec.is_started) return fmt::format("unix:@wsapi-conform-{}", ::getpid());
  folder_.emplace("wsapi-conform");
  return "unix:" + (folder_->path() / "test").string();
}

std::optional<ExitStatus> Target::open(const TargetSpec& spec) {
  if (spec.target.empty() && !spec.is_started && !spec.may_be_builtin) {
    print_error(
        "the profile says neither where the server listens nor how to start it; use --target");
    return ExitStatus::kUsage;
  }
  const bool is_builtin = !spec.is_started && (!spec.builtin.empty() || spec.target.empty());
  const std::string text = spec.target.empty() ? made_up_address(spec) : spec.target;
  const ParsedAddress parsed = parse_address(text);
  if (const auto* const error = std::get_if<AddressError>(&parsed)) {
    print_error("--target: " + error->message);
    return ExitStatus::kUsage;
  }
  address_ = std::get<Address>(parsed);
  if (spec.is_started) {
    if (const std::string error = choose_port(address_); !error.empty()) {
      print_error("--target: " + printable(error));
      return ExitStatus::kUsage;
    }
  }
  if (!is_builtin) return std::nullopt;
  BuiltinPeer peer{
      .revision = spec.revision, .test_api = spec.test_api, .deviations = spec.deviations};
  if (!spec.builtin.empty()) peer.name = spec.builtin;
  if (harms_process(peer)) {
    print_error(
        "what is asked for ends or fills its process: run `wsapi-conform serve` with the same "
        "options");
    return ExitStatus::kUsage;
  }
  server_.emplace([&](asio::io_context& io) { return make_builtin(io, address_, peer); });
  if (!server_->error().empty()) {
    print_error(printable(server_->error()));
    return ExitStatus::kUnreachable;
  }
  address_ = server_->local_address();
  return std::nullopt;
}

}  // namespace wsapi
