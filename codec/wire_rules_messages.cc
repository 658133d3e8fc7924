// SPDX-License-Identifier: Apache-2.0

// Messages: negotiation, calls, descriptions, sessions and tokens. Events are in
// wire_rules_events.cc.

#include <algorithm>

#include "codec/read_buf.h"
#include "codec/wire_rules_state.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxPending = 4095;  // section 4, Calls

// The one that differs in the width of DESCRIPTION's id alone.
std::optional<Revision> twin_of(Revision revision) {
  switch (revision) {
    case Revision::kLegacy: return std::nullopt;
    case Revision::k2020_01: return Revision::k2020_03;
    case Revision::k2020_03: return Revision::k2020_01;
  }
  return std::nullopt;
}

WireDetail number(std::string_view name, std::uint64_t value) {
  return {.name = name, .number = value};
}

WireDetail text(std::string_view name, std::string_view value) {
  return {.name = name, .number = 0, .text = value};
}

}  // namespace

// An empty message is dropped (section 1); whatever a server sends after an offer that it refuses
// is of its own making (section 4).
void WireRules::State::on_message(Bytes message) {
  if (message.empty() || is_other_version_) return;
  const bool is_offer = message.front() == std::byte{'V'};
  const bool negotiates = has_version_negotiation(options_.revision);
  const bool is_to_server = direction_ == Direction::kToServer;
  if (is_to_server) ++client_sequence_;
  if (negotiates && is_to_server && !is_offer && offer_count_ == 0 && !is_offer_missing_) {
    is_offer_missing_ = true;
    report(WireRule::kOfferMissing);
  }
  const auto decoded = decode(message, options_.revision, direction_);
  const bool is_own_making = !is_to_server && is_offer_refused_ && version_set_count_ == 0;
  if (!decoded) {
    if (!is_own_making) on_undecodable(message, decoded.error());
    return;
  }
  const WireFacts facts = facts_of(decoded->message, options_.revision);
  title_ = facts.title;
  if (is_own_making && title_ != "VERSION SET") return;
  // Those after the list of an offer are ignored (section 4).
  if (decoded->size < message.size() && title_ != "VERSION OFFER") {
    report(WireRule::kBytesAfterMessage, {{number("size", message.size() - decoded->size)}});
  }
  check_texts(facts);
  on_facts(facts, message);
}

void WireRules::State::check_texts(const WireFacts& facts) {
  if (!facts.not_utf8.empty()) report(WireRule::kTextNotUtf8, {{text("field", facts.not_utf8)}});
  if (!facts.with_nul.empty()) report(WireRule::kTextWithNul, {{text("field", facts.with_nul)}});
}

void WireRules::State::on_undecodable(Bytes message, const Error& error) {
  const char operation = std::to_integer<char>(message.front());
  const bool is_misdirected = error.code == ErrorCode::kWrongDirection;
  const MessageInfo* const info = find_operation(
      operation, options_.revision, is_misdirected ? opposite(direction_) : direction_);
  if (info != nullptr) title_ = info->title;
  if (is_misdirected) return report(WireRule::kWrongDirection);
  if (error.code == ErrorCode::kUnknownOperation) {
    const auto byte = std::to_integer<std::uint8_t>(message.front());
    return report(WireRule::kUnknownOperation, {{number("operation", byte)}});
  }
  if (title_ == "DESCRIPTION") {
    if (const auto id = id_of_other_width(message)) {
      report(WireRule::kDescriptionIdWidth, {{number("description_id", *id)}});
      (void)answer(descriptions_, *id);
      return;
    }
    const auto id = leading_id<DescriptionId>(message, options_.revision);
    if (id) (void)answer(descriptions_, *id);  // which completes with none
  } else if (title_ == "REPLY") {
    const auto id = leading_id<Id>(message, options_.revision);
    if (id) (void)answer(calls_, *id);  // which completes with proto-error
  } else if (title_ == "CALL") {
    const auto id = leading_id<Id>(message, options_.revision);
    if (id) (void)malformed_calls_.insert(*id);
  } else if (title_ == "VERSION OFFER") {
    ++offer_count_;
    is_offer_bad_ = is_offer_refused_ = true;
  } else if (title_ == "VERSION SET") {
    ++version_set_count_;
  }
  report(WireRule::kUndecodable, {{text("error", wsapi::name(error.code)),
                                   text("field", error.field), number("at", error.offset)}});
}

