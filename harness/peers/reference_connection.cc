// SPDX-License-Identifier: Apache-2.0

// One connection of the reference server; see reference_server_internal.h.

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstring>

#include "harness/peers/reference_server_internal.h"

namespace wsapi {
namespace {

using Bytes = std::span<const std::byte>;
using std::chrono::steady_clock;

// Answers that are gathered for one write, and the memory that an empty output queue keeps.
constexpr std::size_t kGatherSize = std::size_t{64} * 1024;
// What a peer may still send after this side has ended, in bytes and in time; and the time that it
// has to take what was queued before.
constexpr std::size_t kMaxDiscardSize = std::size_t{16} << 20U;
constexpr std::chrono::seconds kLingerTime{1};
constexpr std::chrono::seconds kFlushTime{5};

// Of what is queued, how much goes out in small writes where hooks ask for them.
constexpr std::size_t kCutSize = 512;

void clear_queue(std::vector<std::byte>& queue) {
  queue.clear();
  if (queue.capacity() > kGatherSize) queue.shrink_to_fit();
}

}  // namespace

void ReferenceServer::Connection::run(const std::shared_ptr<State>& state,
                                      const std::shared_ptr<Connection>& self) {
  if (state->options.hooks != nullptr) self->hooks_ = state->options.hooks->connected(*self);
  asio::co_spawn(state->executor, read_loop(state, self), asio::detached);
  asio::co_spawn(state->executor, write_loop(state, self), asio::detached);
}

asio::awaitable<void> ReferenceServer::Connection::read_loop(
    [[maybe_unused]] std::shared_ptr<State> state, std::shared_ptr<Connection> self) {
  while (self->reads_on()) {
    const ReadOutcome read = co_await self->stream_.read_some(self->input_, kNoDeadline);
    if (read.status == ReadStatus::kData) {
      Bytes input = Bytes(self->input_).first(read.byte_count);
      if (self->hooks_ != nullptr) input = self->hooks_->octets_in(input);
      while (!input.empty() && self->reads_on()) {
        self->answer(input);
        self->flush();
        if (self->reads_on() && self->owes_reading()) co_await self->room_.wait();
      }
    } else {
      self->is_input_ended_ = true;
      // A peer that has only ended its own sending still gets what is queued for it.
      const bool breaks = self->hooks_ != nullptr && self->hooks_->breaks_at_end_of_input();
      if (read.status == ReadStatus::kEnd && !breaks) {
        self->finish();
      } else {
        self->break_off(false);
      }
    }
  }
  std::size_t discarded_size = 0;
  while (!self->is_input_ended_ && !self->is_broken_ && discarded_size < kMaxDiscardSize) {
    const ReadOutcome read = co_await self->stream_.read_some(self->input_, kNoDeadline);
    if (read.status != ReadStatus::kData) break;
    discarded_size += read.byte_count;
  }
  self->is_input_ended_ = true;
  self->end_loop();
}

asio::awaitable<void> ReferenceServer::Connection::write_loop(
    [[maybe_unused]] std::shared_ptr<State> state, std::shared_ptr<Connection> self) {
  while (!self->is_broken_) {
    if (self->writing_.empty()) {
      if (self->queued_.empty()) {
        if (self->is_finishing_) break;
        co_await self->output_.wait();
        continue;
      }
      self->writing_.swap(self->queued_);
    }
    Bytes bytes = Bytes(self->writing_).subspan(self->written_size_);
    const bool is_cut = self->hooks_ != nullptr && self->hooks_->write_size() > 0;
    if (is_cut && self->written_size_ < kCutSize) {
      bytes = bytes.first(std::min(bytes.size(), self->hooks_->write_size()));
    }
    const WriteOutcome written = co_await self->stream_.write_all(bytes, kNoDeadline);
    self->written_size_ += bytes.size();
    const bool is_ok = written.status == WriteStatus::kOk;
    if (is_ok && self->written_size_ < self->writing_.size()) continue;
    clear_queue(self->writing_);
    self->written_size_ = 0;
    self->room_.wake();
    if (!is_ok) self->lose_output();
  }
  if (!self->is_broken_) {
    self->stream_.shutdown_send();
    self->arm_close_timer(kLingerTime);
  }
  while (!self->is_input_ended_ && !self->is_broken_) co_await self->output_.wait();
  self->break_off(false);
  self->end_loop();
}

// Answers what is at the front of `input`, until the answers are enough for one write or the peer
// has to read first. The messages of one read count as received at one time.
void ReferenceServer::Connection::answer(Bytes& input) {
  const auto now = steady_clock::now();
  is_answering_ = true;
  while (reads_on() && !owes_reading()) {
    if (writing_.empty() && queued_.size() >= kGatherSize) break;
    const FrameEvent event = decoder_.next(input);
    if (event.kind == FrameEventKind::kNeedMore) break;
    on_frame(event, now);
    // A hook may go on after a CLOSE or a violation, but there are no frames any more.
    if (decoder_.ended()) input = {};
    if (input.empty()) break;
  }
  is_answering_ = false;
  state_.arm_delay_timer();
}

// Writes what is queued, as far as the kernel takes it at once; the writer gets the rest.
void ReferenceServer::Connection::flush() {
  if (is_broken_ || queued_.empty() || !writing_.empty()) return;
  if (hooks_ != nullptr && hooks_->write_size() > 0) {
    writing_.swap(queued_);
    return output_.wake();
  }
  const WriteOutcome written = stream_.try_write(queued_);
  if (written.status != WriteStatus::kOk) return lose_output();
  if (written.byte_count == queued_.size()) return clear_queue(queued_);
  writing_.swap(queued_);
  written_size_ = written.byte_count;
  output_.wake();
}

// The peer takes no more. What it sent before is served all the same, up to its end.
void ReferenceServer::Connection::lose_output() {
  is_output_lost_ = true;
  clear_queue(queued_);
  room_.wake();
}

void ReferenceServer::Connection::on_frame(const FrameEvent& event, ReferenceApp::TimePoint now) {
  const bool is_message = event.kind == FrameEventKind::kMessage;
  if (hooks_ != nullptr && !is_message && hooks_->control_in(event)) return;
  switch (event.kind) {
    case FrameEventKind::kNeedMore:
    case FrameEventKind::kPong: return;
    case FrameEventKind::kMessage: return on_message(event.payload, now);
    case FrameEventKind::kPing: return send_control(Opcode::kPong, event.payload);
    case FrameEventKind::kClose: send_close(event.close_code); return finish();
    case FrameEventKind::kViolation:
      ++state_.counters.violations;
      send_close(close_code(event.violation));
      return finish();
  }
}

void ReferenceServer::Connection::send_control(Opcode opcode, Bytes payload) {
  if (hooks_ != nullptr) return hooks_->control_out(opcode, payload);
  append(encode_frame({.opcode = static_cast<std::uint8_t>(opcode)}, payload));
}

void ReferenceServer::Connection::send_close(std::optional<std::uint16_t> code) {
  constexpr std::size_t kHeaderSize = 2;
  send_control(Opcode::kClose, Bytes(close_frame(code)).subspan(kHeaderSize));
}

void ReferenceServer::Connection::on_message(Bytes message, ReferenceApp::TimePoint now) {
  if (hooks_ != nullptr) return hooks_->message_in(message);
  answer_message(message, now);
}

void ReferenceServer::Connection::answer_message(Bytes message, ReferenceApp::TimePoint now) {
  if (message.empty()) return;  // no WSAPI message (section 1)
  ++state_.counters.messages;
  const ServerEvent event = session_.receive(message);
  if (const auto* call = std::get_if<CallRequest>(&event)) {
    state_.api.call(id_, *call, now);
  } else if (const auto* request = std::get_if<DescribeRequest>(&event)) {
    state_.api.describe(id_, *request);
  } else if (std::holds_alternative<HangUp>(event)) {
    ++state_.counters.hang_ups;
    finish();
  } else if (std::holds_alternative<Ignored>(event)) {
    ++state_.counters.ignored;
  }
}

void ReferenceServer::Connection::send(WriteBuf& message) {
  if (hooks_ != nullptr) return hooks_->message_out(gather(message.parts()));
  const std::span<const iovec> parts = message.framed_parts();
  std::size_t size = 0;
  for (const iovec& part : parts) size += part.iov_len;
  if (!make_room(size)) return;
  const std::size_t before = queued_.size();
  queued_.resize(before + size);
  std::span<std::byte> room = std::span(queued_).subspan(before);
  for (const iovec& part : parts) {
    std::memcpy(room.data(), part.iov_base, part.iov_len);
    room = room.subspan(part.iov_len);
  }
  if (!is_answering_) output_.wake();
}

void ReferenceServer::Connection::append(Bytes bytes) {
  if (!make_room(bytes.size())) return;
  queued_.insert(queued_.end(), bytes.begin(), bytes.end());
  if (!is_answering_) output_.wake();
}

// Whether `size` bytes may be queued. Breaks the connection where the queue would become too long.
bool ReferenceServer::Connection::make_room(std::size_t size) {
  if (is_finishing_ || is_broken_ || is_output_lost_) return false;
  const std::size_t max_size = state_.options.max_output_size;
  if (size <= max_size - std::min(output_size(), max_size)) return true;
  ++state_.counters.cut;
  break_off(true);
  return false;
}

void ReferenceServer::Connection::feed(Bytes octets) {
  while (!octets.empty() && reads_on()) {
    answer(octets);
    flush();
  }
}

void ReferenceServer::Connection::take_message(Bytes message) {
  if (is_left_) return;
  answer_message(message, steady_clock::now());
  state_.arm_delay_timer();
}

void ReferenceServer::Connection::later(std::chrono::milliseconds time,
                                        std::function<void()> action) {
  const auto timer = std::make_shared<asio::steady_timer>(state_.executor, time);
  timer->async_wait([timer, weak = weak_from_this(),
                     action = std::move(action)](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self != nullptr && !self->is_broken_) action();
  });
}

