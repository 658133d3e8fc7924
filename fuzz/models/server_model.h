// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a ServerSession must do, said a second time and as simply as possible: maps, and what
// protocol section 4 asks of each message. It predicts what each operation returns and sends.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/server_session.h"
#include "fuzz/check.h"
#include "fuzz/models/plain_message.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

enum class ServerOutcome : std::uint8_t { kHandled, kIgnored, kHangUp, kCall, kDescribe };

// What comes of one message that is received. The texts are views into the message and the model.
struct ServerReaction {
  ServerOutcome outcome = ServerOutcome::kHandled;
  std::vector<PlainMessage> sent = {};
  NullString session = {};  // of a call for the application
  NullString token = {};
};

class ServerModel {
 public:
  struct Request {
    bool is_call = true;
    std::uint32_t id = 0;
  };
  struct Event {
    std::uint32_t id = 0;
    bool subscribed = false;
  };

  ServerModel(Revision revision, const ServerLimits& limits)
      : legacy_(revision == Revision::kLegacy), limits_(limits) {}

  // The message decodes. Not called after the end.
  ServerReaction receive(const PlainMessage& m) {
    if (m.kind == Kind::kCall) return on_call(m);
    if (m.kind == Kind::kDescribe) {
      if (!full()) return {.outcome = ServerOutcome::kDescribe};
      return {.sent = {{.kind = Kind::kDescription, .id = m.id, .data = "null"}}};
    }
    if (m.kind == Kind::kVersionOffer) return on_offer(m);
    if (m.kind == Kind::kEventUnexpected) return on_unexpected(m.event_id);
    if (m.kind == Kind::kSessionCreate) {
      const bool fits = m.name.size() <= limits_.max_session_name_size;
      if (fits) bind(sessions, limits_.max_sessions, m.session_id, m.name);
    }
    if (m.kind == Kind::kTokenCreate) bind(tokens, limits_.max_tokens, m.token_id, m.name);
    if (m.kind == Kind::kSessionRemove) sessions.erase(m.session_id);
    if (m.kind == Kind::kTokenRemove) tokens.erase(m.token_id);
    return {};
  }

  void add_request(RequestHandle handle, const Request& request) {
    check(handle > last_handle_, "a handle is never used twice");
    last_handle_ = handle;
    requests.emplace(handle, request);
  }

  // EVENT REMOVE and the rest; legacy messages carry the name, too.
  [[nodiscard]] PlainMessage about_event(Kind kind, std::uint32_t event_id,
                                         std::string_view name) const {
    PlainMessage message{.kind = kind, .event_id = event_id};
    if (legacy_) message.name = name;
    return message;
  }

  [[nodiscard]] const Request* pending_call(RequestHandle handle) const {
    const auto request = requests.find(handle);
    return request == requests.end() || !request->second.is_call ? nullptr : &request->second;
  }

  [[nodiscard]] bool subscribed(const std::string& name) const {
    const auto event = events.find(name);
    return event != events.end() && event->second.subscribed;
  }

  [[nodiscard]] bool has_event_id(std::uint32_t id) const {
    for (const auto& [name, event] : events) {
      if (event.id == id) return true;
    }
    return false;
  }

  [[nodiscard]] std::size_t text_size() const {
    std::size_t size = 0;
    for (const auto& [id, text] : sessions) size += text.size();
    for (const auto& [id, text] : tokens) size += text.size();
    return size;
  }

  void end() {
    ended = true;
    sessions.clear();
    tokens.clear();
    events.clear();
    requests.clear();
  }

  std::map<std::uint32_t, std::string> sessions;
  std::map<std::uint32_t, std::string> tokens;
  std::map<std::string, Event> events;  // that the client knows, by name
  std::map<RequestHandle, Request> requests;
  bool ended = false;

 private:
  [[nodiscard]] bool full() const { return requests.size() >= limits_.max_requests; }

  ServerReaction on_call(const PlainMessage& m) const {
    ServerReaction reaction{.outcome = ServerOutcome::kCall, .session = m.session};
    std::optional<std::string_view> refusal;
    if (m.session_id != 0) {
      const auto session = sessions.find(m.session_id);
      if (session == sessions.end()) refusal = "unknown-session";
      if (session != sessions.end()) reaction.session = session->second;
    }
    if (!refusal && full()) refusal = "busy";
    if (refusal) {
      return {.sent = {{.kind = Kind::kReply, .id = m.id, .error = refusal, .data = "null"}}};
    }
    const auto token = tokens.find(m.token_id);
    if (token != tokens.end()) reaction.token = token->second;
    return reaction;
  }

  static ServerReaction on_offer(const PlainMessage& m) {
    bool has_version_1 = false;
    for (const std::byte version : m.versions.versions) has_version_1 |= version == std::byte{1};
    // 02723012011, section 3.
    if (m.identifier != 0x174C1409 || !has_version_1) return {.outcome = ServerOutcome::kHangUp};
    return {.sent = {{.kind = Kind::kVersionSet, .version = 1}}};
  }

  ServerReaction on_unexpected(std::uint32_t event_id) {
    for (const auto& [name, event] : events) {
      if (event.id != event_id) continue;
      ServerReaction reaction{.sent = {about_event(Kind::kEventRemove, event_id, name)}};
      events.erase(name);
      return reaction;
    }
    return {};
  }

  void bind(std::map<std::uint32_t, std::string>& table, std::size_t max_count, std::uint32_t id,
            std::string_view text) const {
    if (id == 0 || table.contains(id) || table.size() >= max_count) return;
    if (text_size() + text.size() > limits_.max_text_size) return;
    table.emplace(id, text);
  }

  bool legacy_;
  ServerLimits limits_;
  RequestHandle last_handle_{};
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
