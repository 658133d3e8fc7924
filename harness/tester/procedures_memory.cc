// SPDX-License-Identifier: Apache-2.0
//
// Procedures about the memory of the process: a line is fitted to its size over the number of
// things done, so that neither the size of the process nor a single step of its allocator counts.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>
#include <functional>

#include "harness/tester/measure.h"
#include "harness/tester/procedures.h"
#include "harness/tester/slope.h"
#include "harness/tester/visit.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWarmUpBatches = 2;
constexpr std::size_t kFirstPoints = 5;
constexpr std::size_t kLastPoints = 14;     // where the first ones look like growth
constexpr std::size_t kChunkSize = 32'768;  // octets between two barriers
constexpr std::size_t kMaxReopened = 3;
// A wait for descriptors of a server that has kept one of each connection.
constexpr auto kInVain = 20ms;

using Batch = std::function<asio::awaitable<void>()>;

std::string table_of(const std::vector<Point>& points) {
  std::string out = "number of times, bytes of memory\n";
  for (const Point& point : points) out += fmt::format("{:>8.0f}  {:.0f}\n", point.x, point.y);
  return out;
}

class MemoryGrowth {
 public:
  MemoryGrowth(CaseContext& context, const Procedure& procedure, Batch batch)
      : context_(context),
        of_(procedure.text("of")),
        batch_size_(static_cast<double>(procedure.number("batch"))),
        limit_(static_cast<double>(procedure.number("limit"))),
        batch_(std::move(batch)) {}

  asio::awaitable<void> measure() {
    for (std::size_t i = 0; i < kWarmUpBatches && context_.may_go_on(); ++i) co_await batch_();
    co_await add_points(kFirstPoints);
    const std::optional<Slope> slope = fit(points_);
    if (!context_.may_go_on() || !slope || slope->value <= limit_) co_return;
    // It may be the end of warming up: what came first does not count any more.
    co_await add_points(kLastPoints);
    if (!context_.may_go_on()) co_return;
    points_.erase(points_.begin(), points_.begin() + kFirstPoints - 1);
    if (grows(points_, limit_)) fail();
  }

 private:
  asio::awaitable<void> add_points(std::size_t count) {
    while (points_.size() < count && context_.may_go_on()) {
      if (!points_.empty()) co_await batch_();
      if (!context_.may_go_on()) co_return;
      const std::optional<ProcessSample> sample = co_await settled_sample(context_);
      if (!sample) co_return;
      points_.push_back({batch_size_ * static_cast<double>(points_.size()),
                         static_cast<double>(sample->resident_size)});
    }
  }

  void fail() {
    const Slope slope = fit(points_).value_or(Slope{});
    context_.outcome().verdict.set(
        VerdictKind::kFail,
        {ReasonCode::kMemoryGrows,
         {{"slope", fmt::format("{:.0f}", slope.value)},
          {"error", fmt::format("{:.0f}", std::ceil(slope.error))},
          {"of", of_},
          {"count", fmt::format("{:.0f}", points_.back().x)}}},
        {fmt::format("growth of at most {:.0f} bytes for each {}\n", limit_, of_),
         table_of(points_)});
  }

  CaseContext& context_;
  const std::string& of_;
  double batch_size_;
  double limit_;
  Batch batch_;
  std::vector<Point> points_;
};

// Sends the octets many times, with a barrier after each few of them. Where the server ends the
// connection, which is judged elsewhere, there is another one.
class Sender {
 public:
  Sender(CaseContext& context, const Procedure& procedure)
      : context_(context), exchanges_(context), octets_(procedure.octets("stream").expand()) {}

  asio::awaitable<void> send(std::size_t count) {
    const std::size_t size = std::max<std::size_t>(octets_.size(), 1);
    const std::size_t at_once = std::max<std::size_t>(kChunkSize / size, 1);
    while (count > 0 && context_.may_go_on()) {
      const std::size_t now = std::min(count, at_once);
      co_await send_chunk(now);
      count -= now;
    }
  }

