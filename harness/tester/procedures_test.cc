// SPDX-License-Identifier: Apache-2.0

// Procedures on servers in memory, in virtual time, with a process that is made up: what is judged
// of which measurements.

#include "harness/tester/procedures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "harness/peers/scripted_memory_server.h"
#include "harness/tester/cpu_watch.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A process whose measures a function makes.
class MadeUpProcess final : public WatchedIut {
 public:
  using Measure = std::function<std::optional<ProcessSample>()>;
  explicit MadeUpProcess(Measure measure) : measure_(std::move(measure)) {}

  std::optional<ProcessSample> sample() override { return measure_(); }
  [[nodiscard]] bool can_restart() const noexcept override { return false; }
  asio::awaitable<std::string> restart() override { co_return "cannot"; }
  bool has_ended() override { return !measure_().has_value(); }
  std::vector<FaultReport> take_faults() override { return {}; }

 private:
  Measure measure_;
};

// What the server has seen so far; the measures are made of it.
struct Seen {
  std::size_t messages = 0;  // but offers and barriers
  std::size_t connections = 0;
};

ServerScript counting(Seen& seen, ServerScript script) {
  return [&seen, script = std::move(script)](std::size_t number, const std::string& payload) {
    if (payload.empty()) ++seen.connections;
    if (!payload.empty() && !payload.starts_with("56") && !is_barrier(payload)) ++seen.messages;
    return script(number, payload);
  };
}

Acts right(std::size_t, const std::string& payload) { return right_answers(payload); }

Procedure procedure_of(std::string name, std::map<std::string, ProcedureValue> with) {
  Procedure out{.name = std::move(name), .with = {}};
  const std::map<std::string, ProcedureValue> defaults{
      {"of", "malformed CALL"}, {"opening", "negotiate"}, {"ending", "close"},     {"batch", 100UL},
      {"limit", 32UL},          {"count", 50UL},          {"milliseconds", 100UL}, {"times", 1UL},
      {"first", WireBytes{}},   {"stream", WireBytes{}}};
  for (const auto& [key, value] : defaults) out.with[key] = value;
  for (auto& [key, value] : with) out.with[key] = std::move(value);
  return out;
}

WireBytes octets(std::string_view hex) { return WireBytes(from_hex(hex).value()); }

using MakeMeasure = std::function<MadeUpProcess::Measure(const Seen& seen, Clock& clock)>;

// The access lives as long as the coroutine.
asio::awaitable<Outcome> run_in(const TestCase& test_case, IutAccess access) {
  co_return co_await run_case(test_case, access, "unique");
}

Outcome run(const Procedure& procedure, const MakeMeasure& make, ServerScript script = right) {
  TestCase test_case;
  test_case.id = "test/case";
  test_case.script = script_of({Step{.connection = "main", .action = procedure}});
  Seen seen;
  std::unique_ptr<MadeUpProcess> process;
  const auto start = [&](OpenWire open, std::shared_ptr<Clock> clock) {
    if (make) process = std::make_unique<MadeUpProcess>(make(seen, *clock));
    IutAccess access{std::move(open), Revision::k2020_01, 10s, server_under_test(), clock};
    access.process = process.get();
    return run_in(test_case, std::move(access));
  };
  return run_with_script(counting(seen, std::move(script)), start);
}

// Memory in whole pages.
MakeMeasure leaking(double per_message, double per_connection) {
  return [=](const Seen& seen, Clock&) {
    return [=, &seen] {
      const double bytes = 1e6 + per_message * static_cast<double>(seen.messages) +
                           per_connection * static_cast<double>(seen.connections);
      ProcessSample out;
      out.resident_size = static_cast<std::uint64_t>(bytes) / 4096 * 4096;
      out.peak_size = out.resident_size;
      return std::optional{out};
    };
  };
}

const WireBytes kCutCall = octets("82074b05000d000000");

TEST(ProceduresTest, EachOfTheTableIsImplemented) {
  for (const ProcedureInfo& info : procedures()) EXPECT_TRUE(is_implemented(info.name));
  EXPECT_FALSE(is_implemented("no-such"));
}

TEST(ProceduresTest, WithoutAProcessThereIsNoVerdictOfIt) {
  const Outcome outcome = run(procedure_of("memory-touched", {}), nullptr);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kError);
  EXPECT_EQ(outcome.verdict.why().code, ReasonCode::kNotWatched);
}

