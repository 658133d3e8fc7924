// SPDX-License-Identifier: Apache-2.0

// Each connection has a coroutine that reads and one that writes, so that neither a server nor this
// side ever waits for the other to read. A third one keeps the time: it lets calls expire, ends the
// window, and waits for what is under way then.

#include "harness/load/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "harness/net/wakeup.h"

namespace wsapi {
namespace {

using std::chrono::steady_clock;

// What one read takes, and the memory for the frames of one write, in bytes.
constexpr std::size_t kInputSize = std::size_t{32} * 1024;
constexpr std::size_t kOutputSize = std::size_t{32} * 1024;
// Calls up to this size are copied into one part of a write: the kernel takes longer for a part.
constexpr std::size_t kMaxCopiedSize = 1024;  // bytes
// How often the time is looked at.
constexpr std::chrono::milliseconds kTick{20};
// How often, in parts of the timeout, calls are looked for whose time is over.
constexpr int kExpiryParts = 16;
// How long an interrupted run waits for the replies that are under way.
constexpr std::chrono::milliseconds kInterruptWait{500};

struct LoadConnection {
  LoadConnection(const LoadPlan& plan, LoadTally& tally, const asio::any_io_executor& executor)
      : client(plan, tally), writer(executor), input(kInputSize), output(kOutputSize) {}

  LoadClient client;
  Stream stream;
  Wakeup writer;
  std::vector<std::byte> input;
  std::vector<std::byte> output;
};

std::string end_reason(const LoadClient& client, const ReadOutcome& read) {
  const char* const where = client.mid_frame() ? " in the middle of a frame" : "";
  switch (read.status) {
    case ReadStatus::kEnd: return fmt::format("the server closed the connection{}", where);
    case ReadStatus::kReset: return fmt::format("the server reset the connection{}", where);
    case ReadStatus::kTimeout: return "the server did not answer in time";
    default: return read.error.message();
  }
}

// Writes what the client has to send at `now`, gathered.
asio::awaitable<WriteOutcome> write_filled(Stream& stream, WriteBuf& filled, Deadline deadline) {
  std::array<asio::const_buffer, WriteBuf::kMaxParts> buffers;
  std::size_t count = 0;
  for (const iovec& part : filled.parts()) {
    buffers[count++] = asio::const_buffer(part.iov_base, part.iov_len);
  }
  co_return co_await stream.write_all(std::span(buffers).first(count), deadline);
}

}  // namespace

class LoadRun::Impl {
 public:
  Impl(LoadOptions options, LoadProgress progress)
      : options_(std::move(options)), progress_(std::move(progress)) {
    tally_.window = {options_.warmup, options_.warmup + options_.duration};
  }

  asio::awaitable<LoadResult> run() {
    executor_ = co_await asio::this_coro::executor;
    control_.emplace(executor_);
    co_await open_all();
    if (!connections_.empty()) co_await measure();
    co_return result();
  }

  void interrupt() {
    is_interrupted_ = true;
    tally_.window.end = std::min(tally_.window.end, now());
    if (control_) control_->wake();
    for (const auto& one : opening_) one->stream.close();
  }

 private:
  using Pointer = std::unique_ptr<LoadConnection>;

  [[nodiscard]] RunTime now() const {
    return start_ ? std::chrono::duration_cast<RunTime>(steady_clock::now() - *start_) : RunTime(0);
  }
  [[nodiscard]] Deadline at(RunTime time) const {
    return time == LoadClient::kNever ? kNoDeadline : *start_ + time;
  }

  // Starts a coroutine that this object waits for in wait_for_tasks().
  void spawn(asio::awaitable<void> task) {
    ++task_count_;
    asio::co_spawn(executor_, std::move(task), [this](const std::exception_ptr& error) {
      if (error && !failure_) failure_ = error;
      if (--task_count_ == 0) control_->wake();
    });
  }

  asio::awaitable<void> wait_for_tasks() {
    while (task_count_ > 0) co_await control_->wait(kNoDeadline);
    if (failure_) std::rethrow_exception(failure_);
  }

  // ---- Opening

  asio::awaitable<void> open_all() {
    opening_.reserve(options_.connections);
    for (std::size_t i = 0; i < options_.connections; ++i) {
      opening_.push_back(std::make_unique<LoadConnection>(options_.plan, tally_, executor_));
      spawn(open(*opening_.back()));
    }
    co_await wait_for_tasks();
    for (Pointer& one : opening_) {
      if (one->stream.is_open()) connections_.push_back(std::move(one));
    }
    opening_.clear();
    if (connections_.empty()) {
      unreachable_ = is_interrupted_ ? "interrupted" : sample(LoadError::kNotOpened);
    }
  }

