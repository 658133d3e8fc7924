// SPDX-License-Identifier: Apache-2.0
#pragma once

// The server of a ClientSession under test: hands it messages written in hexadecimal, and collects
// what it sends in the same form.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/client_session.h"
#include "codec/hex.h"
#include "codec/session_test_tools.h"

namespace wsapi::test {

// An id as it is on the wire, 2 bytes or 4.
inline std::string id16(std::uint32_t id) {
  return to_hex(std::vector{static_cast<std::byte>(id & 0xff), static_cast<std::byte>(id >> 8)});
}
inline std::string id32(std::uint32_t id) { return id16(id & 0xffff) + id16(id >> 16); }
inline std::string wire_id(Revision revision, std::uint32_t id) {
  return revision == Revision::kLegacy ? id32(id) : id16(id);
}

// CALL of the verb `v` without session and token; REPLY of success with that data.
inline std::string call_message(Revision revision, std::uint32_t id) {
  const bool legacy = revision == Revision::kLegacy;
  return (legacy ? "43" : "4b") + wire_id(revision, id) + "020000007600" +
         (legacy ? "0100000000" : "00000000") + "050000006e756c6c0000000000";
}
inline std::string reply_message(Revision revision, std::uint32_t id, std::string_view data) {
  return (revision == Revision::kLegacy ? "59" : "6b") + wire_id(revision, id) +
         "0000000000000000" + wire_string(data);
}

// Started; its offer, in version 1, is gone already.
class ClientPeer {
 public:
  explicit ClientPeer(Revision revision = Revision::k2020_03, ClientLimits limits = {})
      : session(revision, sink, limits) {
    session.start();
    (void)sink.take();
  }

  // Views in what this returns live until the next message.
  ClientEvent receive(std::string_view text) {
    message_ = from_hex(text).value();
    return session.receive(message_);
  }
  // What the session has sent since the last call.
  Messages sent() { return sink.take(); }

  // Submits a call of the verb `v` without session and token.
  RequestHandle call() { return submitted(session.call({.verb = "v"})); }
  RequestHandle describe() { return submitted(session.describe()); }

  RecordingSink sink;
  ClientSession session;

 private:
  static RequestHandle submitted(const Result<RequestHandle>& result) {
    if (result) return *result;
    ADD_FAILURE() << "refused: " << to_string(result.error());
    return RequestHandle{};
  }

  std::vector<std::byte> message_;
};

// What an event of that kind says; a failure, and an empty one, for others.
template <typename Kind>
Kind get(const ClientEvent& event) {
  if (const auto* wanted = std::get_if<Kind>(&event)) return *wanted;
  ADD_FAILURE() << "not the event wanted, but alternative " << event.index();
  return Kind{};
}

}  // namespace wsapi::test
