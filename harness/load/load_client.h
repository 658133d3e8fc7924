// SPDX-License-Identifier: Apache-2.0
#pragma once

// One connection of a load run, without I/O and without a clock: it says which bytes to send at a
// time, is given the bytes that come, and counts in the run's tally. Time is an argument.
//
//   fill(now, out)   -> bytes to send        take(bytes, now)  <- bytes that came
//   next_due()       when to call fill()     expire(now)       calls that wait too long
//
// Whatever a server sends is bounded by the limits of FrameDecoder, and by one PONG that waits.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/error.h"
#include "codec/frame.h"
#include "codec/message.h"
#include "codec/revision.h"
#include "codec/write_buf.h"
#include "harness/load/load_schedule.h"
#include "harness/load/load_tally.h"
#include "harness/load/pending_calls.h"

namespace wsapi {

// What all connections of a run do.
struct LoadPlan {
  Revision revision = kReferenceRevision;
  std::string verb;
  // The verb is one that no server has: the right answer is an error. Otherwise it is a success,
  // and the verb may send events.
  bool expects_error = true;
  std::string args = "null";  // a JSON text
  std::size_t pipeline = 1;   // calls in flight on each connection, at most kMaxPendingCalls
  RunTime timeout = std::chrono::seconds(5);  // of one call, from its sending
  std::optional<LoadSchedule> schedule;       // none: a call as soon as the pipeline has room
};

class LoadClient {
 public:
  enum class State : std::uint8_t {
    kOpening,  // VERSION SET has not come
    kOpen,
    kEnded,  // see end_reason()
  };
  // A time that never comes.
  static constexpr RunTime kNever = RunTime::max();

  // Both must outlive it.
  LoadClient(const LoadPlan& plan, LoadTally& tally);

  // From now on calls are sent, those of the schedule's connection of this number.
  void start(std::size_t number) { number_ = number; }

  // Puts what is to be sent at `now` behind what `out` holds, as far as there is room: the
  // opening, a PONG, calls. `out` has memory for scalars (WriteBuf); the plan must outlive it.
  void fill(RunTime now, WriteBuf& out);

  // When the next call can be sent, which may be past; kNever where that depends on what comes, or
  // where there is none any more.
  [[nodiscard]] RunTime next_due(RunTime now) const;
  // Whether there is something to be sent apart from calls.
  [[nodiscard]] bool has_more_to_send() const { return !is_offered_ || !pong_.empty(); }

  void take(std::span<const std::byte> bytes, RunTime now);
  void expire(RunTime now);

  // The connection is gone, or of no more use: the calls that wait have failed.
  void end(std::string reason);

  [[nodiscard]] State state() const noexcept { return state_; }
  [[nodiscard]] const std::string& end_reason() const noexcept { return end_reason_; }
  [[nodiscard]] bool mid_frame() const noexcept { return decoder_.mid_frame(); }
  // Calls without a reply for which there is time left.
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
  // The same, of those that are measured.
  [[nodiscard]] std::size_t measured_in_flight();

 private:
  [[nodiscard]] bool is_measured(const PendingCall& call) const {
    return tally_.window.contains(call.intended);
  }
  [[nodiscard]] RunTime intended_time(RunTime now) const {
    return plan_.schedule ? plan_.schedule->intended(*number_, next_number_) : now;
  }
  std::uint16_t next_id();
  void put_call(RunTime now, WriteBuf& out, bool& has_room);
  void put_offer(WriteBuf& out);
  void drop_backlog_of_warmup(RunTime now);

  void on_frame(const FrameEvent& event, RunTime now);
  void on_message(std::span<const std::byte> payload, RunTime now);
  void on_opening(std::span<const std::byte> payload);
  void on_reply(std::span<const std::byte> payload, RunTime now);
  void on_undecodable_reply(std::span<const std::byte> payload, const Error& error, RunTime now);
  void on_other(std::span<const std::byte> payload);

  // The call that a reply with this id ends, taken out of the table; none where it ends none.
  std::optional<PendingCall> take_call(std::uint32_t id, RunTime now);
  void succeed(const PendingCall& call, RunTime now);
  template <typename Describe>
  void fail(const PendingCall& call, LoadError error, Describe&& describe);

  const LoadPlan& plan_;
  LoadTally& tally_;
  std::optional<std::size_t> number_;  // none: not started
  State state_;
  bool is_offered_;
  std::string end_reason_;
  FrameDecoder decoder_;
  std::vector<std::byte> pong_;  // a frame; that to the last PING where several came at once
  PendingCalls pending_;
  std::size_t in_flight_ = 0;
  std::uint64_t next_number_ = 0;  // of the call in the schedule
  bool is_warm_ = false;           // the window has begun
  std::uint16_t last_id_ = 0;
};

}  // namespace wsapi
