// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests only: a server like ScriptedServer (scripted_server.h) whose connections are in memory
// and whose time is the given clock's: no socket, and no waiting where the clock is virtual. It
// also knows the act "wait SECONDS".

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/frame.h"
#include "codec/hex.h"
#include "harness/net/memory_wire.h"
#include "harness/net/virtual_clock.h"
#include "harness/peers/scripted_server.h"

namespace wsapi {

class ScriptedMemoryServer {
 public:
  ScriptedMemoryServer(asio::io_context& io, Clock& clock, ServerScript script)
      : io_(io), clock_(clock), script_(std::move(script)) {}
  ScriptedMemoryServer(const ScriptedMemoryServer&) = delete;
  ScriptedMemoryServer& operator=(const ScriptedMemoryServer&) = delete;

  // Opens connections to this server, which must outlive it.
  [[nodiscard]] OpenWire opener() {
    return [this](Deadline) { return open(); };
  }

  void stop() {
    is_listening_ = false;
    for (const auto& wire : wires_) wire->close();
  }

 private:
  asio::awaitable<WireResult> open() {
    if (!is_listening_) co_return WireResult(nullptr, "memory: connection refused");
    MemoryWires wires = make_memory_wires(io_.get_executor(), clock_);
    const std::size_t number = wires_.size();
    wires_.push_back(std::move(wires.second));
    asio::co_spawn(io_, serve(wires_.back(), number), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    co_return WireResult(std::move(wires.first), {});
  }

  asio::awaitable<void> serve(std::shared_ptr<Wire> wire, std::size_t number) {
    FrameDecoder decoder(FrameLimits{.max_payload_size = 4U << 20U});
    std::array<std::byte, 4096> buffer{};
    const std::string accepted;
    bool goes_on = co_await act(*wire, number, accepted);
    while (goes_on) {
      const ReadOutcome read = co_await wire->read_some(buffer, kNoDeadline);
      goes_on = read.status == ReadStatus::kData;
      auto rest = std::span<const std::byte>(buffer).first(read.byte_count);
      while (goes_on && !rest.empty()) {
        const FrameEvent event = decoder.next(rest);
        if (event.kind == FrameEventKind::kNeedMore) break;
        const std::string payload = to_hex(event.payload);
        if (event.kind == FrameEventKind::kMessage) {
          goes_on = co_await act(*wire, number, payload);
        } else if (event.kind == FrameEventKind::kPing) {
          goes_on = co_await act(*wire, number, "ping " + payload);
        } else {
          goes_on = event.kind == FrameEventKind::kPong;
        }
      }
    }
    wire->close();
  }

  // Whether the connection goes on.
  asio::awaitable<bool> act(Wire& wire, std::size_t number, std::string payload) {
    const Acts acts = script_(number, payload);
    for (const std::string& one : acts) {
      const std::string_view text = one;
      if (text == "close") co_return false;
      if (text == "reset") {
        wire.reset();
        co_return false;
      }
      if (text == "stop listening") {
        is_listening_ = false;
        continue;
      }
      if (text.starts_with("wait ")) {
        co_await clock_.sleep_for(std::chrono::seconds{std::stoi(one.substr(5))});
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
        written = co_await wire.write_all(octets, clock_.after(kTestLimit));
      } while (endless && written.status == WriteStatus::kOk);
      if (written.status != WriteStatus::kOk) co_return false;
    }
    co_return true;
  }

  asio::io_context& io_;
  Clock& clock_;
  ServerScript script_;
  std::vector<std::shared_ptr<Wire>> wires_;
  bool is_listening_ = true;
};

// Runs what `make` makes, given access to a server with that script, in virtual time.
template <typename Make>
auto run_with_script(ServerScript script, Make make) {
  const auto clock = std::make_shared<VirtualClock>();
  asio::io_context io(1);
  ScriptedMemoryServer server(io, *clock, std::move(script));
  return run_to_end(io, *clock, make(server.opener(), clock), [&] { server.stop(); });
}

}  // namespace wsapi
