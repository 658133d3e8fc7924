// SPDX-License-Identifier: Apache-2.0
//
// The stress part: many clients at once, drawn from a seed. Where the process ends or answers no
// more, the last clients run again on a fresh process, fewer and fewer of them as long as that
// still happens.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <deque>
#include <iterator>

#include "harness/tester/known_good_requests.h"
#include "harness/tester/measure.h"
#include "harness/tester/procedures.h"
#include "harness/tester/stress_plan.h"
#include "harness/tester/visit.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using Clients = std::vector<StressClient>;

constexpr auto kBetweenLooks = 20ms;  // at the process
constexpr int kLooksPerCall = 10;     // and then a good call
constexpr auto kPause = 15ms;
constexpr auto kReadTime = 3ms;
constexpr auto kAfterReplay = 80ms;  // longer than calls are delayed
constexpr auto kNarrowingTime = 15s;
constexpr auto kLongestWrite = 200ms;  // to a server that does not read
constexpr std::size_t kMaxLastClients = 128;
constexpr std::size_t kMaxShownClients = 6;
constexpr std::size_t kMaxReadMessages = 64;
constexpr int kTries = 3;
constexpr int kFinalTries = 5;
constexpr std::size_t kLargeSize = 100'000;

// Runs clients, and knows which were the last.
class Crowd {
 public:
  explicit Crowd(CaseContext& context)
      : context_(context),
        event_(R"({"event":"stress","data":1})"),
        large_(fmt::format("\"{}\"", std::string(kLargeSize, 'x'))) {}

  // Runs in a place of its own: a place has one connection at a time.
  asio::awaitable<void> run(StressClient client, std::size_t place) {
    last_.push_back(client);
    if (last_.size() > kMaxLastClients) last_.pop_front();
    WireResult opened = co_await context_.access().open_wire(context_.clock().after(kLongestWrite));
    if (opened.wire == nullptr) {
      co_await context_.clock().sleep_for(kReadTime);
      co_return;
    }
    LowerTester& tester = context_.add(fmt::format("stress-{}", place), std::move(opened.wire));
    for (const StressAct act : client.acts) co_await perform(tester, act);
    if (!tester.ended()) tester.end(EndOurSide::How::kClose);
  }

  [[nodiscard]] Clients last() const { return {last_.begin(), last_.end()}; }

 private:
  asio::awaitable<void> perform(LowerTester& tester, StressAct act) {
    switch (act) {
      case StressAct::kOffer: return send(tester, offer_bytes());
      case StressAct::kRefusedOffer: return send(tester, refused_offer());
      case StressAct::kCall: return call(tester, "no-such-verb", "null");
      case StressAct::kDelay: return call(tester, "delay", R"({"ms":30,"data":1})");
      case StressAct::kSubscribe: return call(tester, "subscribe", event_);
      case StressAct::kUnsubscribe: return call(tester, "unsubscribe", event_);
      case StressAct::kEmit: return call(tester, "emit", event_);
      case StressAct::kBroadcast: return call(tester, "broadcast", event_);
      case StressAct::kLargeEcho: return call(tester, "echo", large_);
      case StressAct::kDescribe: return send(tester, describe_bytes(1, context_.revision()));
      case StressAct::kMalformedCall: return send(tester, cut_call(3));
      case StressAct::kHalfFrame: return send_part(tester, true);
      case StressAct::kFragment: return send_part(tester, false);
      case StressAct::kRead: return read(tester, kReadTime);
      case StressAct::kPause: return context_.clock().sleep_for(kPause);
      case StressAct::kClose: return end(tester, EndOurSide::How::kClose);
      case StressAct::kReset: return end(tester, EndOurSide::How::kReset);
      case StressAct::kShutdown: return end(tester, EndOurSide::How::kShutdown);
    }
    return context_.clock().sleep_for(0ms);
  }

  // Of version 1 with a wrong identifier.
  static std::vector<std::byte> refused_offer() {
    std::vector<std::byte> out = offer_bytes();
    out.at(1) ^= std::byte{0xff};
    return out;
  }
  [[nodiscard]] std::vector<std::byte> cut_call(std::size_t missing) const {
    std::vector<std::byte> out = call_bytes(1, "no-such-verb", context_.revision(), "null");
    out.resize(out.size() - missing);
    return out;
  }

