// SPDX-License-Identifier: Apache-2.0

#include "harness/doctor/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "codec/decode.h"
#include "harness/doctor/verb_checks.h"
#include "harness/profile/apply_profile.h"
#include "harness/run/probe.h"
#include "harness/suite/requirements.h"
#include "harness/tester/interpreter.h"
#include "harness/tester/known_good_requests.h"
#include "harness/tester/lower_tester.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kRoundTrips = 50;
constexpr std::size_t kMaxMessages = 100'000;  // that are counted, or passed over for an answer
constexpr double kNoiseTolerance = 2;          // messages beyond what was claimed, by chance
constexpr std::uint32_t kDescriptionId = 0x0203;

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

class Doctor {
 public:
  explicit Doctor(const DoctorOptions& options) : options_(options) {}

  asio::awaitable<void> run() {
    ProbeOptions probe_options;
    probe_options.open_wire = options_.open_wire;
    probe_options.timeout = options_.timeout;
    found_ = co_await probe(probe_options);
    report_.unreachable = found_.unreachable;
    if (!found_.unreachable.empty()) co_return;
    check_revision();
    co_await check_description();
    for (const std::string_view verb : kTestApiVerbs) co_await check_verb(verb);
    co_await check_noise();
    co_await check_round_trip();
  }

  DoctorReport take() && { return std::move(report_); }

 private:
  void say(std::string subject, Diagnosis diagnosis, std::string text, std::string change = "") {
    constexpr std::size_t kMaxText = 1000;
    report_.lines.push_back(
        {std::move(subject), diagnosis, printable(text, kMaxText), printable(change, kMaxText)});
  }

  [[nodiscard]] IutAccess access() const {
    return {.open_wire = options_.open_wire, .revision = revision_, .timeout = options_.timeout};
  }

  void check_revision() {
    const std::string seen = fmt::format("{} ({})", name(found_.revision), found_.revision_note);
    const auto claimed = options_.profile == nullptr ? std::nullopt : options_.profile->revision;
    revision_ = claimed.value_or(found_.revision);
    const bool is_sure = found_.revision_note.starts_with("by ");
    if (!claimed) {
      say("revision", Diagnosis::kSeen, seen);
    } else if (!is_sure) {
      say("revision", Diagnosis::kSkipped,
          std::string(name(*claimed)) + ": " + found_.revision_note);
    } else if (claimed == found_.revision) {
      say("revision", Diagnosis::kHolds, seen);
    } else {
      say("revision", Diagnosis::kFinding,
          fmt::format("it is {}, where the profile says {}", seen, name(*claimed)),
          fmt::format("set revision to \"{}\"", name(found_.revision)));
      revision_ = found_.revision;
    }
  }

  // ---- On one connection

  // A new connection, negotiated; null where there is none.
  asio::awaitable<std::unique_ptr<LowerTester>> open() {
    const Deadline end = deadline_in(options_.timeout);
    WireResult opened = co_await options_.open_wire(end);
    if (opened.wire == nullptr) co_return nullptr;
    recorder_.emplace(clock_);
    auto tester = std::make_unique<LowerTester>("doctor", std::move(opened.wire), *recorder_);
    if (!has_version_negotiation(revision_)) co_return tester;
    (void)co_await tester->send_message(offer_bytes(), end);
    const Received answer = co_await tester->receive(end);
    co_return answer.kind == Received::Kind::kMessage ? std::move(tester) : nullptr;
  }

  // Sends the request, and waits for the message that `is_answer` takes. Whether it came.
  template <typename IsAnswer>
  asio::awaitable<bool> ask(LowerTester& tester, std::vector<std::byte> request,
                            IsAnswer is_answer) {
    const Deadline end = deadline_in(options_.timeout);
    (void)co_await tester.send_message(request, end);
    for (std::size_t i = 0; i < kMaxMessages; ++i) {
      const Received received = co_await tester.receive(end);
      if (received.kind == Received::Kind::kPong) continue;
      if (received.kind != Received::Kind::kMessage) co_return false;
      const auto decoded = decode(received.payload, revision_, Direction::kToClient);
      if (decoded && is_answer(decoded->message)) co_return true;
    }
    co_return false;
  }

  asio::awaitable<void> check_description() {
    const auto claimed = options_.profile == nullptr ? std::nullopt : options_.profile->description;
    const auto tester = co_await open();
    std::string text;
    const bool came =
        tester != nullptr &&
        co_await ask(*tester, describe_bytes(kDescriptionId, revision_), [&](const AnyMessage& m) {
          const auto* const description = std::get_if<Description>(&m);
          if (description != nullptr) text = description->description.text;
          return description != nullptr;
        });
    if (!came) {
      say("description", claimed == true ? Diagnosis::kFinding : Diagnosis::kSkipped,
          "DESCRIBE is not answered", "answer DESCRIBE by a DESCRIPTION, of null at least");
      co_return;
    }
    const bool is_object = text.starts_with('{');
    const std::string seen = is_object ? "an object" : "no object: " + printable(text, 40);
    if (!claimed) {
      say("description", Diagnosis::kSeen, seen);
    } else if (*claimed == is_object) {
      say("description", Diagnosis::kHolds, seen);
    } else {
      say("description", Diagnosis::kFinding,
          fmt::format("the profile {} it, and it is {}", *claimed ? "claims" : "denies", seen),
          fmt::format("set implements.description to {}", is_object));
    }
  }

  // ---- Verbs

  [[nodiscard]] bool is_claimed(const std::string& requirement) const {
    return options_.profile == nullptr ? contains(found_.offered, requirement)
                                       : contains(options_.profile->offered(), requirement);
  }