  // Leaves the stream open where that succeeds.
  asio::awaitable<void> open(LoadConnection& to) {
    const Deadline deadline = deadline_in(options_.plan.timeout);
    ConnectResult connected = co_await connect(options_.address, deadline);
    if (connected.status != ConnectStatus::kOk) co_return not_opened(connected.message);
    if (is_interrupted_) co_return;
    to.stream = std::move(connected.stream);
    WriteBuf out(to.output);
    while (to.client.state() == LoadClient::State::kOpening) {
      out.clear();
      to.client.fill(RunTime(0), out);
      (void)co_await write_filled(to.stream, out, deadline);  // reading tells of a failure
      const ReadOutcome read = co_await to.stream.read_some(to.input, deadline);
      if (read.status == ReadStatus::kData) {
        to.client.take(std::span(to.input).first(read.byte_count), RunTime(0));
      } else {
        to.client.end(end_reason(to.client, read));
      }
    }
    if (to.client.state() == LoadClient::State::kOpen) co_return;
    to.stream.close();
    not_opened(fmt::format("{}: before VERSION SET 1 came, {}", to_string(options_.address),
                           to.client.end_reason()));
  }

  void not_opened(const std::string& reason) {
    if (is_interrupted_) return;
    tally_.add_error(LoadError::kNotOpened, [&] { return reason; });
  }

  // ---- The run

  asio::awaitable<void> measure() {
    opened_ = connections_.size();
    if (options_.rate) options_.plan.schedule.emplace(*options_.rate, opened_);
    start_ = steady_clock::now();
    for (std::size_t i = 0; i < opened_; ++i) {
      connections_[i]->client.start(i);
      spawn(read_loop(*connections_[i]));
      spawn(write_loop(*connections_[i]));
    }
    co_await keep_time();
    for (const Pointer& one : connections_) unanswered_ += one->client.measured_in_flight();
    is_closing_ = true;
    for (const Pointer& one : connections_) {
      one->stream.close();
      one->writer.wake();
    }
    co_await wait_for_tasks();
  }

  asio::awaitable<void> read_loop(LoadConnection& from) {
    while (is_going_on(from)) {
      const ReadOutcome read = co_await from.stream.read_some(from.input, kNoDeadline);
      if (is_closing_) break;
      if (read.status != ReadStatus::kData) {
        lose(from, end_reason(from.client, read));
        break;
      }
      const RunTime time = now();
      if (tally_.window.contains(time)) tally_.bytes_received += read.byte_count;
      from.client.take(std::span(from.input).first(read.byte_count), time);
      if (from.client.state() == LoadClient::State::kEnded) {
        lose(from, from.client.end_reason());
      } else if (from.client.has_more_to_send() || from.client.next_due(time) <= time) {
        from.writer.wake();
      } else if (is_over() && is_done(from)) {
        control_->wake();
      }
    }
  }

  asio::awaitable<void> write_loop(LoadConnection& to) {
    WriteBuf out(to.output, kMaxCopiedSize);
    while (is_going_on(to)) {
      const RunTime time = now();
      out.clear();
      to.client.fill(time, out);
      const std::size_t size = out.size();
      if (size == 0) {
        co_await to.writer.wait(at(to.client.next_due(time)));
        continue;
      }
      if (tally_.window.contains(time)) tally_.bytes_sent += size;
      const WriteOutcome written =
          co_await write_filled(to.stream, out, deadline_in(options_.plan.timeout));
      if (written.status != WriteStatus::kOk) co_await give_up_writing(to, written);
    }
  }

  // What came before a server closed is still read; the reader finds the end by itself.
  asio::awaitable<void> give_up_writing(LoadConnection& to, WriteOutcome written) {
    const Deadline deadline = deadline_in(options_.plan.timeout);
    while (written.status == WriteStatus::kClosed && is_going_on(to) &&
           steady_clock::now() < deadline) {
      co_await to.writer.wait(deadline);
    }
    if (!is_going_on(to)) co_return;
    lose(to, written.status == WriteStatus::kTimeout
                 ? "the server took no bytes within the timeout"
                 : "the server takes no more bytes: " + written.error.message());
  }

