// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests only: servers that do, message by message, what a function of the test says, on the
// event loop of what is tested. Right answers are written by hand here, not by an encoder.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/frame.h"
#include "codec/hex.h"
#include "harness/net/transport.h"
#include "harness/peers/accept_loop.h"
#include "harness/peers/server_test_client.h"

namespace wsapi {

// One by one: the payload of a binary frame in hexadecimal, or "raw HEX" octets, "endless HEX"
// octets again and again until the peer takes no more, "close", "reset", "stop listening".
using Acts = std::vector<std::string>;

// What to do about `payload`, the hexadecimal payload of a message ("ping HEX" for a PING), on the
// connection of that number, counted from 0. The payload "" says that it was accepted.
using ServerScript = std::function<Acts(std::size_t connection, const std::string& payload)>;

inline constexpr std::size_t kEndlessWriteSize = 8000;  // bytes
inline constexpr std::chrono::seconds kTestLimit{20};

class ScriptedServer {
 public:
  ScriptedServer(asio::io_context& io, ServerScript script, const std::string& address = {})
      : io_(io),
        script_(std::move(script)),
        accept_loop_(io.get_executor(), given_or_own(address)) {
    EXPECT_EQ(accept_loop_.start([this](Stream stream) { accept(std::move(stream)); }), "");
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] const Address& address() const { return accept_loop_.local_address(); }
  [[nodiscard]] std::size_t connection_count() const { return streams_.size(); }

  void stop() {
    accept_loop_.stop();
    for (const auto& stream : streams_) stream->close();
  }

 private:
  static Address given_or_own(const std::string& address) {
    static int number = 0;
    return std::get<Address>(parse_address(
        address.empty() ? fmt::format("unix:@scripted-{}-{}", ::getpid(), ++number) : address));
  }

  void accept(Stream stream) {
    const std::size_t number = streams_.size();
    streams_.push_back(std::make_shared<Stream>(std::move(stream)));
    asio::co_spawn(io_, serve(streams_.back(), number), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }

  asio::awaitable<void> serve(std::shared_ptr<Stream> stream, std::size_t number) {
    FrameDecoder decoder(FrameLimits{.max_payload_size = 4U << 20U});
    std::array<std::byte, 4096> buffer{};
    const std::string accepted;
    bool goes_on = co_await act(*stream, number, accepted);
    while (goes_on) {
      const ReadOutcome read = co_await stream->read_some(buffer, kNoDeadline);
      goes_on = read.status == ReadStatus::kData;
      auto rest = std::span<const std::byte>(buffer).first(read.byte_count);
      while (goes_on && !rest.empty()) {
        const FrameEvent event = decoder.next(rest);
        if (event.kind == FrameEventKind::kNeedMore) break;
        const std::string payload = to_hex(event.payload);
        if (event.kind == FrameEventKind::kMessage) {
          goes_on = co_await act(*stream, number, payload);
        } else if (event.kind == FrameEventKind::kPing) {
          goes_on = co_await act(*stream, number, "ping " + payload);
        } else {
          goes_on = event.kind == FrameEventKind::kPong;
        }
      }
    }
    stream->close();
  }

  // Whether the connection goes on.
  asio::awaitable<bool> act(Stream& stream, std::size_t number, std::string payload) {
    const Acts acts = script_(number, payload);
    for (const std::string& one : acts) {
      const std::string_view text = one;
      if (text == "close") co_return false;
      if (text == "reset") {
        stream.reset();
        co_return false;
      }
      if (text == "stop listening") {
        accept_loop_.stop();
        continue;
      }
      const bool endless = text.starts_with("endless ");
      const bool raw = text.starts_with("raw ");
      std::vector<std::byte> octets = raw || endless ? from_hex(text.substr(text.find(' '))).value()
                                                     : TestClient::frame_of(text);
      const std::vector<std::byte> once = octets;
      while (endless && octets.size() < kEndlessWriteSize) {
        octets.insert(octets.end(), once.begin(), once.end());
      }
      WriteOutcome written;
      do {
        written = co_await stream.write_all(octets, deadline_in(kTestLimit));
      } while (endless && written.status == WriteStatus::kOk);
      if (written.status != WriteStatus::kOk) co_return false;
    }
    co_return true;
  }

  asio::io_context& io_;
  ServerScript script_;
  AcceptLoop accept_loop_;
  std::vector<std::shared_ptr<Stream>> streams_;
};

// What a server with these verbs answers in revision 2020-01: args null are answered by null.
inline Acts right_answers(const std::string& payload, const std::vector<std::string>& verbs = {}) {
  const std::string_view operation = std::string_view(payload).substr(0, 2);
  if (payload.starts_with("ping ")) {
    const std::string data = payload.substr(5);
    return {fmt::format("raw 8a{:02x}{}", data.size() / 2, data)};
  }
  if (operation == "56") return {"7601"};
  if (operation == "44") return {"64" + payload.substr(2, 4) + "0000" + hex_string("null")};
  if (operation != "4b") return {};
  const std::string id = payload.substr(2, 4);
  for (const std::string& verb : verbs) {
    if (payload.substr(6).starts_with(hex_string(verb))) return {hex_reply(id, "null")};
  }
  return {"6b" + id + hex_string("unknown-verb") + "00000000" + hex_string("null")};
}

// Whether the message is a barrier's call.
inline bool is_barrier(const std::string& payload) {
  return payload.starts_with("4b") && payload.find(hex_string("no-such-verb")) == 6;
}

// Runs `work` to its end, and everything that it has started.
template <typename T>
T run_to_end(asio::io_context& io, asio::awaitable<T> work, ScriptedServer* server = nullptr) {
  std::optional<T> result;
  asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& error, T value) {
    if (error) std::rethrow_exception(error);
    result.emplace(std::move(value));
    if (server != nullptr) server->stop();
  });
  io.run_for(kTestLimit);
  EXPECT_TRUE(result.has_value()) << "hangs";
  if (!result) throw std::runtime_error("hangs");
  return std::move(*result);
}

}  // namespace wsapi
