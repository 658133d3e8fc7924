// SPDX-License-Identifier: Apache-2.0

#include "harness/run/diagnosis.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/net/memory_wire.h"
#include "harness/peers/scripted_memory_server.h"
#include "harness/run/time_limit.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

// What a peer says to the first octets of a connection; "close" ends it.
using Says = std::function<std::string(const std::string& octets)>;

// A peer that knows nothing of frames.
class RawPeer {
 public:
  RawPeer(asio::io_context& io, Clock& clock, Says says)
      : io_(io), clock_(clock), says_(std::move(says)) {}

  OpenWire opener() {
    return [this](Deadline) { return open(); };
  }
  void stop() {
    for (const auto& wire : wires_) wire->close();
  }

 private:
  asio::awaitable<WireResult> open() {
    MemoryWires wires = make_memory_wires(io_.get_executor(), clock_);
    wires_.push_back(std::move(wires.second));
    asio::co_spawn(io_, serve(wires_.back()), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
    co_return WireResult(std::move(wires.first), {});
  }

  asio::awaitable<void> serve(std::shared_ptr<Wire> wire) {
    std::vector<std::byte> buffer(4096);
    const ReadOutcome read = co_await wire->read_some(buffer, kNoDeadline);
    std::string octets;
    for (std::size_t i = 0; i < read.byte_count; ++i) {
      octets += static_cast<char>(std::to_integer<unsigned char>(buffer[i]));
    }
    const std::string answer = says_(octets);
    if (answer == "close") {
      wire->close();
      co_return;
    }
    const auto bytes = std::as_bytes(std::span(answer));
    (void)co_await wire->write_all(bytes, clock_.after(1s));
    (void)co_await wire->read_some(buffer, kNoDeadline);
  }

  asio::io_context& io_;
  Clock& clock_;
  Says says_;
  std::vector<std::shared_ptr<Wire>> wires_;
};

std::string diagnosis_of(Says says) {
  const auto clock = std::make_shared<VirtualClock>();
  asio::io_context io(1);
  RawPeer peer(io, *clock, std::move(says));
  const Deadline start = clock->now();
  const std::optional<Reason> found =
      run_to_end(io, *clock, diagnose(peer.opener(), clock), [&] { peer.stop(); });
  EXPECT_LE(clock->now() - start, 3 * kDiagnosisWait);
  return found ? to_text(*found) : "none";
}

std::string always(const std::string& answer) {
  return diagnosis_of([=](const std::string&) { return answer; });
}

constexpr const char* kNot = "the peer is not a WSAPI server: ";

TEST(DiagnosisTest, NamesWhatThePeerIs) {
  EXPECT_EQ(always("HTTP/1.1 400 Bad Request\r\n\r\n"),
            std::string{kNot} +
                "it speaks HTTP; it sent \"HTTP/1.1 400 Bad Request\\u000d\\u000a\\u000d\\u000a\"");
  EXPECT_EQ(always("SSH-2.0-x\r\n"),
            std::string{kNot} + "it speaks SSH; it sent \"SSH-2.0-x\\u000d\\u000a\"");
  EXPECT_EQ(always("220 ready\r\n"),
            std::string{kNot} +
                "it speaks a protocol of text lines; it sent \"220 ready\\u000d\\u000a\"");
  EXPECT_EQ(always(std::string("\x15\x03\x01\x00\x02\x02\x46", 7)),
            std::string{kNot} + "it speaks TLS; it sent 15 03 01 00 02 02 46");
  EXPECT_EQ(always("close"),
            std::string{kNot} + "it ends each connection at the offer, without an answer");
  EXPECT_EQ(always(""), std::string{kNot} + "it accepts connections and answers nothing");
  EXPECT_EQ(always("\xff\xff\xff"),
            std::string{kNot} + "it sends octets that are no frames (rsv-bits); it sent ff ff ff");
  EXPECT_EQ(always("\x82\x03\x45\x01\x01"),
            std::string{kNot} +
                "its frames are right, but it answers the offer of version 1 with EVENT CREATE 257 "
                "(malformed: truncated at offset 3 in field name); it sent 82 03 45 01 01");
  EXPECT_EQ(
      diagnosis_of([](const std::string& octets) { return octets; }),
      std::string{kNot} + "it echoes what it is sent; it sent 82 07 56 09 14 4c 17 01 01 89 00");
}

TEST(DiagnosisTest, FindsOutThatAnUpgradeIsWanted) {
  const std::string found = diagnosis_of([](const std::string& octets) -> std::string {
    if (!octets.starts_with("GET ")) return "close";
    return "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  });
  EXPECT_TRUE(found.starts_with(std::string{kNot} + "it wants the opening handshake of WebSocket"))
      << found;
}

TEST(DiagnosisTest, FindsAPeerThatKnowsFramesAlone) {
  EXPECT_EQ(always(std::string("\x8a\x00", 2)),
            std::string{kNot} + "its frames are right, but no VERSION SET comes; it sent 8a 00");
}

TEST(DiagnosisTest, FindsTlsThatClosesAtAnythingElse) {
  const std::string found = diagnosis_of([](const std::string& octets) -> std::string {
    if (!octets.starts_with("\x16\x03")) return "close";
    return std::string("\x16\x03\x03\x00\x01\x02", 6);
  });
  EXPECT_EQ(found, std::string{kNot} + "it speaks TLS; it sent 16 03 03 00 01 02");
}

TEST(DiagnosisTest, IsNoneWhereAVersionIsSet) {
  EXPECT_EQ(always(std::string("\x8a\x00\x82\x02\x76\x01", 6)), "none");
}

TEST(TimeLimitTest, FollowsTheRoundTripWithinItsBounds) {
  EXPECT_EQ(time_limit(0us, 1, 5000ms), 5000ms) << "nothing was measured";
  EXPECT_EQ(time_limit(1ms, 1, 5000ms), 1030ms);
  EXPECT_EQ(time_limit(5ms, 1, 5000ms), 1150ms);
  EXPECT_EQ(time_limit(10s, 1, 5000ms), 5000ms);
  EXPECT_EQ(time_limit(1ms, 0.5, 5000ms), 515ms);
  EXPECT_EQ(time_limit(1ms, 0.01, 5000ms), 300ms);
  EXPECT_EQ(time_limit(1ms, 0.01, 100ms), 100ms) << "the upper bound is above all";
}

}  // namespace
}  // namespace wsapi
