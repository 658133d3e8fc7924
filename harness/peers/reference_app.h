// SPDX-License-Identifier: Apache-2.0
#pragma once

// The application of the reference server: the test API, ten verbs that make a server do all that
// the protocol lets it do. It knows neither sockets nor clocks: calls and the time come in, answers
// go to the sessions of the connections.
//
//   echo       any                 replies its args
//   fail       {"error","info"}    replies that error and info
//   delay      {"ms","data"}       replies data after that many milliseconds
//   whoami     any                 replies {"session","token","creds"}, null where there is none
//   subscribe, unsubscribe {"event"}   subscribes the caller to the event, and ends it
//   emit       {"event","data"}    pushes to all subscribers, then replies how many they are
//   broadcast  {"event","data"}    sends to every connection, then replies null
//   remove     {"event"}           removes the event from all connections
//   mute       any                 never replies
//
// Verbs are compared without regard to case. `data` and `info` may be left out and are null then.
// Errors: unknown-verb; invalid-request, with an info that says which args were expected; busy
// where a limit is reached; not-subscribed; unknown-event where no connection knows the event.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "codec/server_session.h"

namespace wsapi {

// Names a connection; never used twice.
enum class ClientId : std::uint64_t {};

// The connections, as the application sees them. What is sent meanwhile must end no session.
class Clients {
 public:
  virtual ~Clients() = default;
  // nullptr where the connection has ended.
  [[nodiscard]] virtual ServerSession* find(ClientId client) = 0;
  virtual void for_each(const std::function<void(ServerSession&)>& visit) = 0;
};

inline constexpr std::chrono::milliseconds kMaxDelay{60'000};
inline constexpr std::size_t kMaxEventNameSize = 256;  // bytes
inline constexpr std::uint8_t kBroadcastHop = 10;      // section 4; 9 is on the wire

struct ReferenceAppLimits {
  std::size_t max_events = 65'536;  // known to all connections together
  std::size_t max_delays = 65'536;  // that wait, of all connections together
  std::size_t max_delays_per_client = 4096;
  std::size_t max_delay_data_size = 64U << 20U;            // bytes, of all connections together
  std::size_t max_delay_data_size_per_client = 8U << 20U;  // bytes
  std::size_t max_reply_data_size = 1'048'000;             // bytes; with the rest it fits a frame
};

class ReferenceApp {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Without verbs, every verb is unknown and the description is null. `clients` must outlive it.
  ReferenceApp(Clients& clients, bool has_verbs, ReferenceAppLimits limits = {});

  // Answers the request of that client, at once or, for a delay, later. The time never goes back.
  void call(ClientId client, const CallRequest& request, TimePoint now);
  void describe(ClientId client, const DescribeRequest& request);

  // The connection has ended: what waits for it is forgotten.
  void forget(ClientId client);

  // When expire() has to be called next; std::nullopt while nothing waits.
  [[nodiscard]] std::optional<TimePoint> next_expiry() const;
  // Answers the delays that are over.
  void expire(TimePoint now);

  [[nodiscard]] std::size_t delay_count() const noexcept { return delays_.size(); }
  // A JSON object that names the verbs; `null` without them.
  [[nodiscard]] std::string_view description() const noexcept { return description_; }

 private:
  struct Caller;  // one call, while it is answered
  struct Verb;
  struct Delay {
    ClientId client{};
    RequestHandle handle{};
    std::string data;
  };
  // What waits for one client, or for all.
  struct DelayLoad {
    std::size_t count = 0;
    std::size_t data_size = 0;
  };
  using DelayKey = std::pair<TimePoint, std::uint64_t>;  // equal times in the order of the calls

  [[nodiscard]] static std::span<const Verb> verbs();

  void echo(const Caller& caller);
  void fail(const Caller& caller);
  void delay(const Caller& caller);
  void whoami(const Caller& caller);
  void subscribe(const Caller& caller);
  void unsubscribe(const Caller& caller);
  void emit(const Caller& caller);
  void broadcast(const Caller& caller);
  void remove(const Caller& caller);
  void mute(const Caller& caller);

  void reply(const Caller& caller, std::string_view data) const;
  [[nodiscard]] bool has_room_for(ClientId client, std::size_t data_size) const;
  void release(const Delay& delay);
  [[nodiscard]] Uuid random_uuid();
  [[nodiscard]] static std::string describe_verbs();

  Clients& clients_;
  bool has_verbs_;
  ReferenceAppLimits limits_;
  std::string description_;
  std::map<DelayKey, Delay> delays_;
  std::uint64_t delay_sequence_ = 0;
  DelayLoad load_;
  std::map<ClientId, DelayLoad> client_loads_;
  std::mt19937_64 random_;
};

}  // namespace wsapi