  asio::awaitable<void> check_verb(std::string_view verb) {
    const std::string requirement = verb_requirement(verb);
    const std::string subject = fmt::format("verb {}", verb);
    const std::string place = fmt::format("implements.verbs.{}", verb);
    const bool is_seen = contains(found_.offered, requirement);
    if (!is_claimed(requirement)) {
      if (options_.profile == nullptr) {
        say(subject, Diagnosis::kSeen, "there is no such verb");
      } else if (is_seen) {
        say(subject, Diagnosis::kFinding,
            "the profile denies it, and a call of it is not answered as that of an unknown verb",
            fmt::format("set {} to true, or to what it does under that name", place));
      } else {
        say(subject, Diagnosis::kHolds, "it is not there, as the profile says");
      }
      co_return;
    }
    TestCase test_case = verb_check(verb, revision_);
    for (const std::string& needed : test_case.requirements) {
      if (is_claimed(needed)) continue;
      say(subject, Diagnosis::kSkipped, "to try it takes " + needed + ", which is not there");
      co_return;
    }
    if (options_.profile != nullptr) test_case = apply_profile(test_case, *options_.profile);
    const Outcome outcome = co_await run_case(test_case, access(), next_unique());
    say_verb(verb, subject, place, outcome);
  }

  void say_verb(std::string_view verb, const std::string& subject, const std::string& place,
                const Outcome& outcome) {
    const bool has_profile = options_.profile != nullptr;
    const std::string there =
        has_profile ? options_.profile->verbs.find(verb)->second.verb : std::string(verb);
    if (outcome.verdict.kind() == VerdictKind::kPass ||
        outcome.verdict.kind() == VerdictKind::kNone) {
      say(subject, has_profile ? Diagnosis::kHolds : Diagnosis::kSeen, there + " works");
    } else {
      const std::string why = outcome.verdict.reason();
      say(subject, has_profile ? Diagnosis::kFinding : Diagnosis::kSeen,
          fmt::format("{} does not do what the test API asks for: {}", there, why),
          has_profile ? fmt::format("set {} to false, or correct its verb, args and reply", place)
                      : "");
    }
  }

  std::string next_unique() { return fmt::format("doctor-{}", ++unique_count_); }

  // ---- Measures

  asio::awaitable<void> check_noise() {
    const auto tester = co_await open();
    if (tester == nullptr) {
      say("noise", Diagnosis::kSkipped, "no further connection could be opened");
      co_return;
    }
    const Deadline end = deadline_in(options_.quiet_time);
    std::size_t count = 0;
    while (count < kMaxMessages) {
      const Received received = co_await tester->receive(end);
      if (received.kind != Received::Kind::kMessage) break;
      ++count;
    }
    const double seconds = static_cast<double>(options_.quiet_time.count()) / 1000;
    const std::string seen = fmt::format("{} messages in {} s", count, seconds);
    const auto claimed =
        options_.profile == nullptr ? std::nullopt : options_.profile->messages_per_second;
    if (!claimed) {
      say("noise", Diagnosis::kSeen, seen);
    } else if (static_cast<double>(count) <= *claimed * seconds + kNoiseTolerance) {
      say("noise", Diagnosis::kHolds, seen);
    } else {
      say("noise", Diagnosis::kFinding,
          fmt::format("{}, where the profile says {} a second", seen, *claimed),
          fmt::format("set noise.messages_per_second to {:.0f}",
                      static_cast<double>(count) / seconds));
    }
  }

  asio::awaitable<void> check_round_trip() {
    const auto tester = co_await open();
    std::vector<double> times;  // milliseconds
    for (std::uint32_t id = 1; tester != nullptr && id <= kRoundTrips; ++id) {
      const auto start = std::chrono::steady_clock::now();
      const bool came =
          co_await ask(*tester, call_bytes(id, kNoSuchVerb, revision_), [id](const AnyMessage& m) {
            const auto* const reply = std::get_if<Reply>(&m);
            return reply != nullptr && reply->call_id == id;
          });
      if (!came) break;
      times.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
              .count());
    }
    if (times.size() < kRoundTrips) {
      say("round trip", Diagnosis::kFinding,
          fmt::format("of {} calls of an unknown verb, {} were answered", kRoundTrips,
                      times.size()),
          "each call has to be answered; without that no case can pass");
      co_return;
    }
    std::ranges::sort(times);
    const double limit = static_cast<double>(options_.timeout.count());
    const std::string seen = fmt::format("{:.2f} ms, at most {:.2f} ms, of {} calls",
                                         times[times.size() / 2], times.back(), kRoundTrips);
    const bool is_near = times.back() * 2 > limit;
    say("round trip", is_near ? Diagnosis::kFinding : Diagnosis::kSeen, seen,
        is_near ? fmt::format("set time_limits.answer_seconds to more than {:.1f}",
                              4 * times.back() / 1000)
                : "");
  }

  const DoctorOptions& options_;
  LiveClock clock_;
  ProbeResult found_;
  Revision revision_ = kReferenceRevision;
  std::optional<CaseRecorder> recorder_;  // of the last connection that was opened
  std::size_t unique_count_ = 0;
  DoctorReport report_;
};

}  // namespace

bool DoctorReport::has_findings() const {
  return std::ranges::any_of(
      lines, [](const DoctorLine& line) { return line.diagnosis == Diagnosis::kFinding; });
}

asio::awaitable<DoctorReport> examine(DoctorOptions options) {
  Doctor doctor(options);
  co_await doctor.run();
  co_return std::move(doctor).take();
}

}  // namespace wsapi
