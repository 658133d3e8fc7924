// SPDX-License-Identifier: Apache-2.0

#include "harness/target.h"

#include <fmt/format.h>
#include <unistd.h>

#include <variant>

#include "harness/builtin.h"
#include "harness/commands.h"
#include "harness/printable.h"

namespace wsapi {

std::optional<ExitStatus> Target::open(const TargetChoice& choice) {
  const bool is_builtin = !choice.builtin.empty() || choice.target.empty();
  const std::string text =
      choice.target.empty() ? fmt::format("unix:@wsapi-conform-{}", ::getpid()) : choice.target;
  const ParsedAddress parsed = parse_address(text);
  if (const auto* const error = std::get_if<AddressError>(&parsed)) {
    print_error("--target: " + error->message);
    return ExitStatus::kUsage;
  }
  address_ = std::get<Address>(parsed);
  if (!is_builtin) return std::nullopt;
  const std::string peer = choice.builtin.empty() ? std::string{kReferencePeer} : choice.builtin;
  server_.emplace([&](asio::io_context& io) {
    return make_builtin(io, peer, address_, choice.revision, choice.test_api);
  });
  if (!server_->error().empty()) {
    print_error(printable(server_->error()));
    return ExitStatus::kUnreachable;
  }
  address_ = server_->local_address();
  return std::nullopt;
}

}  // namespace wsapi
