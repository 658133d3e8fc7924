// SPDX-License-Identifier: Apache-2.0

#include "harness/run/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "codec/decode.h"
#include "harness/suite/requirements.h"
#include "harness/tester/known_good_requests.h"
#include "harness/tester/lower_tester.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::uint32_t kDescriptionId = 0x0102;
constexpr std::chrono::milliseconds kLegacyWait{1000};
constexpr std::size_t kMaxMessages = 10'000;  // that are passed over for one answer

std::vector<std::string> all_verbs() {
  std::vector<std::string> out;
  for (const std::string_view verb : kTestApiVerbs) out.push_back(verb_requirement(verb));
  return out;
}

class Probe {
 public:
  explicit Probe(const ProbeOptions& options) : options_(options) {}

  asio::awaitable<void> run() {
    const bool opened = co_await open();
    if (!opened) co_return;
    if (options_.revision) {
      result_.revision = *options_.revision;
      result_.revision_note = "as told";
    } else {
      co_await find_revision();
    }
    if (options_.test_api == TestApiMode::kAuto) {
      co_await find_test_api();
    } else {
      if (options_.test_api == TestApiMode::kFull) result_.offered = all_verbs();
      result_.test_api_note = "as told";
    }
  }

  ProbeResult take() && { return std::move(result_); }

 private:
  [[nodiscard]] Deadline deadline() const { return options_.clock->after(options_.timeout); }

  asio::awaitable<bool> open() {
    WireResult opened = co_await options_.open_wire(deadline());
    if (opened.wire == nullptr) {
      result_.unreachable = opened.message;
      co_return false;
    }
    recorder_.emplace(*options_.clock);
    tester_ = std::make_unique<LowerTester>("probe", std::move(opened.wire), *recorder_);
    co_return true;
  }

  // The revisions in which the payload is a DESCRIPTION with our id and nothing behind it.
  static std::optional<Revision> revision_of(std::span<const std::byte> payload) {
    for (const Revision revision : {Revision::k2020_03, Revision::k2020_01}) {
      const auto description = decode(payload, revision, Direction::kToClient);
      if (!description || description->size != payload.size()) continue;
      const auto* const message = std::get_if<Description>(&description->message);
      if (message != nullptr && message->description_id.value == kDescriptionId) return revision;
    }
    return std::nullopt;
  }

  // Whether it is a message at all, and not of the kind that only clients send.
  static bool is_of_a_server(const Received& received) {
    if (received.kind != Received::Kind::kMessage) return false;
    return std::ranges::any_of(kRevisions, [&](Revision revision) {
      return decode(received.payload, revision, Direction::kToClient).ok();
    });
  }

  asio::awaitable<void> find_revision() {
    const Deadline end = deadline();
    (void)co_await tester_->send_message(offer_bytes(), end);
    (void)co_await tester_->send_message(describe_bytes(kDescriptionId, kReferenceRevision), end);
    for (std::size_t i = 0; i < kMaxMessages; ++i) {
      const Received received = co_await tester_->receive(end);
      if (!is_of_a_server(received)) break;
      answers_ = true;
      if (const auto revision = revision_of(received.payload)) {
        result_.revision = *revision;
        result_.revision_note = "by its DESCRIPTION";
        co_return;
      }
    }
    co_await try_legacy();
  }

  asio::awaitable<void> try_legacy() {
    result_.revision_note = "not found out, as no DESCRIPTION came: the reference revision";
    const bool opened = co_await open();
    if (!opened) co_return;
    const Deadline end = options_.clock->after(std::min(options_.timeout, kLegacyWait));
    (void)co_await tester_->send_message(describe_bytes(kDescriptionId, Revision::kLegacy), end);
    for (std::size_t i = 0; i < kMaxMessages; ++i) {
      const Received received = co_await tester_->receive(end);
      if (!is_of_a_server(received)) co_return;
      answers_ = true;
      const auto answer = decode_as<Description>(received.payload, Revision::kLegacy);
      if (!answer || answer->description_id != kDescriptionId) continue;
      result_.revision = Revision::kLegacy;
      result_.revision_note = "by its DESCRIPTION";
      co_return;
    }
  }

