// SPDX-License-Identifier: Apache-2.0
#pragma once

// The rules of protocol section 4 that can be seen on the wire alone, without knowing what the
// application of a server does: held against each message that a server gets and sends.

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "fuzz/check.h"
#include "fuzz/models/plain_message.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {

class ServerRules {
 public:
  void on_received(const PlainMessage& m) {
    if (m.kind == Kind::kCall) calls_.push_back(m.id);
    if (m.kind == Kind::kDescribe) descriptions_.push_back(m.id);
  }

  void on_sent(const PlainMessage& m) {
    if (m.kind == Kind::kReply) take(calls_, m.id, "a REPLY answers a CALL of its id, and once");
    if (m.kind == Kind::kDescription) {
      take(descriptions_, m.id, "a DESCRIPTION answers a DESCRIBE of its id, and once");
    }
    if (m.kind == Kind::kEventCreate) {
      check(m.event_id != 0 && !events_.contains(m.event_id), "EVENT CREATE comes once per id");
      events_[m.event_id] = false;
    }
    if (m.kind == Kind::kEventSubscribe || m.kind == Kind::kEventUnsubscribe) {
      check(events_.contains(m.event_id), "EVENT CREATE comes before SUBSCRIBE and UNSUBSCRIBE");
      check(std::ranges::find(calls_, m.id) != calls_.end(),
            "SUBSCRIBE and UNSUBSCRIBE come within a call");
      events_[m.event_id] = m.kind == Kind::kEventSubscribe;
    }
    if (m.kind == Kind::kEventPush) {
      const auto event = events_.find(m.event_id);
      check(event != events_.end() && event->second, "PUSH is sent to a subscriber only");
    }
    if (m.kind == Kind::kEventRemove) {
      check(events_.erase(m.event_id) == 1, "EVENT REMOVE is sent for an id that was created");
    }
  }

 private:
  static void take(std::vector<std::uint32_t>& ids, std::uint32_t id, const char* property) {
    const auto entry = std::ranges::find(ids, id);
    check(entry != ids.end(), property);
    ids.erase(entry);
  }

  std::vector<std::uint32_t> calls_;  // not answered; an id may be there twice (section 7)
  std::vector<std::uint32_t> descriptions_;
  std::map<std::uint32_t, bool> events_;  // whether the client is subscribed
};

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
