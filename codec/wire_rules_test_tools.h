// SPDX-License-Identifier: Apache-2.0
#pragma once

// For tests of the wire rules only: a connection that is written message by message, in JSON form,
// and the names of the rules that it broke.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "codec/encode.h"
#include "codec/frame.h"
#include "codec/json_form.h"
#include "codec/test_bytes.h"
#include "codec/wire_rules.h"

namespace wsapi::test {

inline constexpr auto kClient = Direction::kToServer;  // what the client sends
inline constexpr auto kServer = Direction::kToClient;

class Wire {
 public:
  explicit Wire(Revision revision = Revision::k2020_03, WireStart start = WireStart::kNegotiated)
      : revision_(revision), rules_({.revision = revision, .start = start}) {}

  // A message in JSON form without braces and the key: R"("call","call_id":1,...)".
  Wire& client(std::string_view form) { return message(kClient, form); }
  Wire& server(std::string_view form) { return message(kServer, form); }

  Wire& raw(Direction direction, std::span<const std::byte> octets) {
    rules_.feed(direction, octets);
    return *this;
  }
  Wire& raw(Direction direction, std::string_view hex) { return raw(direction, bytes(hex)); }
  // A message in a frame of its own.
  Wire& payload(Direction direction, std::string_view hex) {
    return raw(direction, encode_frame({}, bytes(hex)));
  }

  Wire& call(unsigned id, unsigned session = 0, unsigned token = 0) {
    return client(R"("call","call_id":)" + std::to_string(id) + R"(,"verb":"v","session_id":)" +
                  std::to_string(session) + R"(,"token_id":)" + std::to_string(token) +
                  R"(,"args":"null","credentials":null)");
  }
  Wire& reply(unsigned id, std::string_view error = "null") {
    return server(R"("reply","call_id":)" + std::to_string(id) + R"(,"error":)" +
                  std::string(error) + R"(,"info":null,"data":"null")");
  }
  Wire& describe(unsigned id) {
    return client(R"("describe","description_id":)" + std::to_string(id));
  }
  Wire& description(unsigned id) {
    return server(R"("description","description_id":)" + std::to_string(id) +
                  R"(,"description":"null")");
  }
  Wire& bind(std::string_view what, unsigned id) {
    const bool session = what == "session";
    return client('"' + std::string(what) + R"(-create",")" + std::string(what) + R"(_id":)" +
                  std::to_string(id) + (session ? R"(,"name":"n")" : R"(,"token":"t")"));
  }
  Wire& create(unsigned event) {
    return server(R"("event-create","event_id":)" + std::to_string(event) + R"(,"name":"e")");
  }
  Wire& remove(unsigned event) { return server(event_form("remove", event)); }
  Wire& subscribe(unsigned call_id, unsigned event) { return in_call("subscribe", call_id, event); }
  Wire& unsubscribe(unsigned call_id, unsigned event) {
    return in_call("unsubscribe", call_id, event);
  }
  Wire& push(unsigned event) { return server(event_form("push", event) + R"(,"data":"null")"); }
  Wire& unexpected(unsigned event) { return client(event_form("unexpected", event)); }
  Wire& broadcast(unsigned hop, char uuid_digit = '0') {
    return server(R"("event-broadcast","name":"e","data":"null","uuid":"0000000)" +
                  std::string(1, uuid_digit) + R"(-0000-0000-0000-000000000000","hop":)" +
                  std::to_string(hop));
  }
  Wire& finish() {
    rules_.finish();
    return *this;
  }

  WireRules& rules() { return rules_; }

  // "server reply-twice, client request-id-zero"
  [[nodiscard]] std::string broken() {
    std::string text;
    for (const WireViolation& violation : rules_.violations()) {
      if (!text.empty()) text += ", ";
      text += violation.direction == kClient ? "client " : "server ";
      text += violation.info().name;
    }
    return text;
  }

 private:
  static std::string event_form(std::string_view what, unsigned event) {
    return "\"event-" + std::string(what) + R"(","event_id":)" + std::to_string(event);
  }

  Wire& in_call(std::string_view what, unsigned call_id, unsigned event) {
    return server("\"event-" + std::string(what) + R"(","call_id":)" + std::to_string(call_id) +
                  R"(,"event_id":)" + std::to_string(event));
  }

  Wire& message(Direction direction, std::string_view form) {
    const std::string text = R"({"message":)" + std::string(form) + "}";
    const auto read = from_json(text);
    EXPECT_TRUE(read.ok()) << text;
    if (!read) return *this;
    const auto encoded = encode_to_bytes(*read, revision_);
    EXPECT_TRUE(encoded.ok()) << text;
    if (!encoded) return *this;
    return raw(direction, encode_frame({}, *encoded));
  }

  Revision revision_;
  WireRules rules_;
};

}  // namespace wsapi::test