void WireRules::State::on_facts(const WireFacts& facts, Bytes message) {
  const std::string_view title = facts.title;
  if (title == "CALL") {
    on_request(calls_, facts.call_id, &facts);
  } else if (title == "REPLY") {
    on_reply(facts);
  } else if (title == "EVENT PUSH") {
    on_push(facts.event_id);
  } else if (title == "EVENT CREATE") {
    on_event_create(facts.event_id);
  } else if (title == "EVENT REMOVE") {
    on_event_remove(facts.event_id);
  } else if (title == "EVENT SUBSCRIBE" || title == "EVENT UNSUBSCRIBE") {
    on_subscription(facts, title == "EVENT SUBSCRIBE");
  } else if (title == "EVENT BROADCAST") {
    on_broadcast(facts.hop, facts.uuid);
  } else if (title == "EVENT UNEXPECTED") {
    on_unexpected(facts.event_id);
  } else if (title == "DESCRIBE") {
    on_request(descriptions_, facts.description_id, nullptr);
  } else if (title == "DESCRIPTION") {
    on_description(facts.description_id, message);
  } else if (title == "SESSION CREATE") {
    on_create(sessions_, facts.session_id, "session_id", WireRule::kSessionIdZero,
              WireRule::kSessionBoundTwice);
  } else if (title == "TOKEN CREATE") {
    on_create(tokens_, facts.token_id, "token_id", WireRule::kTokenIdZero,
              WireRule::kTokenBoundTwice);
  } else if (title == "SESSION REMOVE") {
    if (bool* const bound = sessions_.find(facts.session_id)) *bound = false;
  } else if (title == "TOKEN REMOVE") {
    if (bool* const bound = tokens_.find(facts.token_id)) *bound = false;
  } else if (title == "VERSION OFFER") {
    on_offer(facts);
  } else if (title == "VERSION SET") {
    on_version_set(facts.version);
  }
}

// ---- Version negotiation

void WireRules::State::on_offer(const WireFacts& facts) {
  if (++offer_count_ > 1) report(WireRule::kOfferTwice);
  if (offer_count_ == 1) offer_sequence_ = client_sequence_;
  const bool is_foreign = facts.identifier != kVersionOfferIdentifier;
  is_offer_bad_ = is_foreign || facts.versions.empty();
  is_offer_refused_ = is_offer_bad_ || std::ranges::find(facts.versions, std::byte{kVersion1}) ==
                                           facts.versions.end();
  if (is_offer_bad_) {
    report(WireRule::kOfferInvalid,
           {{is_foreign ? number("identifier", facts.identifier) : number("count", 0)}});
    return;
  }
  for (const std::byte version : facts.versions)
    offered_.set(std::to_integer<std::size_t>(version));
}

void WireRules::State::on_version_set(std::uint8_t version) {
  const Details details{{number("version", version)}};
  ++version_set_count_;
  if (offer_count_ == 0) return report(WireRule::kVersionSetWithoutOffer, details);
  if (version_set_count_ > offer_count_) return report(WireRule::kVersionSetTwice, details);
  if (is_offer_bad_) return report(WireRule::kVersionSetToBadOffer, details);
  if (!offered_.test(version)) return report(WireRule::kVersionSetNotOffered, details);
  is_other_version_ = version != kVersion1;
}

// What was asked after a good offer is answered after it.
void WireRules::State::check_version_is_set(const Request& request) {
  const bool is_negotiated = !has_version_negotiation(options_.revision) ||
                             version_set_count_ > 0 || offer_count_ == 0 || is_offer_refused_;
  if (is_negotiated || is_answered_too_soon_ || request.sequence < offer_sequence_) return;
  is_answered_too_soon_ = true;
  report(WireRule::kAnswerBeforeVersionSet);
}

// ---- Requests and their answers

