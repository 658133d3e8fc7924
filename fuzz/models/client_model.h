// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a ClientSession must do, said a second time and as simply as possible: maps, and what
// protocol section 4 asks of each message. It predicts what each operation returns and sends.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/client_session.h"
#include "fuzz/check.h"
#include "fuzz/models/plain_message.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

// In the order of ClientEvent.
enum class ClientOutcome : std::uint8_t {
  kHandled,
  kIgnored,
  kHangUp,
  kCallCompleted,
  kDescribeCompleted,
  kSubscribed,
  kUnsubscribed,
  kPushed,
  kRemoved,
  kBroadcast,
};

// What comes of one message that is received.
struct ClientReaction {
  ClientOutcome outcome = ClientOutcome::kHandled;
  RequestHandle handle = {};      // that completes, or within which a subscription is made
  std::string event = {};         // the name of the event that it is about
  bool sends_unexpected = false;  // EVENT UNEXPECTED for the id of the message
};

class ClientModel {
 public:
  struct Request {
    bool is_call = true;
    std::uint32_t id = 0;
  };
  struct Event {
    std::string name;
    bool is_listened_to = false;
  };
  // The texts of one kind that the server knows, and their ids.
  struct Texts {
    std::size_t max_count;
    std::size_t max_size;
    std::map<std::string, std::uint32_t> ids = {};

    [[nodiscard]] bool has_room(std::string_view text) const {
      std::size_t size = text.size();
      for (const auto& [known, id] : ids) size += known.size();
      return ids.size() < max_count && size <= max_size;
    }
    [[nodiscard]] bool has_id(std::uint32_t id) const {
      return std::ranges::any_of(ids, [id](const auto& entry) { return entry.second == id; });
    }
  };

  ClientModel(Revision revision, const ClientLimits& limits)
      : sessions{limits.max_sessions, limits.max_text_size},
        tokens{limits.max_tokens, limits.max_text_size},
        legacy_(revision == Revision::kLegacy),
        limits_(limits) {}

  void add_request(RequestHandle handle, const Request& request) {
    check(handle > last_handle_, "a handle is never used twice");
    check(request.id != 0, "the id of a request is not 0");
    for (const auto& [other, pending] : requests) {
      check(pending.id != request.id, "the id of a request is its own while it is pending");
    }
    last_handle_ = handle;
    requests.emplace(handle, request);
  }

  // The message decodes. Not called after the end.
  ClientReaction receive(const PlainMessage& m) {
    switch (m.kind) {
      case Kind::kVersionSet: return on_version(m.version);
      case Kind::kReply: return on_answer(true, m.id);
      case Kind::kDescription: return on_answer(false, m.id);
      case Kind::kEventCreate: return on_create(m);
      case Kind::kEventRemove: return on_remove(m);
      case Kind::kEventSubscribe: return on_subscription(m, true);
      case Kind::kEventUnsubscribe: return on_subscription(m, false);
      case Kind::kEventPush: return on_push(m);
      case Kind::kEventBroadcast: return on_broadcast(m);
      default: break;
    }
    check(false, "only messages to a client come here");
    return {};
  }

  // The answer to a request that is pending under that id; kIgnored if nothing is pending. It may
  // be malformed, as long as its id can be read.
  ClientReaction on_answer(bool is_call, std::uint32_t id) {
    for (const auto& [handle, request] : requests) {
      if (request.is_call != is_call || request.id != id) continue;
      const ClientReaction reaction{
          .outcome = is_call ? ClientOutcome::kCallCompleted : ClientOutcome::kDescribeCompleted,
          .handle = handle};
      requests.erase(handle);
      return reaction;
    }
    return kIgnored;
  }

  [[nodiscard]] bool listens(std::string_view name) const {
    return std::ranges::any_of(events, [name](const auto& entry) {
      return entry.second.is_listened_to && entry.second.name == name;
    });
  }

  void end() {
    ended = true;
    sessions.ids.clear();
    tokens.ids.clear();
    events.clear();
  }

  Texts sessions;
  Texts tokens;
  std::map<std::uint32_t, Event> events;
  std::map<RequestHandle, Request> requests;  // also after the end, until they complete
  bool started = false;
  bool ended = false;
  bool has_version = false;

 private:
  static inline const ClientReaction kIgnored{.outcome = ClientOutcome::kIgnored};

  ClientReaction on_version(std::uint8_t version) {
    if (version != 1) return {.outcome = ClientOutcome::kHangUp};
    if (!started || has_version) return kIgnored;
    has_version = true;
    return {};
  }

  // In legacy, where messages carry the name, too, it must be the one that was created.
  std::map<std::uint32_t, Event>::iterator find(const PlainMessage& m) {
    const auto event = events.find(m.event_id);
    return event != events.end() && legacy_ && event->second.name != m.name ? events.end() : event;
  }

  ClientReaction on_create(const PlainMessage& m) {
    std::size_t text_size = m.name.size();
    for (const auto& [id, event] : events) text_size += event.name.size();
    if (events.contains(m.event_id) || events.size() >= limits_.max_events ||
        text_size > limits_.max_event_text_size) {
      return kIgnored;
    }
    events[m.event_id] = {.name = std::string(m.name), .is_listened_to = false};
    return {};
  }

  ClientReaction on_remove(const PlainMessage& m) {
    const auto event = find(m);
    if (event == events.end()) return kIgnored;
    ClientReaction reaction{.outcome = ClientOutcome::kRemoved, .event = event->second.name};
    events.erase(event);
    return reaction;
  }

  ClientReaction on_subscription(const PlainMessage& m, bool subscribes) {
    const auto event = find(m);
    for (const auto& [handle, request] : requests) {
      if (!request.is_call || request.id != m.id || event == events.end()) continue;
      event->second.is_listened_to = subscribes;
      return {.outcome = subscribes ? ClientOutcome::kSubscribed : ClientOutcome::kUnsubscribed,
              .handle = handle,
              .event = event->second.name};
    }
    return kIgnored;
  }

  ClientReaction on_push(const PlainMessage& m) {
    const auto event = find(m);
    if (event != events.end() && event->second.is_listened_to) {
      return {.outcome = ClientOutcome::kPushed, .event = event->second.name};
    }
    if (legacy_) return kIgnored;
    return {.outcome = ClientOutcome::kHandled, .sends_unexpected = true};
  }

  ClientReaction on_broadcast(const PlainMessage& m) {
    if (m.hop == 0 || std::ranges::find(broadcasts_, m.uuid) != broadcasts_.end()) return kIgnored;
    broadcasts_.push_back(m.uuid);
    if (broadcasts_.size() > kRememberedBroadcasts) broadcasts_.erase(broadcasts_.begin());
    return {.outcome = ClientOutcome::kBroadcast, .event = std::string(m.name)};
  }

  bool legacy_;
  ClientLimits limits_;
  RequestHandle last_handle_{};
  std::vector<Uuid> broadcasts_;  // the last ones
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
