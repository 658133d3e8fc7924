// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests of servers only: a blocking client that sends and expects bytes given in hexadecimal,
// and shares no code with what it tests but the address and the digits.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "codec/hex.h"
#include "harness/net/address.h"
#include "harness/peers/blocking_client.h"

namespace wsapi {

class TestClient {
 public:
  explicit TestClient(const Address& address) : client_(address) {
    EXPECT_EQ(client_.connect_error(), 0);
  }

  // What the server takes of it; false when it takes no more.
  bool send_raw(const std::vector<std::byte>& bytes, int flags = 0) {
    return client_.send(bytes, flags);
  }
  void send(std::string_view hex) { EXPECT_TRUE(send_raw(from_hex(hex).value())); }

  // Sends the payload, of up to 65535 bytes, in an unmasked binary frame.
  void send_message(std::string_view hex) { EXPECT_TRUE(send_raw(frame_of(hex))); }

  static std::vector<std::byte> frame_of(std::string_view hex) {
    const std::size_t size = from_hex(hex).value().size();
    const std::string header =
        size < 126 ? fmt::format("82{:02x}", size) : fmt::format("827e{:04x}", size);
    return from_hex(header + std::string(hex)).value();
  }

  void end_sending() { client_.end_sending(); }

  // Up to `size` bytes, as hexadecimal; fewer at the end of the stream. "reset" and "timeout" stand
  // for themselves.
  std::string receive(std::size_t size) {
    std::vector<std::byte> bytes(size);
    const BlockingClient::Received received = client_.receive(bytes);
    if (received.end == BlockingClient::End::kTimeout) return "timeout";
    if (received.end == BlockingClient::End::kReset) return "reset";
    return to_hex(std::span(bytes).first(received.size));
  }

  // The payload of the next frame, which must be a whole unmasked one that starts with `first`.
  std::string receive_frame(std::string_view first = "82") {
    const std::string header = receive(2);
    if (header.substr(0, 2) != first) return "frame " + header;
    std::size_t size = std::stoul(header.substr(2), nullptr, 16);
    if (size == 126) size = std::stoul("0" + receive(2), nullptr, 16);
    return size == 0 ? "" : receive(size);
  }

  // Offers version 1 and expects it to be set.
  void negotiate() {
    send("82 07 56 09144c17 01 01");
    EXPECT_EQ(receive(4), "82027601");
  }

  [[nodiscard]] int fd() const { return client_.fd(); }

 private:
  BlockingClient client_;
};

// The bytes of a `string`: its length with the NUL, the text, the NUL.
inline std::string hex_string(std::string_view text) {
  const auto size = static_cast<unsigned>(text.size() + 1);
  const std::array length{static_cast<std::byte>(size & 0xff), static_cast<std::byte>(size >> 8),
                          std::byte{0}, std::byte{0}};
  return to_hex(length) + to_hex(std::as_bytes(std::span(text))) + "00";
}

// CALL, in version 1, without session, token and credentials.
inline std::string hex_call(std::string_view id, std::string_view verb, std::string_view args) {
  return "4b" + std::string(id) + hex_string(verb) + "00000000" + hex_string(args) + "00000000";
}

// REPLY of success in version 1.
inline std::string hex_reply(std::string_view id, std::string_view data) {
  return "6b" + std::string(id) + "0000000000000000" + hex_string(data);
}

}  // namespace wsapi
