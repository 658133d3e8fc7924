// SPDX-License-Identifier: Apache-2.0

#include "harness/load/load_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/version_offer.h"

namespace wsapi {
namespace {

using Bytes = std::span<const std::byte>;

LoadClient::State first_state(Revision revision) {
  return has_version_negotiation(revision) ? LoadClient::State::kOpening : LoadClient::State::kOpen;
}

std::string end_of(const FrameEvent& event) {
  if (event.kind == FrameEventKind::kViolation) {
    return fmt::format("what came is no frame: {}", name(event.violation));
  }
  if (!event.close_code) return "a CLOSE frame without a code came";
  return fmt::format("a CLOSE frame with code {} came", *event.close_code);
}

}  // namespace

LoadClient::LoadClient(const LoadPlan& plan, LoadTally& tally)
    : plan_(plan),
      tally_(tally),
      state_(first_state(plan.revision)),
      is_offered_(state_ == State::kOpen) {}

// ---- Sending

void LoadClient::fill(RunTime now, WriteBuf& out) {
  if (state_ == State::kEnded) return;
  if (!is_offered_) put_offer(out);
  if (!pong_.empty() && out.putbuf(pong_) == ErrorCode::kNone) pong_.clear();
  drop_backlog_of_warmup(now);
  bool has_room = true;
  while (has_room && next_due(now) <= now) put_call(now, out, has_room);
}

// Else a server that is too slow would be busy with calls that are not measured all the time.
void LoadClient::drop_backlog_of_warmup(RunTime now) {
  if (is_warm_ || !number_ || now < tally_.window.begin) return;
  is_warm_ = true;
  if (!plan_.schedule) return;
  const std::uint64_t first = plan_.schedule->number_from(*number_, tally_.window.begin);
  next_number_ = std::max(next_number_, first);
}

void LoadClient::put_offer(WriteBuf& out) {
  is_offered_ = encode_framed(kOfferOfVersion1, plan_.revision, out).ok();
}

RunTime LoadClient::next_due(RunTime now) const {
  const bool may_call = state_ == State::kOpen && number_ && tally_.may_send &&
                        in_flight_ < plan_.pipeline && pending_.size() < kMaxPendingCalls;
  if (!may_call) return kNever;
  const RunTime intended = intended_time(now);
  return intended < tally_.window.end ? intended : kNever;
}

// A 16-bit counter that skips 0 and ids in use (protocol section 4); of which there are far fewer.
std::uint16_t LoadClient::next_id() {
  do {
    ++last_id_;
  } while (last_id_ == 0 || pending_.find(last_id_) != nullptr);
  return last_id_;
}

void LoadClient::put_call(RunTime now, WriteBuf& out, bool& has_room) {
  const std::uint16_t before = last_id_;
  const PendingCall call{.id = next_id(), .intended = intended_time(now), .sent = now};
  const Call message{.call_id = call.id, .verb = plan_.verb, .args = {plan_.args}};
  has_room = encode_framed(message, plan_.revision, out).ok();
  if (!has_room) {
    last_id_ = before;
    return;
  }
  pending_.insert(call);
  ++in_flight_;
  ++next_number_;
  if (is_measured(call)) ++tally_.sent;
}

// ---- Receiving

void LoadClient::take(Bytes bytes, RunTime now) {
  while (state_ != State::kEnded) {
    const FrameEvent event = decoder_.next(bytes);
    if (event.kind == FrameEventKind::kNeedMore) return;
    on_frame(event, now);
  }
}

void LoadClient::on_frame(const FrameEvent& event, RunTime now) {
  switch (event.kind) {
    case FrameEventKind::kNeedMore:
    case FrameEventKind::kPong: return;
    case FrameEventKind::kMessage: return on_message(event.payload, now);
    case FrameEventKind::kPing: pong_ = pong_frame(event.payload); return;
    case FrameEventKind::kClose: return end(end_of(event));
    case FrameEventKind::kViolation:
      tally_.add_error(LoadError::kUndecodable, [&] { return end_of(event); });
      return end(end_of(event));
  }
}

void LoadClient::on_message(Bytes payload, RunTime now) {
  if (payload.empty()) return;  // no WSAPI message (section 1)
  if (state_ == State::kOpening) return on_opening(payload);
  if (has_operation_of<Reply>(payload, plan_.revision)) return on_reply(payload, now);
  on_other(payload);
}

void LoadClient::on_opening(Bytes payload) {
  const auto answer = decode_as<VersionSet>(payload, plan_.revision);
  if (!answer) return on_other(payload);
  if (answer->version != kVersion1) {
    return end(fmt::format("VERSION SET {} came, which was not offered", answer->version));
  }
  state_ = State::kOpen;
}

void LoadClient::on_reply(Bytes payload, RunTime now) {
  const auto reply = decode_as<Reply>(payload, plan_.revision);
  if (!reply) return on_undecodable_reply(payload, reply.error(), now);
  const auto call = take_call(reply->call_id, now);
  if (!call) return;
  if (reply->error.has_value() == plan_.expects_error) return succeed(*call, now);
  if (plan_.expects_error) {
    return fail(*call, LoadError::kUnexpected, [&] {
      return fmt::format("the verb {}, which no server should have, was answered by success",
                         plan_.verb);
    });
  }
  fail(*call, LoadError::kErrorReply, [&] {
    return fmt::format("{}{}{}", *reply->error, reply->info ? ": " : "",
                       reply->info.value_or(std::string_view{}));
  });
}

// Where the id can be read, it completes the call nevertheless (section 4).
void LoadClient::on_undecodable_reply(Bytes payload, const Error& error, RunTime now) {
  tally_.add_error(LoadError::kUndecodable, [&] { return "a REPLY: " + to_string(error); });
  const auto id = leading_id<Id>(payload, plan_.revision);
  if (!id) return;
  const auto call = take_call(*id, now);
  if (call && is_measured(*call)) ++tally_.failed;
}

// Broadcasts reach every client. Events are the business of a verb that was asked for, and not of
// one that does not exist.
void LoadClient::on_other(Bytes payload) {
  const auto decoded = decode(payload, plan_.revision, Direction::kToClient);
  if (!decoded) {
    return tally_.add_error(LoadError::kUndecodable, [&] { return to_string(decoded.error()); });
  }
  const bool is_broadcast = std::holds_alternative<EventBroadcast>(decoded->message);
  const std::string_view title = info_of(decoded->message, plan_.revision)->title;
  const bool is_event = title.starts_with("EVENT ");
  if (is_broadcast || (is_event && !plan_.expects_error)) return;
  tally_.add_error(LoadError::kUnexpected, [&] { return fmt::format("{} came", title); });
}

// ---- Outcomes of calls

std::optional<PendingCall> LoadClient::take_call(std::uint32_t id, RunTime now) {
  PendingCall* const found = pending_.find(id);
  if (found == nullptr) {
    tally_.add_error(LoadError::kUnexpected, [&] {
      return fmt::format("a REPLY with call id {} came, for which no call waits", id);
    });
    return std::nullopt;
  }
  const PendingCall call = *found;
  pending_.erase(*found);
  if (call.is_late) return std::nullopt;  // counted when its time was over
  --in_flight_;
  if (tally_.window.contains(now)) ++tally_.replies;
  return call;
}

void LoadClient::succeed(const PendingCall& call, RunTime now) {
  if (now - call.sent > plan_.timeout) {  // found before expire() did
    return fail(call, LoadError::kTimeout, [] { return "a reply came too late"; });
  }
  if (!is_measured(call)) return;
  ++tally_.answered;
  tally_.latency.record(static_cast<std::uint64_t>((now - call.intended).count()));
  tally_.service_time.record(static_cast<std::uint64_t>((now - call.sent).count()));
}

template <typename Describe>
void LoadClient::fail(const PendingCall& call, LoadError error, Describe&& describe) {
  if (!is_measured(call)) return;
  ++tally_.failed;
  tally_.add_error(error, std::forward<Describe>(describe));
}

void LoadClient::expire(RunTime now) {
  if (in_flight_ == 0) return;
  pending_.for_each([&](PendingCall& call) {
    if (call.is_late || now - call.sent <= plan_.timeout) return;
    call.is_late = true;
    --in_flight_;
    fail(call, LoadError::kTimeout,
         [&] { return fmt::format("call {} was not answered", call.id); });
  });
}

std::size_t LoadClient::measured_in_flight() {
  std::size_t count = 0;
  pending_.for_each(
      [&](const PendingCall& call) { count += !call.is_late && is_measured(call) ? 1 : 0; });
  return count;
}

void LoadClient::end(std::string reason) {
  if (state_ == State::kEnded) return;
  state_ = State::kEnded;
  end_reason_ = std::move(reason);
  pending_.for_each([&](const PendingCall& call) {
    if (!call.is_late) fail(call, LoadError::kDisconnected, [&] { return end_reason_; });
  });
  pending_.clear();
  in_flight_ = 0;
}

}  // namespace wsapi
