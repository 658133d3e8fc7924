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

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/frame.h"
#include "codec/message.h"
#include "codec/read_buf.h"
#include "harness/net/transport.h"
#include "harness/peers/accept_loop.h"

namespace wsapi {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kInputSize = std::size_t{16} * 1024;

// Appends the message in a frame.
template <WsapiMessage Message>
void append_message(std::vector<std::byte>& out, const Message& message, Revision revision) {
  WriteBuf buffer;
  if (!encode(message, revision, buffer).ok()) return;
  const std::vector<std::byte> frame = gather(buffer.framed_parts());
  out.insert(out.end(), frame.begin(), frame.end());
}

void append(std::vector<std::byte>& out, Bytes frame) {
  out.insert(out.end(), frame.begin(), frame.end());
}

void say_yes(std::vector<std::byte>& out, Bytes message, Revision revision) {
  // Which is all that it looks at.
  const std::uint32_t id = leading_id<Id>(message, revision).value_or(0);
  if (has_operation_of<VersionOffer>(message, revision)) {
    append_message(out, VersionSet{}, revision);
  } else if (has_operation_of<Call>(message, revision)) {
    append_message(out, Reply{.call_id = id}, revision);
  } else if (has_operation_of<Describe>(message, revision)) {
    append_message(out, Description{.description_id = id}, revision);
  }
}

// Appends the answers to what is in `input`. False when the connection is to be closed after them.
bool say_yes_to_all(std::vector<std::byte>& out, FrameDecoder& decoder, Bytes input,
                    Revision revision) {
  for (;;) {
    const FrameEvent event = decoder.next(input);
    switch (event.kind) {
      case FrameEventKind::kNeedMore: return true;
      case FrameEventKind::kMessage: say_yes(out, event.payload, revision); break;
      case FrameEventKind::kPing: append(out, pong_frame(event.payload)); break;
      case FrameEventKind::kPong: break;
      case FrameEventKind::kClose: append(out, close_frame()); return false;
      case FrameEventKind::kViolation: return false;
    }
  }
}

}  // namespace

std::string_view name(NullPeerKind kind) noexcept {
  switch (kind) {
    case NullPeerKind::kClose: return "close";
    case NullPeerKind::kSilent: return "silent";
    case NullPeerKind::kEcho: return "echo";
    case NullPeerKind::kYes: return "yes";
  }
  return "";
}

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
  std::list<Stream> streams;  // each belongs to its coroutine, which removes it
};

asio::awaitable<void> NullPeer::State::serve(std::shared_ptr<State> self,
                                             std::list<Stream>::iterator at) {
  std::vector<std::byte> input(kInputSize);
  std::vector<std::byte> output;
  FrameDecoder decoder;
  bool goes_on = true;
  while (goes_on) {
    const ReadOutcome read = co_await at->read_some(input, kNoDeadline);
    if (read.status != ReadStatus::kData) break;
    const Bytes received = Bytes(input).first(read.byte_count);
    output.clear();
    if (self->kind == NullPeerKind::kYes) {
      goes_on = say_yes_to_all(output, decoder, received, self->revision);
    }
    const Bytes answer = self->kind == NullPeerKind::kEcho ? received : Bytes(output);
    const WriteOutcome written = co_await at->write_all(answer, kNoDeadline);
    goes_on = goes_on && written.status == WriteStatus::kOk;
  }
  at->close();
  self->streams.erase(at);
}

void NullPeer::State::accept(const std::shared_ptr<State>& self, Stream stream) {
  if (self->kind == NullPeerKind::kClose || self->streams.size() >= kMaxConnections) return;
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
