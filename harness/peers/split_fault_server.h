// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests only: servers that read a masked frame wrong when, and only when, it comes in more than
// one read. They answer VERSION OFFER and calls, the latter by an error, and hang up on what they
// cannot decode.

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/frame.h"
#include "codec/message.h"
#include "harness/peers/accept_loop.h"
#include "harness/peers/peer.h"

namespace wsapi {

enum class SplitFault : std::uint8_t {
  kForgetsKey,       // what it has of the mask key at the end of a read counts as 0
  kForgetsPosition,  // the key starts anew with the payload of the next read
};

class SplitFaultServer final : public ListeningPeer {
 public:
  SplitFaultServer(asio::io_context& io, Address address, SplitFault fault)
      : io_(io), fault_(fault), accept_loop_(io.get_executor(), std::move(address)) {}
  ~SplitFaultServer() override { SplitFaultServer::stop(); }

  [[nodiscard]] std::string start() override {
    return accept_loop_.start([this](Stream stream) {
      auto shared = std::make_shared<Stream>(std::move(stream));
      streams_.insert(shared);
      asio::co_spawn(io_, serve(shared, fault_), [](const std::exception_ptr& error) {
        if (error) std::rethrow_exception(error);
      });
    });
  }
  void stop() override {
    accept_loop_.stop();
    for (const auto& stream : streams_) stream->close();
    streams_.clear();
  }
  [[nodiscard]] const Address& local_address() const override {
    return accept_loop_.local_address();
  }

 private:
  // The octets of one frame as they come.
  struct Frame {
    std::vector<std::byte> octets;
    std::vector<std::size_t> reads;  // where a read ended inside the header or soon after it

    [[nodiscard]] std::size_t byte(std::size_t at) const {
      return std::to_integer<std::size_t>(octets.at(at));
    }
    [[nodiscard]] std::size_t length_size() const {
      const std::size_t length = byte(1) & 0x7fU;
      return length < 126 ? 0 : length == 126 ? 2 : 8;
    }
    [[nodiscard]] std::size_t key_begin() const { return 2 + length_size(); }
    [[nodiscard]] bool is_masked() const { return byte(1) >= 0x80U; }
    [[nodiscard]] std::size_t payload_begin() const { return key_begin() + (is_masked() ? 4 : 0); }
    [[nodiscard]] std::size_t payload_size() const {
      std::size_t size = length_size() == 0 ? byte(1) & 0x7fU : 0;
      for (std::size_t i = 2; i < key_begin(); ++i) size = size * 256 + byte(i);
      return size;
    }
    // Octets that certainly belong to it, beyond those that are there; never 0 before its end.
    [[nodiscard]] std::size_t missing() const {
      const bool has_header = octets.size() >= 2 && octets.size() >= payload_begin();
      return has_header ? payload_begin() + payload_size() - octets.size() : 1;
    }
    [[nodiscard]] bool is_complete() const {
      return octets.size() >= 2 && octets.size() >= payload_begin() &&
             octets.size() >= payload_begin() + payload_size();
    }
  };

  static std::vector<std::byte> payload_of(const Frame& frame, SplitFault fault) {
    MaskKey key{};
    for (std::size_t i = 0; frame.is_masked() && i < key.size(); ++i) {
      const std::size_t at = frame.key_begin() + i;
      const bool is_forgotten =
          fault == SplitFault::kForgetsKey && !frame.reads.empty() && frame.reads.back() > at;
      if (!is_forgotten) key.at(i) = frame.octets[at];
    }
    std::vector<std::byte> out = frame.octets;
    std::size_t start = frame.payload_begin();  // where the key is laid on from its beginning
    for (const std::size_t read : frame.reads) {
      if (fault != SplitFault::kForgetsPosition || read <= start) continue;
      const auto part = std::span(out).subspan(start, read - start);
      apply_mask(part, part, key, 0);
      start = read;
    }
    const auto rest = std::span(out).subspan(start);
    apply_mask(rest, rest, key, 0);
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(frame.payload_begin()));
    return out;
  }

  // The answer to a message; none where it must hang up.
  static std::optional<std::vector<std::byte>> answer_to(std::span<const std::byte> payload) {
    const auto decoded = decode(payload, Revision::k2020_01, Direction::kToServer);
    if (!decoded) return std::nullopt;
    AnyMessage answer = VersionSet{.version = kVersion1};
    if (const auto* const call = std::get_if<Call>(&decoded->message)) {
      answer = Reply{.call_id = call->call_id, .error = "unknown-verb", .info = {}, .data = {}};
    }
    return encode_frame(FrameHeader{}, encode_to_bytes(answer, Revision::k2020_01).value());
  }

  static asio::awaitable<void> serve(std::shared_ptr<Stream> stream, SplitFault fault) {
    std::array<std::byte, 4096> buffer{};
    Frame frame;
    bool goes_on = true;
    while (goes_on) {
      const ReadOutcome read = co_await stream->read_some(buffer, kNoDeadline);
      goes_on = read.status == ReadStatus::kData;
      auto rest = std::span<const std::byte>(buffer).first(read.byte_count);
      while (!rest.empty() && goes_on) {
        const std::size_t size = std::min(rest.size(), frame.missing());
        frame.octets.insert(frame.octets.end(), rest.begin(),
                            rest.begin() + static_cast<std::ptrdiff_t>(size));
        rest = rest.subspan(size);
        if (!frame.is_complete()) continue;
        const auto answer = answer_to(payload_of(frame, fault));
        frame = Frame{};
        goes_on = answer.has_value();
        if (answer) (void)co_await stream->write_all(*answer, kNoDeadline);
      }
      // A long frame comes in many reads anyway: those of its further payload are of no account.
      const std::size_t size = frame.octets.size();
      if (size > 0 && size < kMaxFrameHeaderSize + 8) frame.reads.push_back(size);
    }
    stream->close();
  }

  asio::io_context& io_;
  SplitFault fault_;
  AcceptLoop accept_loop_;
  std::set<std::shared_ptr<Stream>> streams_;
};

}  // namespace wsapi
