// SPDX-License-Identifier: Apache-2.0

#include "harness/net/virtual_clock.h"

namespace wsapi {

asio::awaitable<bool> VirtualClock::wait(Notification& event, Deadline until) {
  if (!event.is_notified_ && until > now_) {
    // Taken out again however the wait ends.
    struct Place {
      Waiting& waiting;
      Waiting::iterator at;
      Place(Waiting& all, Deadline time, Notification* one)
          : waiting(all), at(all.emplace(time, one)) {}
      Place(const Place&) = delete;
      Place& operator=(const Place&) = delete;
      ~Place() { waiting.erase(at); }
    };
    const Place place(waiting_, until, &event);
    co_await event.suspend(kNoDeadline);
  }
  co_return event.consume();
}

void VirtualClock::spend(Duration time) {
  now_ += time;
  wake_due();
}

bool VirtualClock::advance() {
  if (waiting_.empty() || waiting_.begin()->first == kNoDeadline) return false;
  now_ = std::max(now_, waiting_.begin()->first);
  wake_due();
  return true;
}

void VirtualClock::wake_due() {
  for (auto it = waiting_.begin(); it != waiting_.end() && it->first <= now_; ++it) {
    it->second->timer_.cancel();
  }
}

}  // namespace wsapi
