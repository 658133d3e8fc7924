// SPDX-License-Identifier: Apache-2.0
#pragma once

// The passive checker of a connection: given the octets of both directions in the order in which
// they passed, it keeps the state of protocol section 4 and says which rule each side has broken.
// It blames nobody for what sections 7 and 8 let pass, nor for what only looks wrong because the
// two directions crossed on their way.
//
//   WireRules rules({.revision = Revision::k2020_03});
//   rules.feed(Direction::kToServer, from_client);
//   rules.feed(Direction::kToClient, from_server);
//   rules.finish();
//   for (const WireViolation& violation : rules.violations()) print(to_string(violation));
//
// No I/O and no clock. Any octets are safe, and nothing is thrown but std::bad_alloc. Memory is
// bounded: each table has a maximum. What is beyond is not remembered, and rules that would need it
// are left alone from then on; left_out() says so.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/frame.h"
#include "codec/revision.h"

namespace wsapi {

// In brackets the side that breaks it. wire_rule_info() says what each asks for.
enum class WireRule : std::uint8_t {
  // Frames and control frames, of either side.
  kFrameViolation,
  kCloseCode,
  kLengthNotMinimal,
  kStreamEndsInFrame,
  kDataAfterClose,
  kCloseNotAnswered,
  kPingNotAnswered,
  kPongPayload,
  // Messages, of either side.
  kUnknownOperation,
  kWrongDirection,
  kUndecodable,
  kBytesAfterMessage,
  kTextNotUtf8,
  kTextWithNul,
  // Version negotiation.
  kOfferMissing,            // (client)
  kOfferTwice,              // (client)
  kOfferInvalid,            // (client)
  kVersionSetWithoutOffer,  // (server)
  kVersionSetTwice,         // (server)
  kVersionSetNotOffered,    // (server)
  kVersionSetToBadOffer,    // (server)
  kAnswerBeforeVersionSet,  // (server)
  // Calls and descriptions.
  kRequestIdZero,          // (client)
  kRequestIdPending,       // (client)
  kTooManyPending,         // (client)
  kReplyNotPending,        // (server)
  kReplyTwice,             // (server)
  kReplyToMalformedCall,   // (server)
  kDescriptionNotPending,  // (server)
  kDescriptionTwice,       // (server)
  kDescriptionIdWidth,     // (server)
  // Sessions and tokens.
  kSessionUnknown,        // (client)
  kTokenUnknown,          // (client)
  kSessionIdZero,         // (client)
  kTokenIdZero,           // (client)
  kSessionBoundTwice,     // (client)
  kTokenBoundTwice,       // (client)
  kUnknownSessionServed,  // (server)
  // Events.
  kEventNotCreated,          // (server)
  kEventCreatedTwice,        // (server)
  kEventRemoveUnknown,       // (server)
  kSubscriptionOutsideCall,  // (server)
  kPushNotSubscribed,        // (server)
  kPushAfterUnsubscribe,     // (server)
  kPushAfterRemove,          // (server)
  kPushAfterUnexpected,      // (server)
  kUnexpectedWithoutPush,    // (client)
  kBroadcastHopTooHigh,      // (server)
  kBroadcastRepeated,        // (server)
};
inline constexpr std::size_t kWireRuleCount =
    static_cast<std::size_t>(WireRule::kBroadcastRepeated) + 1;

// Must: the protocol says so, and peers depend on it. Should: it says so, but known peers do
// otherwise (section 8), or it is no more than unusual.
enum class WireRuleLevel : std::uint8_t { kMust, kShould };

struct WireRuleInfo {
  WireRule rule;
  std::string_view name;  // stable, kebab-case: "reply-not-pending"
  WireRuleLevel level;
  std::string_view clause;   // anchor in vectors/PROTOCOL.md
  std::string_view purpose;  // what the rule asks for, in a sentence
};

[[nodiscard]] const WireRuleInfo& wire_rule_info(WireRule rule) noexcept;
[[nodiscard]] std::string_view name(WireRuleLevel level) noexcept;  // "must", "should"

// What a violation is about: a number, or a text where that is not empty. Both are of our making,
// never octets of a peer, so that they can be printed as they are.
struct WireDetail {
  std::string_view name;  // "call_id"; empty: there is none
  std::uint64_t number = 0;
  std::string_view text = {};

  friend bool operator==(const WireDetail&, const WireDetail&) = default;
};

struct WireViolation {
  static constexpr std::size_t kMaxDetails = 3;

  WireRule rule;
  Direction direction;  // of what broke the rule: kToServer is the client's fault
  // In octets from the start of that direction: where the frame begins, the first one of a message;
  // for a violation of the rules for frames, the octet that shows it.
  std::uint64_t offset = 0;
  // The number of messages that were complete before in that direction, so that the first has 0;
  // control frames do not count.
  std::uint64_t message_index = 0;
  std::string_view message = {};  // "REPLY"; empty where it is not about a known message
  std::array<WireDetail, kMaxDetails> details = {};

  [[nodiscard]] const WireRuleInfo& info() const noexcept { return wire_rule_info(rule); }
  friend bool operator==(const WireViolation&, const WireViolation&) = default;
};

// "reply-twice (must) by the server at octet 52, message 3: REPLY, call_id 7: each CALL gets ..."
[[nodiscard]] std::string to_string(const WireViolation& violation);

// Where the octets begin.
enum class WireStart : std::uint8_t {
  kOpening,     // with the connection: the offer comes first
  kNegotiated,  // after VERSION SET
};

struct WireRulesOptions {
  Revision revision = kReferenceRevision;
  WireStart start = WireStart::kOpening;
  FrameLimits frame_limits{};
};

class WireRules {
 public:
  static constexpr std::size_t kMaxViolations = 1000;   // kept; more are counted
  static constexpr std::size_t kMaxTableSize = 65'536;  // entries: all ids of 16 bits
  static constexpr std::size_t kMaxPings = 64;          // of one direction, not answered yet
  static constexpr std::size_t kMaxBroadcasts = 64;     // whose uuid is remembered

  explicit WireRules(const WireRulesOptions& options = {});
  WireRules(WireRules&&) noexcept;
  WireRules& operator=(WireRules&&) noexcept;
  ~WireRules();

  // The next octets of that direction, cut anywhere. After a violation of the rules for frames the
  // rest of the direction cannot be read, and is passed over.
  void feed(Direction direction, std::span<const std::byte> octets);

  // One event of a frame decoder of the caller's own, in the place of feed(); `offset` is what a
  // violation will say.
  void observe(Direction direction, const FrameEvent& event, std::uint64_t offset);

  // The end of the stream of that direction. Nothing more comes in it.
  void end(Direction direction);

  // Nothing more comes at all: what could have been right until now is judged. Requests without an
  // answer are no violation: the connection may have been cut.
  void finish();

  // In the order in which they showed.
  [[nodiscard]] const std::vector<WireViolation>& violations() const noexcept;
  // How many more there were than kMaxViolations.
  [[nodiscard]] std::uint64_t dropped_count() const noexcept;
  // The tables that were full, by name, such as "requests".
  [[nodiscard]] std::vector<std::string_view> left_out() const;

  // Whole messages, empty ones included.
  [[nodiscard]] std::uint64_t message_count(Direction direction) const noexcept;
  // Calls and descriptions that have no answer yet.
  [[nodiscard]] std::size_t pending_count() const noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace wsapi