  asio::awaitable<void> send(LowerTester& tester, std::vector<std::byte> message) {
    if (tester.ended()) co_return;
    (void)co_await tester.send_message(message, context_.clock().after(kLongestWrite));
  }
  asio::awaitable<void> call(LowerTester& tester, std::string_view verb, std::string_view args) {
    const std::uint32_t id = 1 + call_count_++ % 20'000;
    return send(tester, call_bytes(id, verb, context_.revision(), args));
  }
  asio::awaitable<void> send_part(LowerTester& tester, bool is_half_frame) {
    const std::vector<std::byte> message = cut_call(0);
    FrameShape shape;
    shape.fragments = {10};
    std::vector<std::byte> octets = frames_of(message, shape);
    octets.resize(is_half_frame ? 8 : 12);  // the first fragment has a header of two octets
    if (tester.ended()) co_return;
    (void)co_await tester.send_stream(octets, context_.clock().after(kLongestWrite));
  }
  asio::awaitable<void> read(LowerTester& tester, Clock::Duration time) {
    const Deadline end = context_.clock().after(time);
    for (std::size_t i = 0; i < kMaxReadMessages && !tester.ended(); ++i) {
      const Received received = co_await tester.receive(end);
      if (received.kind != Received::Kind::kMessage && received.kind != Received::Kind::kPong) {
        co_return;
      }
    }
  }
  asio::awaitable<void> end(LowerTester& tester, EndOurSide::How how) {
    if (tester.ended()) co_return;
    tester.end(how);
    if (how == EndOurSide::How::kShutdown) co_await read(tester, kPause);
  }

  CaseContext& context_;
  std::string event_;
  std::string large_;
  std::uint32_t call_count_ = 0;
  std::deque<StressClient> last_;
};

class Stress {
 public:
  Stress(CaseContext& context, const Procedure& procedure)
      : context_(context),
        crowd_(context),
        seed_(procedure.number("seed")),
        places_(procedure.number("clients")),
        time_(std::chrono::milliseconds(procedure.number("milliseconds"))) {}

  // Whoever breaks the case off is heard by the loops below: all clients must have ended before
  // this object goes.
  asio::awaitable<void> run() {
    using asio::this_coro::reset_cancellation_state;
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await reset_cancellation_state(asio::enable_terminal_cancellation(),
                                      asio::disable_cancellation());
    co_await run_to_end();
    const bool was_cancelled = co_await is_cancelled();
    co_await reset_cancellation_state(asio::enable_terminal_cancellation());
    co_await asio::this_coro::throw_if_cancelled(true);
    if (was_cancelled) throw boost::system::system_error(asio::error::operation_aborted);
  }

 private:
  static asio::awaitable<bool> is_cancelled() {
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
  }

  asio::awaitable<void> run_to_end() {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const Deadline end = context_.clock().after(time_);
    for (std::size_t place = 0; place < places_; ++place) spawn(executor, work(place, end));
    for (int look = 1; context_.clock().now() < end && failure_.empty(); ++look) {
      if (co_await is_cancelled()) break;
      co_await context_.clock().sleep_for(kBetweenLooks);
      co_await look_at_process(look % kLooksPerCall == 0);
    }
    is_stopped_ = true;
    co_await wait_for_all();
    if (co_await is_cancelled()) co_return;
    if (failure_.empty()) co_await look_at_process(true);
    if (!failure_.empty()) co_await narrow();
  }

  // `work` refers to this object, which waits for all of them.
  void spawn(const asio::any_io_executor& executor, asio::awaitable<void> work) {
    ++running_;
    asio::co_spawn(executor, std::move(work), [this](const std::exception_ptr&) { --running_; });
  }
  asio::awaitable<void> wait_for_all() {
    while (running_ > 0) co_await context_.clock().sleep_for(1ms);
  }

  asio::awaitable<void> work(std::size_t place, Deadline end) {
    while (!is_stopped_ && context_.clock().now() < end) {
      co_await crowd_.run(draw_client(seed_, next_client_++), place);
    }
  }

