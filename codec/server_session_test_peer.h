// SPDX-License-Identifier: Apache-2.0
#pragma once

// The client of a ServerSession under test: hands it messages written in hexadecimal, and collects
// what it sends in the same form.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/hex.h"
#include "codec/server_session.h"
#include "codec/session_test_tools.h"

namespace wsapi::test {

class Peer {
 public:
  explicit Peer(Revision revision = Revision::k2020_03, ServerLimits limits = {})
      : session(revision, sink, limits) {}

  // Views in what this returns live until the next message.
  ServerEvent receive(std::string_view text) {
    message_ = from_hex(text).value();
    return session.receive(message_);
  }
  // What the session has sent since the last call.
  Messages sent() { return sink.take(); }

  // A CALL of the verb `v` without session and token.
  RequestHandle call(std::string_view call_id = "0100") {
    const bool legacy = session.revision() == Revision::kLegacy;
    const std::string head = (legacy ? "43" : "4b") + std::string(call_id) + "02000000 7600";
    const std::string_view ids = legacy ? "01000000 00" : "0000 0000";
    return handle_of(receive(head + std::string(ids) + "05000000 6e756c6c00 00000000"));
  }

  // The handle of a CallRequest or DescribeRequest; a failure, and a handle of nothing, for others.
  static RequestHandle handle_of(const ServerEvent& event) {
    if (const auto* call = std::get_if<CallRequest>(&event)) return call->handle;
    if (const auto* describe = std::get_if<DescribeRequest>(&event)) return describe->handle;
    ADD_FAILURE() << "no request, but alternative " << event.index();
    return RequestHandle{};
  }

  RecordingSink sink;
  ServerSession session;

 private:
  std::vector<std::byte> message_;
};

}  // namespace wsapi::test
