// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests of LoadClient only: one in virtual time, and what a server would make of its bytes.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "codec/encode.h"
#include "codec/hex.h"
#include "harness/load/load_client.h"
#include "harness/peers/server_test_client.h"
#include "harness/tester/known_good_requests.h"

namespace wsapi {

// The digits without the spaces that group them.
inline std::string operator""_hex(const char* text, std::size_t size) {
  std::string out(text, size);
  std::erase(out, ' ');
  return out;
}

using Ids = std::vector<unsigned>;

class LoadClientTest : public testing::Test {
 protected:
  LoadClientTest() {
    plan_.verb = std::string{kNoSuchVerb};
    tally_.window = {std::chrono::seconds(0), std::chrono::hours(1)};
  }

  // Calls on a schedule; before open().
  void schedule(double rate, std::size_t connections, std::size_t pipeline) {
    plan_.schedule.emplace(rate, connections);
    plan_.pipeline = pipeline;
  }

  // Past the opening, as the connection of this number.
  void open(std::size_t number = 0) {
    EXPECT_EQ(filled(RunTime(0)), "82075609144c170101");
    take("7601", RunTime(0));
    client_.start(number);
  }

  static std::string filled(LoadClient& client, RunTime now) {
    WriteBuf out(memory(), 1024);
    client.fill(now, out);
    return to_hex(gather(out.parts()));
  }
  std::string filled(RunTime now) { return filled(client_, now); }

  // The ids of the calls that it sends at that time, all of which must be frames of calls.
  Ids calls(RunTime now) {
    WriteBuf out(memory(), 1024);
    client_.fill(now, out);
    return ids_in(gather(out.parts()));
  }

  static Ids ids_in(const std::vector<std::byte>& stream) {
    Ids ids;
    for (std::size_t at = 0; at + 5 <= stream.size();) {
      EXPECT_EQ(stream[at], std::byte{0x82});
      EXPECT_EQ(stream[at + 2], std::byte{0x4b});
      ids.push_back(std::to_integer<unsigned>(stream[at + 3]) |
                    std::to_integer<unsigned>(stream[at + 4]) << 8U);
      at += 2 + std::to_integer<std::size_t>(stream[at + 1]);
    }
    return ids;
  }

  static std::vector<std::byte> bytes(std::string_view hex) { return from_hex(hex).value(); }
  static std::vector<std::byte> frame(std::string_view payload_hex) {
    return TestClient::frame_of(payload_hex);
  }

  void take(std::string_view payload_hex, RunTime now) { client_.take(frame(payload_hex), now); }

  static std::string id_hex(unsigned id) {
    return fmt::format("{:02x}{:02x}", id & 0xffU, id >> 8U);
  }
  // The error that an unknown verb ends in.
  static std::string error_hex(unsigned id) {
    return "6b" + id_hex(id) + hex_string("unknown-verb") + "00000000" + hex_string("null");
  }
  static std::string success_hex(unsigned id) { return hex_reply(id_hex(id), "null"); }

  // The right reply.
  void reply(unsigned id, RunTime now) {
    take(plan_.expects_error ? error_hex(id) : success_hex(id), now);
  }

  [[nodiscard]] std::uint64_t errors(LoadError error) const {
    return tally_.errors[static_cast<std::size_t>(error)];
  }
  [[nodiscard]] std::string sample(LoadError error) const {
    return tally_.samples[static_cast<std::size_t>(error)];
  }

  static std::span<std::byte> memory() {
    static std::vector<std::byte> memory(1U << 18U);
    return memory;
  }

  LoadPlan plan_;
  LoadTally tally_;
  LoadClient client_{plan_, tally_};
};

}  // namespace wsapi