 private:
  asio::awaitable<void> send_chunk(std::size_t count) {
    if (tester_ == nullptr) tester_ = co_await exchanges_.open("sender", true);
    if (tester_ == nullptr) co_return;
    std::vector<std::byte> chunk;
    for (std::size_t i = 0; i < count; ++i) {
      chunk.insert(chunk.end(), octets_.begin(), octets_.end());
    }
    (void)co_await tester_->send_stream(chunk, context_.deadline());
    if (co_await exchanges_.try_good_exchange(*tester_)) co_return;
    tester_->end(EndOurSide::How::kClose);
    tester_ = nullptr;
    if (++reopened_ > kMaxReopened) fail_unserved(context_, "on the connection that sends");
  }

  CaseContext& context_;
  Exchanges exchanges_;
  std::vector<std::byte> octets_;
  LowerTester* tester_ = nullptr;
  std::size_t reopened_ = 0;
};

}  // namespace

asio::awaitable<void> memory_per_message(CaseContext& context, const Procedure& procedure) {
  Sender sender(context, procedure);
  const std::size_t batch = procedure.number("batch");
  MemoryGrowth growth(context, procedure, [&] { return sender.send(batch); });
  co_await growth.measure();
}

asio::awaitable<void> memory_per_connection(CaseContext& context, const Procedure& procedure) {
  const Visit visit = visit_of(procedure);
  const std::size_t batch = procedure.number("batch");
  const std::optional<ProcessSample> before = co_await settled_sample(context);
  if (!before) co_return;
  Clock::Duration longest = kGivingBack;
  const std::function<asio::awaitable<void>()> visits = [&]() -> asio::awaitable<void> {
    co_await pay_visits(context, visit, batch);
    if (!context.may_go_on()) co_return;
    // The server sees the ends of connections in its own time.
    const std::optional<ProcessSample> after =
        co_await wait_for_descriptors(context, before->descriptors, longest);
    if (after && after->descriptors >= before->descriptors + batch) longest = kInVain;
  };
  MemoryGrowth growth(context, procedure, visits);
  co_await growth.measure();
}

asio::awaitable<void> memory_touched(CaseContext& context, const Procedure& procedure) {
  const Visit visit{.negotiates = procedure.text("opening") == "negotiate",
                    .octets = procedure.octets("first").expand()};
  // What the first connection of all makes the server allocate does not count.
  if (!co_await is_served(context)) co_return fail_unserved(context, "before the octets");
  const std::optional<ProcessSample> before = co_await settled_sample(context);
  if (!before) co_return;
  LowerTester* const tester = co_await begin_visit(context, visit);
  if (tester == nullptr) co_return;
  const std::vector<std::byte> octets = procedure.octets("stream").expand();
  bool takes_more = true;
  for (std::size_t i = 0; i < procedure.number("times") && takes_more; ++i) {
    takes_more = co_await tester->send_stream(octets, context.deadline());
  }
  co_await tester->wait_until_read(context.deadline());
  (void)co_await is_served(context);  // whether or not: it has had the time to read
  const std::optional<ProcessSample> after = co_await settled_sample(context);
  if (!after) co_return;
  tester->end(EndOurSide::How::kClose);
  // The peak tells also of memory that was given back at once.
  const std::uint64_t peak_growth =
      after->peak_size - std::min(after->peak_size, before->peak_size);
  const std::uint64_t size_growth =
      after->resident_size - std::min(after->resident_size, before->resident_size);
  const std::uint64_t growth = std::max(peak_growth, size_growth);
  const std::uint64_t limit = procedure.number("limit");
  if (growth <= limit) co_return;
  context.outcome().verdict.set(
      VerdictKind::kFail,
      {ReasonCode::kMemoryTouched, {{"size", mebibytes(growth)}, {"of", procedure.text("of")}}},
      {fmt::format("at most {} for {}\n", mebibytes(limit), procedure.text("of")),
       fmt::format("memory: {} before, {} with the octets sent, {} at the most\n",
                   mebibytes(before->resident_size), mebibytes(after->resident_size),
                   mebibytes(after->peak_size))});
}

}  // namespace wsapi
