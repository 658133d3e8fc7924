// SPDX-License-Identifier: Apache-2.0

#include "harness/run/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "codec/decode.h"
#include "harness/run/diagnosis.h"
#include "harness/run/probe_verbs.h"
#include "harness/suite/message_words.h"
#include "harness/suite/requirements.h"
#include "harness/tester/known_good_requests.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {
namespace {

constexpr std::uint32_t kDescriptionId = 0x0102;
constexpr std::uint32_t kCallId = 0x0304;
constexpr std::chrono::milliseconds kAnswerWait{1500};
constexpr std::chrono::milliseconds kLegacyWait{800};
constexpr std::size_t kMaxMessages = 10'000;  // that are passed over for one answer

std::string in_words(Revision revision) { return "revision " + std::string{name(revision)}; }

class Probe {
 public:
  explicit Probe(const ProbeOptions& options) : options_(options) {}

  asio::awaitable<ProbeResult> run() {
    result_.test_api_note = "it does not answer";
    const bool is_legacy_first = options_.revision == Revision::kLegacy;
    if (is_legacy_first) co_await ask_legacy();
    if (is_reachable() && !has_legacy_reply_) co_await ask_version_1();
    if (is_reachable() && !is_legacy_first && !has_version_) co_await ask_legacy();
    if (is_reachable()) co_await judge_revision();
    if (is_reachable() && !result_.hopeless) co_await probe_verbs(options_, result_);
    co_return std::move(result_);
  }

 private:
  [[nodiscard]] bool is_reachable() const { return result_.unreachable.empty(); }

  asio::awaitable<bool> open() {
    WireResult opened = co_await options_.open_wire(options_.clock->after(options_.timeout));
    if (opened.wire == nullptr) {
      result_.unreachable = opened.message;
      co_return false;
    }
    tester_.reset();
    recorder_.emplace(*options_.clock);
    tester_ = std::make_unique<LowerTester>("probe", std::move(opened.wire), *recorder_);
    co_return true;
  }

  // The next message that a server may send; empty where none comes any more.
  asio::awaitable<std::vector<std::byte>> next_message(Deadline end) {
    while (true) {
      Received received = co_await tester_->receive(end);
      if (received.kind == Received::Kind::kPong) continue;
      if (received.kind != Received::Kind::kMessage) co_return std::vector<std::byte>{};
      if (!received.payload.empty()) co_return std::move(received.payload);
    }
  }

  // The revisions in which the payload is a DESCRIPTION with our id and nothing after it.
  static std::optional<Revision> revision_of(std::span<const std::byte> payload) {
    for (const Revision revision : {Revision::k2020_03, Revision::k2020_01}) {
      const auto description = decode(payload, revision, Direction::kToClient);
      if (!description || description->size != payload.size()) continue;
      const auto* const message = std::get_if<Description>(&description->message);
      if (message != nullptr && message->description_id.value == kDescriptionId) return revision;
    }
    return std::nullopt;
  }

  static bool can_be_decoded(std::span<const std::byte> payload) {
    return std::ranges::any_of(kRevisions, [&](Revision revision) {
      return decode(payload, revision, Direction::kToClient).ok();
    });
  }

  // Offer and DESCRIBE at once: a client need not wait (protocol section 4).
  asio::awaitable<void> ask_version_1() {
    const bool is_open = co_await open();
    if (!is_open) co_return;
    const Deadline end = options_.clock->after(std::min(options_.timeout, kAnswerWait));
    (void)co_await tester_->send_message(offer_bytes(), end);
    (void)co_await tester_->send_message(describe_bytes(kDescriptionId, kReferenceRevision), end);
    for (std::size_t i = 0; i < kMaxMessages && !described_; ++i) {
      const std::vector<std::byte> payload = co_await next_message(end);
      if (payload.empty()) co_return;
      const auto version = decode_as<VersionSet>(payload, kReferenceRevision);
      has_version_ = has_version_ || (version && version->version == kVersion1);
      described_ = revision_of(payload);
      if (described_) has_version_ = true;  // whatever came of the offer: it knows DESCRIBE
      const bool is_description = has_operation_of<Description>(payload, kReferenceRevision);
      if (!described_ && is_description && !can_be_decoded(payload)) {
        contradict(words_of(payload, kReferenceRevision, Direction::kToClient) +
                       " came in answer to DESCRIBE",
                   "no revision has a DESCRIPTION of this form");
        co_return;
      }
      // A VERSION SET without a version is one that is wrong: the revision has it.
      const bool is_version_set = has_operation_of<VersionSet>(payload, kReferenceRevision);
      if (!is_version_set && !can_be_decoded(payload)) co_return;
    }
  }

