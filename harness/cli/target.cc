// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/target.h"

#include <fmt/format.h>
#include <unistd.h>

#include <variant>

#include "harness/cli/print_error.h"
#include "harness/peers/builtin.h"
#include "harness/text/printable.h"

namespace wsapi {

std::optional<ExitStatus> Target::open(const TargetSpec& spec) {
  const bool is_builtin = !spec.builtin.empty() || spec.target.empty();
  const std::string text =
      spec.target.empty() ? fmt::format("unix:@wsapi-conform-{}", ::getpid()) : spec.target;
  const ParsedAddress parsed = parse_address(text);
  if (const auto* const error = std::get_if<AddressError>(&parsed)) {
    print_error("--target: " + error->message);
    return ExitStatus::kUsage;
  }
  address_ = std::get<Address>(parsed);
  if (!is_builtin) return std::nullopt;
  const std::string peer = spec.builtin.empty() ? std::string{kReferencePeer} : spec.builtin;
  if (ends_process(peer)) {
    print_error(fmt::format("--builtin {} ends its process: run `wsapi-conform serve --builtin {}`",
                            peer, peer));
    return ExitStatus::kUsage;
  }
  server_.emplace([&](asio::io_context& io) {
    return make_builtin(io, peer, address_, spec.revision, spec.test_api);
  });
  if (!server_->error().empty()) {
    print_error(printable(server_->error()));
    return ExitStatus::kUnreachable;
  }
  address_ = server_->local_address();
  return std::nullopt;
}

}  // namespace wsapi