  [[nodiscard]] bool is_going_on(const LoadConnection& connection) const {
    return !is_closing_ && connection.client.state() != LoadClient::State::kEnded;
  }

  void lose(LoadConnection& connection, const std::string& reason) {
    if (is_closing_ || !connection.stream.is_open()) return;
    connection.client.end(reason);
    connection.stream.close();
    connection.writer.wake();
    tally_.add_error(LoadError::kConnectionLost, [&] { return reason; });
    if (++lost_ == opened_) control_->wake();
  }

  // ---- The time

  asio::awaitable<void> keep_time() {
    RunTime next_expiry{};
    while (!is_finished()) {
      const RunTime time = now();
      if (time >= next_expiry) {
        expire(time);
        next_expiry = time + std::max<RunTime>(options_.plan.timeout / kExpiryParts, kTick);
      }
      if (time >= tally_.window.end + max_lag(tally_.window)) tally_.may_send = false;
      if (progress_) show_progress(time);
      if (is_finished()) break;
      const RunTime tick = time + kTick;
      co_await control_->wait(at(is_over() ? tick : std::min(tick, tally_.window.end)));
    }
    // All that is left of the window of a run without connections measures nothing.
    tally_.window.end = std::min(tally_.window.end, now());
  }

  void expire(RunTime time) {
    for (const Pointer& one : connections_) {
      one->client.expire(time);
      if (one->client.next_due(time) <= time) one->writer.wake();
    }
  }

  void show_progress(RunTime time) const {
    using std::chrono::seconds;
    const auto whole = [](RunTime span) {
      return static_cast<std::size_t>(std::chrono::ceil<seconds>(span).count());
    };
    const std::size_t all = whole(options_.warmup + options_.duration);
    progress_(std::min(all, whole(time)), all);
  }

  [[nodiscard]] bool is_over() const { return now() >= tally_.window.end; }

  // Whether there is nothing to wait for on it.
  [[nodiscard]] bool is_done(const LoadConnection& connection) const {
    return connection.client.in_flight() == 0 &&
           connection.client.next_due(now()) == LoadClient::kNever;
  }

  [[nodiscard]] bool is_finished() const {
    if (lost_ == opened_) return true;
    if (!is_over()) return false;
    if (is_interrupted_ && now() >= tally_.window.end + kInterruptWait) return true;
    return std::ranges::all_of(connections_, [&](const Pointer& one) { return is_done(*one); });
  }

  // ---- The end

  [[nodiscard]] std::string sample(LoadError error) const {
    return tally_.samples[static_cast<std::size_t>(error)];
  }

  LoadResult result() {
    LoadResult out;
    out.opened = opened_;
    out.unreachable = unreachable_;
    out.is_interrupted = is_interrupted_;
    out.unanswered = unanswered_;
    if (!start_) tally_.window = {};  // nothing was measured
    if (options_.plan.schedule) {
      const LoadDemand demand(*options_.plan.schedule, tally_.window);
      out.intended = demand.calls;
      out.is_rate_kept = tally_.sent >= demand.calls && tally_.replies >= demand.least_replies;
    }
    out.tally = std::move(tally_);
    return out;
  }

  LoadOptions options_;
  LoadProgress progress_;
  LoadTally tally_;
  asio::any_io_executor executor_;
  std::vector<Pointer> opening_;
  std::vector<Pointer> connections_;
  std::optional<Wakeup> control_;
  std::optional<steady_clock::time_point> start_;
  std::string unreachable_;
  std::exception_ptr failure_;
  std::size_t task_count_ = 0;
  std::size_t opened_ = 0;
  std::size_t lost_ = 0;
  std::uint64_t unanswered_ = 0;
  bool is_interrupted_ = false;
  bool is_closing_ = false;  // the run is over: what ends now is no loss
};

LoadRun::LoadRun(LoadOptions options, LoadProgress progress)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(progress))) {}

LoadRun::~LoadRun() = default;

asio::awaitable<LoadResult> LoadRun::run() { return impl_->run(); }

void LoadRun::interrupt() { impl_->interrupt(); }

ExitStatus exit_status(const LoadResult& result) {
  const bool is_gone = result.opened == 0 ? !result.is_interrupted : result.lost() == result.opened;
  if (is_gone) return ExitStatus::kUnreachable;
  const bool is_good =
      result.tally.error_count() == 0 && result.is_rate_kept && result.tally.answered > 0;
  return is_good ? ExitStatus::kOk : ExitStatus::kFailed;
}

}  // namespace wsapi
