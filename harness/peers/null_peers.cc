// SPDX-License-Identifier: Apache-2.0

// One coroutine per connection reads, answers and reads again: what a peer does not take, it waits
// for itself, so that no queue is needed.

#include "harness/peers/null_peers.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <list>
#include <utility>
#include <vector>

#include "harness/net/transport.h"
#include "harness/peers/accept_loop.h"
#include "harness/peers/null_answers.h"

namespace wsapi {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kInputSize = std::size_t{16} * 1024;

const NullPeerRow& row_of(NullPeerKind kind) {
  return null_peer_rows()[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view name(NullPeerKind kind) noexcept { return row_of(kind).name; }

std::optional<NullPeerKind> parse_null_peer_kind(std::string_view text) noexcept {
  const auto kind = std::ranges::find(kNullPeerKinds, text, [](NullPeerKind k) { return name(k); });
  if (kind == kNullPeerKinds.end()) return std::nullopt;
  return *kind;
}

// The coroutines keep it, so that the peer may go before them.
struct NullPeer::State {
  State(asio::io_context& io, Address given, NullPeerKind used_kind, Revision used_revision)
      : executor(io.get_executor()),
        kind(used_kind),
        revision(used_revision),
        accept_loop(executor, std::move(given)) {}

  static void accept(const std::shared_ptr<State>& self, Stream stream);
  static asio::awaitable<void> serve(std::shared_ptr<State> self, std::list<Stream>::iterator at);

  asio::any_io_executor executor;
  NullPeerKind kind;
  Revision revision;
  AcceptLoop accept_loop;
  std::uint64_t connections = 0;
  std::list<Stream> streams;  // each belongs to its coroutine, which removes it
};

asio::awaitable<void> NullPeer::State::serve(std::shared_ptr<State> self,
                                             std::list<Stream>::iterator at) {
  std::vector<std::byte> input(kInputSize);
  std::vector<std::byte> output;
  const auto answers =
      row_of(self->kind).make({.revision = self->revision, .seed = ++self->connections});
  const Bytes greeting = std::as_bytes(std::span(answers->greeting()));
  bool goes_on = (co_await at->write_all(greeting, kNoDeadline)).status == WriteStatus::kOk;
  while (goes_on) {
    const ReadOutcome read = co_await at->read_some(input, kNoDeadline);
    if (read.status != ReadStatus::kData) break;
    output.clear();
    goes_on = answers->answer(Bytes(input).first(read.byte_count), output);
    const WriteOutcome written = co_await at->write_all(output, kNoDeadline);
    goes_on = goes_on && written.status == WriteStatus::kOk;
  }
  at->close();
  self->streams.erase(at);
}

void NullPeer::State::accept(const std::shared_ptr<State>& self, Stream stream) {
  const bool closes = row_of(self->kind).make == nullptr;
  if (closes || self->streams.size() >= kMaxConnections) return;
  self->streams.push_front(std::move(stream));
  asio::co_spawn(self->executor, serve(self, self->streams.begin()), asio::detached);
}

NullPeer::NullPeer(asio::io_context& io, Address address, NullPeerKind kind, Revision revision)
    : state_(std::make_shared<State>(io, std::move(address), kind, revision)) {}

NullPeer::~NullPeer() { stop(); }

std::string NullPeer::start() {
  return state_->accept_loop.start(
      [state = state_](Stream stream) { State::accept(state, std::move(stream)); });
}

void NullPeer::stop() {
  state_->accept_loop.stop();
  for (Stream& stream : state_->streams) stream.close();
}

const Address& NullPeer::local_address() const { return state_->accept_loop.local_address(); }

}  // namespace wsapi