void WireRules::State::on_request(Requests& requests, std::uint32_t id, const WireFacts* call) {
  const Details details{{number(call != nullptr ? "call_id" : "description_id", id)}};
  if (id == 0) report(WireRule::kRequestIdZero, details);
  if (calls_.pending.contains(id) || descriptions_.pending.contains(id)) {
    report(WireRule::kRequestIdPending, details);
  }
  if (pending_count == kMaxPending) report(WireRule::kTooManyPending, details);
  Request checked{.count = 0, .sequence = client_sequence_};
  if (call != nullptr) {
    check_bindings(*call, checked);
    malformed_calls_.erase(id);
  }
  requests.answered.erase(id);
  Request* const request = requests.pending.insert(id);
  if (request == nullptr) return;
  ++pending_count;
  // Of two with the same id, the first answer may be to either.
  const std::uint32_t count = request->count + 1;
  if (count == 1) *request = checked;
  request->has_unknown_session = request->has_unknown_session && checked.has_unknown_session;
  request->count = count;
}

// Id 0 is "no session" and "no token".
void WireRules::State::check_bindings(const WireFacts& call, Request& request) {
  if (call.session_id != 0) {
    const bool* const bound = sessions_.find(call.session_id);
    request.has_unknown_session = bound == nullptr && sessions_.is_complete();
    if (request.has_unknown_session || (bound != nullptr && !*bound)) {
      report(WireRule::kSessionUnknown,
             {{number("call_id", call.call_id), number("session_id", call.session_id)}});
    }
  }
  if (call.token_id != 0) {
    const bool* const bound = tokens_.find(call.token_id);
    if (bound != nullptr ? !*bound : tokens_.is_complete()) {
      report(WireRule::kTokenUnknown,
             {{number("call_id", call.call_id), number("token_id", call.token_id)}});
    }
  }
}

std::optional<WireRules::State::Request> WireRules::State::answer(Requests& requests,
                                                                  std::uint32_t id) {
  Request* const pending = requests.pending.find(id);
  if (pending == nullptr) return std::nullopt;
  const Request request = *pending;
  --pending_count;
  if (--pending->count == 0) requests.pending.erase(id);
  if (bool* const answered = requests.answered.insert(id)) *answered = true;
  server_has_read_ = std::max(server_has_read_, request.sequence);
  check_version_is_set(request);
  return request;
}

void WireRules::State::on_reply(const WireFacts& facts) {
  const Details details{{number("call_id", facts.call_id)}};
  if (const auto request = answer(calls_, facts.call_id)) {
    if (request->has_unknown_session && !facts.is_error) {
      report(WireRule::kUnknownSessionServed, details);
    }
    return;
  }
  if (!calls_.pending.is_complete()) return;
  if (calls_.answered.contains(facts.call_id)) return report(WireRule::kReplyTwice, details);
  if (malformed_calls_.contains(facts.call_id)) {
    malformed_calls_.erase(facts.call_id);
    return report(WireRule::kReplyToMalformedCall, details);
  }
  report(WireRule::kReplyNotPending, details);
}

void WireRules::State::on_description(std::uint32_t id, Bytes message) {
  if (answer(descriptions_, id)) return;
  if (const auto other = id_of_other_width(message)) {
    report(WireRule::kDescriptionIdWidth, {{number("description_id", *other)}});
    (void)answer(descriptions_, *other);
    return;
  }
  if (!descriptions_.pending.is_complete()) return;
  const bool is_second = descriptions_.answered.contains(id);
  report(is_second ? WireRule::kDescriptionTwice : WireRule::kDescriptionNotPending,
         {{number("description_id", id)}});
}

// The pending id that the message answers to the last octet if it is read in the other revision.
std::optional<std::uint32_t> WireRules::State::id_of_other_width(Bytes message) {
  const auto twin = twin_of(options_.revision);
  if (!twin) return std::nullopt;
  const auto decoded = decode(message, *twin, direction_);
  if (!decoded || decoded->size != message.size()) return std::nullopt;
  const std::uint32_t id = facts_of(decoded->message, *twin).description_id;
  if (!descriptions_.pending.contains(id)) return std::nullopt;
  return id;
}

// ---- Sessions and tokens

void WireRules::State::on_create(Bindings& bindings, std::uint32_t id, std::string_view detail,
                                 WireRule zero, WireRule twice) {
  if (id == 0) return report(zero);
  bool* const bound = bindings.insert(id);
  if (bound == nullptr) return;
  if (*bound) report(twice, {{number(detail, id)}});
  *bound = true;
}

}  // namespace wsapi
