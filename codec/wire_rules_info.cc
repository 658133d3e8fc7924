// SPDX-License-Identifier: Apache-2.0

// What each rule is called and asks for, and how a violation reads.

#include "codec/wire_rules.h"

namespace wsapi {
namespace {

using Rule = WireRule;
constexpr auto kMust = WireRuleLevel::kMust;
constexpr auto kShould = WireRuleLevel::kShould;

// In the order of WireRule.
constexpr std::array<WireRuleInfo, kWireRuleCount> kInfos{{
    {Rule::kFrameViolation, "frame-violation", kMust, "frames-violation",
     "the octets are frames of RFC 6455 that hold binary messages within the limit"},
    {Rule::kCloseCode, "close-code", kShould, "control-close-codes",
     "a CLOSE carries no code, or one that may be on the wire"},
    {Rule::kLengthNotMinimal, "length-not-minimal", kShould, "frames-length",
     "the length of a frame takes no more octets than it needs"},
    {Rule::kStreamEndsInFrame, "stream-ends-in-frame", kShould, "frames-pieces",
     "a stream ends between messages"},
    {Rule::kDataAfterClose, "data-after-close", kMust, "control-close",
     "nothing follows a CLOSE in its direction"},
    {Rule::kCloseNotAnswered, "close-not-answered", kShould, "control-close",
     "a CLOSE is answered by a CLOSE before the stream ends"},
    {Rule::kPingNotAnswered, "ping-not-answered", kMust, "control-ping",
     "a PING is answered by a PONG"},
    {Rule::kPongPayload, "pong-payload", kShould, "control-ping",
     "a PONG echoes the payload of the PING"},
    {Rule::kUnknownOperation, "unknown-operation", kMust, "messages",
     "the first byte of a message is an operation of the revision"},
    {Rule::kWrongDirection, "wrong-direction", kMust, "messages",
     "a message is sent in its own direction only"},
    {Rule::kUndecodable, "undecodable", kMust, "messages", "a message has all of its fields"},
    {Rule::kBytesAfterMessage, "bytes-after-message", kShould, "classes-trailing-bytes",
     "a message ends with its last field"},
    {Rule::kTextNotUtf8, "text-not-utf-8", kShould, "primitives-utf-8", "text is UTF-8"},
    {Rule::kTextWithNul, "text-with-nul", kShould, "classes-embedded-nul",
     "the only NUL of a text is the one that ends it"},
    {Rule::kOfferMissing, "offer-missing", kMust, "negotiation-offer-first",
     "VERSION OFFER is the first message on a connection"},
    {Rule::kOfferTwice, "offer-twice", kShould, "classes-offer-order",
     "a client offers once on a connection"},
    {Rule::kOfferInvalid, "offer-invalid", kMust, "negotiation-refusal",
     "an offer has the identifier of WSAPI and one version at least"},
    {Rule::kVersionSetWithoutOffer, "version-set-without-offer", kMust, "negotiation-offer-first",
     "VERSION SET answers an offer"},
    {Rule::kVersionSetTwice, "version-set-twice", kMust, "negotiation-highest",
     "an offer is answered by one VERSION SET"},
    {Rule::kVersionSetNotOffered, "version-set-not-offered", kMust, "negotiation-highest",
     "VERSION SET names a version that was offered"},
    {Rule::kVersionSetToBadOffer, "version-set-to-bad-offer", kMust, "negotiation-refusal",
     "the server hangs up on a bad offer"},
    {Rule::kAnswerBeforeVersionSet, "answer-before-version-set", kMust, "negotiation-highest",
     "the offer is answered before what comes after it"},
    {Rule::kRequestIdZero, "request-id-zero", kMust, "calls-ids", "the id of a request is not 0"},
    {Rule::kRequestIdPending, "request-id-pending", kMust, "calls-ids",
     "the id of a request is unique among those that are pending"},
    {Rule::kTooManyPending, "too-many-pending", kMust, "calls-pending-limit",
     "at most 4095 requests are pending"},
    {Rule::kReplyNotPending, "reply-not-pending", kMust, "calls-one-reply",
     "a REPLY answers a pending CALL of its id"},
    {Rule::kReplyTwice, "reply-twice", kMust, "calls-one-reply", "a CALL gets one REPLY"},
    {Rule::kReplyToMalformedCall, "reply-to-malformed-call", kMust, "calls-malformed",
     "a malformed CALL gets no REPLY"},
    {Rule::kDescriptionNotPending, "description-not-pending", kMust, "descriptions-one-answer",
     "a DESCRIPTION answers a pending DESCRIBE of its id"},
    {Rule::kDescriptionTwice, "description-twice", kMust, "descriptions-one-answer",
     "a DESCRIBE gets one DESCRIPTION"},
    {Rule::kDescriptionIdWidth, "description-id-width", kMust, "revisions",
     "the id in DESCRIPTION has the width of the revision"},
    {Rule::kSessionUnknown, "session-unknown", kMust, "sessions-before-use",
     "SESSION CREATE precedes the first CALL that uses the id"},
    {Rule::kTokenUnknown, "token-unknown", kMust, "sessions-before-use",
     "TOKEN CREATE precedes the first CALL that uses the id"},
    {Rule::kSessionIdZero, "session-id-zero", kMust, "calls-session-unknown",
     "session id 0 is no session, and is not bound"},
    {Rule::kTokenIdZero, "token-id-zero", kMust, "calls-token-unknown",
     "token id 0 is no token, and is not bound"},
    {Rule::kSessionBoundTwice, "session-bound-twice", kShould, "sessions-create",
     "a session id that is bound is not bound again"},
    {Rule::kTokenBoundTwice, "token-bound-twice", kShould, "sessions-create",
     "a token id that is bound is not bound again"},
    {Rule::kUnknownSessionServed, "unknown-session-served", kMust, "calls-session-unknown",
     "a CALL that names a session id never created gets an error"},
    {Rule::kEventNotCreated, "event-not-created", kMust, "events-create",
     "EVENT CREATE comes before the first use of an event id"},
    {Rule::kEventCreatedTwice, "event-created-twice", kMust, "events-create",
     "EVENT CREATE comes once for an id"},
    {Rule::kEventRemoveUnknown, "event-remove-unknown", kShould, "events-remove",
     "EVENT REMOVE is for an event that was created"},
    {Rule::kSubscriptionOutsideCall, "subscription-outside-call", kMust, "events-subscribe",
     "SUBSCRIBE and UNSUBSCRIBE come between their CALL and its REPLY"},
    {Rule::kPushNotSubscribed, "push-not-subscribed", kMust, "events-push",
     "PUSH is sent to subscribers only"},
    {Rule::kPushAfterUnsubscribe, "push-after-unsubscribe", kShould, "events-push",
     "PUSH ends with UNSUBSCRIBE"},
    {Rule::kPushAfterRemove, "push-after-remove", kMust, "events-remove",
     "EVENT REMOVE ends the id"},
    {Rule::kPushAfterUnexpected, "push-after-unexpected", kShould, "events-unexpected-stops",
     "the server that got EVENT UNEXPECTED stops pushing that event"},
    {Rule::kUnexpectedWithoutPush, "unexpected-without-push", kMust, "events-unexpected",
     "EVENT UNEXPECTED answers a PUSH"},
    {Rule::kBroadcastHopTooHigh, "broadcast-hop-too-high", kMust, "events-broadcast-hop",
     "the hop of a broadcast on the wire is 9 at most"},
    {Rule::kBroadcastRepeated, "broadcast-repeated", kShould, "events-broadcast-uuid",
     "a broadcast reaches a client once"},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kInfos.size(); ++i) {
    if (static_cast<std::size_t>(kInfos[i].rule) != i) return false;
  }
  return true;
}
static_assert(is_in_order());

}  // namespace

const WireRuleInfo& wire_rule_info(WireRule rule) noexcept {
  return kInfos[static_cast<std::size_t>(rule)];
}

std::string_view name(WireRuleLevel level) noexcept {
  return level == WireRuleLevel::kMust ? "must" : "should";
}

std::string to_string(const WireViolation& violation) {
  const WireRuleInfo& info = violation.info();
  std::string text{info.name};
  text.append(" (").append(name(info.level)).append(") by the ");
  text += violation.direction == Direction::kToServer ? "client" : "server";
  text += " at octet " + std::to_string(violation.offset);
  text += ", message " + std::to_string(violation.message_index) + ": ";
  if (!violation.message.empty()) text.append(violation.message).append(", ");
  for (const WireDetail& detail : violation.details) {
    if (detail.name.empty()) break;
    text.append(detail.name).append(" ");
    text += detail.text.empty() ? std::to_string(detail.number) : std::string(detail.text);
    text += ", ";
  }
  text.resize(text.size() - 2);
  if (!text.ends_with(info.purpose)) text.append(": ").append(info.purpose);
  return text;
}

}  // namespace wsapi