TEST(ProceduresTest, AProcessThatEndsIsAFailure) {
  const auto outcome = run(procedure_of("memory-touched", {}), [](const Seen&, Clock&) {
    return [] { return std::optional<ProcessSample>{}; };
  });
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.verdict.why().code, ReasonCode::kProcessEnded);
}

TEST(ProceduresTest, MemoryPerMessage) {
  const Procedure procedure = procedure_of("memory-per-message", {{"stream", kCutCall}});
  EXPECT_EQ(run(procedure, leaking(0, 0)).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(procedure, leaking(20, 5000)).verdict.kind(), VerdictKind::kPass);
  const Outcome outcome = run(procedure, leaking(100, 0));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.verdict.why().code, ReasonCode::kMemoryGrows);
  const double slope = std::stod(outcome.verdict.why().parts.at("slope"));
  EXPECT_NEAR(slope, 100, 10);
  EXPECT_THAT(outcome.verdict.reason(), HasSubstr("bytes for each malformed CALL"));
}

TEST(ProceduresTest, MemoryPerConnection) {
  const Procedure procedure =
      procedure_of("memory-per-connection", {{"of", "connection"}, {"limit", 300UL}});
  EXPECT_EQ(run(procedure, leaking(0, 100)).verdict.kind(), VerdictKind::kPass);
  const Outcome outcome = run(procedure, leaking(0, 1024));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_NEAR(std::stod(outcome.verdict.why().parts.at("slope")), 1024, 60);
}

TEST(ProceduresTest, MemoryThatGrowsOnceOnlyIsNoLeak) {
  const MakeMeasure pool = [](const Seen& seen, Clock&) {
    return [&seen] {
      ProcessSample out;
      out.resident_size = 1'000'000 + std::min<std::uint64_t>(seen.messages, 600) * 1000;
      return std::optional{out};
    };
  };
  const Procedure procedure = procedure_of("memory-per-message", {{"stream", kCutCall}});
  EXPECT_EQ(run(procedure, pool).verdict.kind(), VerdictKind::kPass);
}

TEST(ProceduresTest, AServerThatServesNoMoreIsFound) {
  // It ends each connection at the first message.
  const ServerScript script = [](std::size_t, const std::string& payload) {
    return payload.starts_with("4b") && !is_barrier(payload) ? Acts{"close"}
                                                             : right_answers(payload);
  };
  const Outcome outcome =
      run(procedure_of("memory-per-message", {{"stream", kCutCall}}), leaking(0, 0), script);
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.verdict.why().code, ReasonCode::kServiceLost);
}

TEST(ProceduresTest, TouchedMemoryIsFoundAlsoWhereItIsGivenBackAtOnce) {
  constexpr std::uint64_t kBig = 512U << 20U;
  const auto touching = [](std::uint64_t resident, std::uint64_t peak) -> MakeMeasure {
    return [=](const Seen& seen, Clock&) {
      return [=, &seen] {
        ProcessSample out{.resident_size = 1'000'000, .peak_size = 5'000'000};
        if (seen.messages > 0) out.resident_size += resident;
        if (seen.messages > 0) out.peak_size += peak;
        return std::optional{out};
      };
    };
  };
  const Procedure procedure =
      procedure_of("memory-touched",
                   {{"of", "a length of 512 MiB"}, {"stream", kCutCall}, {"limit", 1UL << 24U}});
  EXPECT_EQ(run(procedure, touching(0, 0)).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(procedure, touching(4096, 1U << 23U)).verdict.kind(), VerdictKind::kPass);
  for (const auto& measure : {touching(kBig, kBig), touching(0, kBig), touching(kBig, 0)}) {
    const Outcome outcome = run(procedure, measure);
    EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
    EXPECT_EQ(outcome.verdict.reason(), "512.0 MiB of memory were touched for a length of 512 MiB");
  }
}