  // Says in failure_ what is wrong.
  asio::awaitable<void> look_at_process(bool with_call) {
    WatchedIut* const process = context_.access().process;
    if (process != nullptr) {
      std::vector<FaultReport> faults = process->take_faults();
      if (!faults.empty()) failure_ = "shows a fault: " + faults.front().title;
      if (process->has_ended()) failure_ = "ends";
      faults_.insert(faults_.end(), std::make_move_iterator(faults.begin()),
                     std::make_move_iterator(faults.end()));
    }
    if (failure_.empty() && with_call && !co_await is_served(context_)) {
      failure_ = "answers no good call any more";
    }
  }

  // How often of `tries` a fresh process fails with these clients; -1 where there is none, or no
  // time is left. Stops at the first time if `once`.
  asio::awaitable<int> replay(const Clients& clients, int tries, bool once) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    int count = 0;
    for (int i = 0; i < tries; ++i) {
      const bool is_late = context_.clock().now() >= narrowing_end_;
      if (is_late || co_await is_cancelled()) co_return i == 0 ? -1 : count;
      if (!(co_await context_.access().process->restart()).empty()) co_return -1;
      (void)context_.access().process->take_faults();
      failure_.clear();
      faults_.clear();
      std::size_t place = 0;
      for (const StressClient& client : clients) spawn(executor, crowd_.run(client, place++));
      co_await wait_for_all();
      co_await context_.clock().sleep_for(kAfterReplay);
      co_await look_at_process(true);
      if (failure_.empty()) continue;
      ++count;
      if (once) co_return count;
    }
    co_return count;
  }

  asio::awaitable<void> narrow() {
    const std::string failure = failure_;
    std::ranges::move(faults_, std::back_inserter(context_.outcome().faults));
    faults_.clear();
    Clients smallest = crowd_.last();
    std::string told;
    WatchedIut* const process = context_.access().process;
    if (process != nullptr && process->can_restart()) {
      narrowing_end_ = context_.clock().after(kNarrowingTime);
      told = co_await narrow_to(smallest);
      (void)co_await process->restart();
      (void)process->take_faults();  // of the replays; those of the stress itself were kept
    }
    std::string list;
    for (const StressClient& client : smallest) list += to_text(client) + "\n";
    ReasonParts parts{{"what", failure}};
    if (!told.empty()) parts.emplace("smallest", std::move(told));
    context_.outcome().verdict.set(
        VerdictKind::kFail, {ReasonCode::kFailsUnderStress, std::move(parts)},
        {"a server that lives and answers, whatever its clients do\n", std::move(list)});
  }

  // Leaves in `clients` the fewest that were found; the sentence that tells of them.
  asio::awaitable<std::string> narrow_to(Clients& clients) {
    bool is_smaller = true;
    while (is_smaller && clients.size() > 1) {
      is_smaller = false;
      const auto middle = clients.begin() + static_cast<std::ptrdiff_t>(clients.size() / 2);
      for (Clients half : {Clients(middle, clients.end()), Clients(clients.begin(), middle)}) {
        if (co_await replay(half, kTries, true) <= 0) continue;
        clients = std::move(half);
        is_smaller = true;
        break;
      }
    }
    narrowing_end_ = context_.clock().after(kNarrowingTime / 3);
    const int died = co_await replay(clients, kFinalTries, false);
    if (died < 0) co_return "";
    std::string shown;
    for (const StressClient& client : clients) {
      if (clients.size() > kMaxShownClients) break;
      shown.append(shown.empty() ? ": " : "; ").append(to_text(client));
    }
    co_return fmt::format("{} of {} times with {} client{} alone{}", died, kFinalTries,
                          clients.size(), clients.size() == 1 ? "" : "s", shown);
  }

  CaseContext& context_;
  Crowd crowd_;
  std::uint64_t seed_;
  std::size_t places_;
  Clock::Duration time_;
  std::uint32_t next_client_ = 0;
  std::size_t running_ = 0;
  bool is_stopped_ = false;
  Deadline narrowing_end_{};
  std::string failure_;
  std::vector<FaultReport> faults_;
};

}  // namespace

asio::awaitable<void> stress(CaseContext& context, const Procedure& procedure) {
  Stress all(context, procedure);
  co_await all.run();
}

}  // namespace wsapi