void ReferenceServer::Connection::finish() {
  if (hooks_ == nullptr || hooks_->finish_delay().count() == 0) return finish_in_order();
  if (is_finish_due_ || is_finishing_) return;
  is_finish_due_ = true;
  later(hooks_->finish_delay(), [this] { finish_in_order(); });
}

// From now on the connection only winds up.
void ReferenceServer::Connection::finish_in_order() {
  if (is_finishing_ || is_broken_) return;
  is_finishing_ = true;
  leave();
  arm_close_timer(kFlushTime);
  output_.wake();
}

void ReferenceServer::Connection::leave() {
  if (is_left_) return;
  is_left_ = true;
  if (hooks_ != nullptr) hooks_->ended();
  state_.api.forget(id_);
  state_.arm_delay_timer();
  session_.end();
}

void ReferenceServer::Connection::break_off(bool with_reset) {
  is_broken_ = true;
  if (with_reset) {
    stream_.reset();
  } else {
    stream_.close();
  }
  close_timer_.cancel();
  output_.wake();
  room_.wake();
}

void ReferenceServer::Connection::arm_close_timer(steady_clock::duration time) {
  close_timer_.expires_after(time);
  close_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self != nullptr) self->break_off(false);
  });
}

// The second of the two loops to end takes the connection with it.
void ReferenceServer::Connection::end_loop() {
  output_.wake();
  if (--loop_count_ > 0) return;
  leave();
  --state_.counters.open_connections;
  state_.connections.erase(id_);
}

}  // namespace wsapi