TEST(ProceduresTest, WhatIsLeftOfConnectionsIsCounted) {
  const auto keeping = [](double descriptors, double threads) -> MakeMeasure {
    return [=](const Seen& seen, Clock&) {
      return [=, &seen] {
        const auto count = static_cast<double>(seen.connections);
        ProcessSample out;
        out.descriptors = 10 + static_cast<std::size_t>(descriptors * count);
        out.threads = 1 + static_cast<std::size_t>(threads * count);
        return std::optional{out};
      };
    };
  };
  const Procedure procedure = procedure_of("left-over", {{"of", "a client that closes"}});
  EXPECT_EQ(run(procedure, keeping(0, 0)).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(procedure, keeping(0.05, 0)).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(procedure, keeping(1, 0)).verdict.reason(),
            "50 descriptors are left after 50 times: a client that closes");
  EXPECT_EQ(run(procedure, keeping(0, 1)).verdict.reason(),
            "50 threads are left after 50 times: a client that closes");
}

// Busy for that share of the time since the first message, for `limit` at the most.
MakeMeasure busy(double share, Clock::Duration limit = 1h) {
  return [=](const Seen& seen, Clock& clock) {
    return [=, &seen, &clock, start = std::optional<Deadline>{}]() mutable {
      if (seen.messages > 0 && !start) start = clock.now();
      ProcessSample out;
      if (start) {
        const auto time = std::min(clock.now() - *start, limit);
        out.runnable_time = std::chrono::duration_cast<std::chrono::microseconds>(share * time);
      }
      return std::optional{out};
    };
  };
}

TEST(ProceduresTest, AProcessThatComputesWithNothingToDoIsFound) {
  const Procedure procedure =
      procedure_of("idle-after", {{"of", "a fragment"}, {"stream", kCutCall}});
  EXPECT_EQ(run(procedure, busy(0.3)).verdict.kind(), VerdictKind::kPass);
  EXPECT_EQ(run(procedure, busy(1, 150ms)).verdict.kind(), VerdictKind::kPass);
  const Outcome outcome = run(procedure, busy(0.99));
  EXPECT_EQ(outcome.verdict.kind(), VerdictKind::kFail);
  EXPECT_EQ(outcome.verdict.reason(),
            "the process keeps computing with nothing to do, for 99 % of the time, while a "
            "connection is open with: a fragment");
}

TEST(ProceduresTest, AConnectionThatTheServerIsToEndAndDoesNot) {
  for (const char* const ending : {"await", "shutdown"}) {
    const Outcome outcome = run(procedure_of("left-over", {{"ending", ending}}), leaking(0, 0),
                                [](auto, auto& payload) { return right_answers(payload); });
    const bool is_await = std::string_view(ending) == "await";
    EXPECT_EQ(outcome.verdict.kind(), is_await ? VerdictKind::kFail : VerdictKind::kPass);
    if (is_await) {
      EXPECT_EQ(outcome.verdict.why().code, ReasonCode::kNotClosed);
    }
  }
}

TEST(ProceduresTest, OthersMustBeServedAsBefore) {
  const Procedure procedure = procedure_of("served-after", {{"of", "a client that closes"}});
  EXPECT_EQ(run(procedure, nullptr).verdict.kind(), VerdictKind::kPass);
  // After the visits it answers nothing any more.
  const ServerScript forgetful = [](std::size_t number, const std::string& payload) {
    return number > 30 && is_barrier(payload) ? Acts{} : right_answers(payload);
  };
  const Outcome outcome = run(procedure, nullptr, forgetful);
  EXPECT_EQ(outcome.verdict.reason(),
            "a good call was not answered after 50 times: a client that closes");
}

// ---- Outside of cases

std::optional<FaultReport> spin_of(double share, Clock::Duration limit = 1h) {
  VirtualClock clock;
  asio::io_context io(1);
  Seen seen{.messages = 1};
  MadeUpProcess process(busy(share, limit)(seen, clock));
  return run_to_end(io, clock, find_spin(process, clock), [] {});
}

TEST(FindSpinTest, TellsOfAProcessThatKeepsAProcessorBusy) {
  EXPECT_FALSE(spin_of(0).has_value());
  EXPECT_FALSE(spin_of(0.4).has_value());
  EXPECT_FALSE(spin_of(1, 100ms).has_value());  // something that ends
  const auto fault = spin_of(2);
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->kind, FaultKind::kCpu);
  EXPECT_THAT(fault->detail, HasSubstr("200 % of the time"));
}

}  // namespace
}  // namespace wsapi