  // A call, too: a server of the legacy revision that answers no DESCRIBE answers that.
  asio::awaitable<void> ask_legacy() {
    const bool is_open = co_await open();
    if (!is_open) co_return;
    const Deadline end = options_.clock->after(std::min(options_.timeout, kLegacyWait));
    (void)co_await tester_->send_message(describe_bytes(kDescriptionId, Revision::kLegacy), end);
    (void)co_await tester_->send_message(call_bytes(kCallId, kNoSuchVerb, Revision::kLegacy), end);
    for (std::size_t i = 0; i < kMaxMessages && !(has_legacy_reply_ && has_legacy_description_);
         ++i) {
      const std::vector<std::byte> payload = co_await next_message(end);
      const bool is_description = has_operation_of<Description>(payload, Revision::kLegacy);
      if (payload.empty() || !(is_description || can_be_decoded(payload))) co_return;
      const auto description = decode_as<Description>(payload, Revision::kLegacy);
      const auto reply = decode_as<Reply>(payload, Revision::kLegacy);
      has_legacy_description_ =
          has_legacy_description_ || (description && description->description_id == kDescriptionId);
      has_legacy_reply_ = has_legacy_reply_ || (reply && reply->call_id == kCallId);
      if (is_description && !description) {
        contradict(words_of(payload, Revision::kLegacy, Direction::kToClient) +
                       " came in answer to DESCRIBE",
                   "it answers calls as revision legacy does");
      }
    }
  }

  void contradict(std::string seen, std::string rest) {
    result_.contradictions.push_back({ReasonCode::kRevisionContradiction,
                                      {{"seen", std::move(seen)}, {"rest", std::move(rest)}}});
  }

  void other_revision(std::string spoken, std::string what) {
    result_.hopeless = Reason{ReasonCode::kIutOtherRevision,
                              {{"spoken", std::move(spoken)},
                               {"told", std::string{name(result_.revision)}},
                               {"what", std::move(what)}}};
  }

  // A server of revision 2020-01 answers a DESCRIBE of the legacy revision as a legacy server does:
  // that alone tells nothing.
  [[nodiscard]] bool is_legacy() const {
    return has_legacy_reply_ || (has_legacy_description_ && !has_version_);
  }

  asio::awaitable<void> judge_revision() {
    if (options_.revision) {
      result_.revision = *options_.revision;
      result_.revision_note = "as told";
    } else if (is_legacy()) {
      result_.revision = Revision::kLegacy;
      result_.revision_note = has_legacy_description_ ? "by its DESCRIPTION" : "by its REPLY";
    } else {
      result_.revision = described_.value_or(kReferenceRevision);
      result_.revision_note =
          described_ ? "by its DESCRIPTION" : "by its VERSION SET; no DESCRIPTION tells more";
    }
    const bool is_told_legacy = result_.revision == Revision::kLegacy;
    if (!has_version_ && !is_legacy()) {
      result_.hopeless = co_await diagnose(options_.open_wire, options_.clock);
    } else if (is_told_legacy && !is_legacy()) {
      other_revision("version 1", "it answers VERSION OFFER, and no message of revision legacy");
    } else if (!is_told_legacy && !has_version_) {
      other_revision("legacy", "it answers messages of that revision, and no VERSION OFFER");
    } else if (described_ && !is_told_legacy && *described_ != result_.revision) {
      contradict("its DESCRIPTION is one of " + in_words(*described_),
                 "the run was told " + in_words(result_.revision));
    }
  }

  const ProbeOptions& options_;
  ProbeResult result_;
  std::optional<CaseRecorder> recorder_;  // outlives the tester
  std::unique_ptr<LowerTester> tester_;
  bool has_version_ = false;  // it has answered as version 1
  bool has_legacy_reply_ = false;
  bool has_legacy_description_ = false;
  std::optional<Revision> described_;  // the revision of its DESCRIPTION, of version 1
};

}  // namespace

bool ProbeResult::has_test_api() const { return offered.size() == kTestApiVerbs.size(); }

asio::awaitable<ProbeResult> probe(ProbeOptions options) {
  Probe the_probe(options);
  co_return co_await the_probe.run();
}

}  // namespace wsapi
