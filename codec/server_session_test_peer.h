// SPDX-License-Identifier: Apache-2.0
#pragma once

// The client of a ServerSession under test: hands it messages written in hexadecimal, and collects
// what it sends in the same form.

#include <gtest/gtest.h>

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "codec/encode.h"
#include "codec/hex.h"
#include "codec/server_session.h"

namespace wsapi::test {

using Messages = std::vector<std::string>;

// Messages in one way of writing: without white space.
inline Messages messages(std::initializer_list<std::string_view> texts) {
  Messages list;
  for (const std::string_view text : texts) list.push_back(to_hex(from_hex(text).value()));
  return list;
}

// A `string` of the wire (protocol section 2).
inline std::string wire_string(std::string_view text) {
  const auto length = static_cast<std::uint32_t>(text.size() + 1);
  std::vector<std::byte> bytes;
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<std::byte>((length >> shift) & 0xff));
  }
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  bytes.push_back(std::byte{0});
  return to_hex(bytes);
}

class RecordingSink final : public MessageSink {
 public:
  void send(WriteBuf& message) override {
    sent_.push_back(to_hex(gather(message.parts())));
    if (ends_ != nullptr && --sends_to_end_ == 0) ends_->end();
  }

  Messages take() { return std::exchange(sent_, {}); }
  // Ends the session within the count-th send from now on, as a failing connection does.
  void end_at(ServerSession& session, int count) {
    ends_ = &session;
    sends_to_end_ = count;
  }

 private:
  Messages sent_;
  ServerSession* ends_ = nullptr;
  int sends_to_end_ = 0;
};

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

template <typename Kind>
bool is(const ServerEvent& event) {
  return std::holds_alternative<Kind>(event);
}

inline ErrorCode ignored_code(const ServerEvent& event) {
  const auto* ignored = std::get_if<Ignored>(&event);
  return ignored == nullptr ? ErrorCode::kNone : ignored->error.code;
}

inline constexpr std::array kVersion1Revisions{Revision::k2020_01, Revision::k2020_03};

}  // namespace wsapi::test