  struct Answer {
    std::uint32_t id;
    std::optional<std::string> error;
  };

  std::optional<Answer> answer_of(std::span<const std::byte> payload) const {
    const auto decoded = decode(payload, result_.revision, Direction::kToClient);
    if (!decoded) return std::nullopt;
    const auto* const reply = std::get_if<Reply>(&decoded->message);
    if (reply == nullptr) return std::nullopt;
    Answer answer{reply->call_id, std::nullopt};
    if (reply->error) answer.error = std::string{*reply->error};
    return answer;
  }

  // A verb is absent if a call of it ends in the same error as that of a verb that cannot exist.
  // All verbs are called with args null, which has no effect in any of them. The verb that never
  // replies is there if it has not replied when all others, and a later call, have.
  asio::awaitable<void> find_test_api() {
    result_.test_api_note = "it does not answer";
    if (!answers_ && !options_.revision) co_return;
    const bool opened = co_await open();
    if (!opened) co_return;
    const Deadline end = deadline();
    if (has_version_negotiation(result_.revision)) {
      (void)co_await tester_->send_message(offer_bytes(), end);
    }
    std::uint32_t id = 0;
    std::set<std::uint32_t> awaited;
    for (const std::string_view verb : kTestApiVerbs) {
      (void)co_await tester_->send_message(call_bytes(++id, verb, result_.revision), end);
      if (verb != kMuteVerb) awaited.insert(id);
    }
    const std::uint32_t no_such = ++id;
    (void)co_await tester_->send_message(call_bytes(no_such, kNoSuchVerb, result_.revision), end);
    awaited.insert(no_such);
    Answers answers;
    bool is_answered = co_await collect(awaited, answers, end);
    if (!is_answered) co_return;
    // What has not been answered by now was left unanswered on purpose.
    (void)co_await tester_->send_message(call_bytes(++id, kNoSuchVerb, result_.revision), end);
    awaited.insert(id);
    is_answered = co_await collect(awaited, answers, end);
    if (is_answered) judge_test_api(answers, no_such);
  }

  using Answers = std::map<std::uint32_t, Answer>;

  // Whether all that are awaited have come; they are taken out. `answers` gets others, too.
  asio::awaitable<bool> collect(std::set<std::uint32_t>& awaited, Answers& answers, Deadline end) {
    for (std::size_t i = 0; i < kMaxMessages && !awaited.empty(); ++i) {
      const Received received = co_await tester_->receive(end);
      if (!is_of_a_server(received)) co_return false;
      const auto answer = answer_of(received.payload);
      if (!answer) continue;
      answers.emplace(answer->id, *answer);
      awaited.erase(answer->id);
    }
    co_return awaited.empty();
  }

  void judge_test_api(const Answers& answers, std::uint32_t no_such) {
    const auto& unknown = answers.at(no_such);
    for (std::uint32_t i = 0; i < kTestApiVerbs.size(); ++i) {
      const auto answer = answers.find(i + 1);
      if (answer != answers.end() && answer->second.error == unknown.error) continue;
      result_.offered.push_back(verb_requirement(kTestApiVerbs[i]));
    }
    result_.test_api_note =
        fmt::format("it knows {} of the {} verbs", result_.offered.size(), kTestApiVerbs.size());
  }

  const ProbeOptions& options_;
  ProbeResult result_;
  std::optional<CaseRecorder> recorder_;  // outlives the tester
  std::unique_ptr<LowerTester> tester_;
  bool answers_ = false;  // something came that a server may send
};

}  // namespace

bool ProbeResult::has_test_api() const { return offered.size() == kTestApiVerbs.size(); }

asio::awaitable<ProbeResult> probe(ProbeOptions options) {
  Probe the_probe(options);
  co_await the_probe.run();
  co_return std::move(the_probe).take();
}

}  // namespace wsapi
