// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the sources of the wire rules share: the state of a connection. No other file includes this.

#include <bitset>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

#include "codec/decode.h"
#include "codec/wire_rules.h"
#include "codec/wire_rules_facts.h"

namespace wsapi {

// Values by id, of which there are kMaxTableSize at most.
template <typename Value>
class WireTable {
 public:
  explicit WireTable(std::string_view name) : name_(name) {}

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] Value* find(std::uint32_t id) {
    const auto found = values_.find(id);
    return found == values_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] bool contains(std::uint32_t id) { return find(id) != nullptr; }
  // The value of that id, a new one where it is not there yet; nullptr where there is no room.
  [[nodiscard]] Value* insert(std::uint32_t id) {
    Value* const known = find(id);
    if (known != nullptr) return known;
    if (values_.size() >= WireRules::kMaxTableSize) {
      is_complete_ = false;
      return nullptr;
    }
    return &values_[id];
  }
  void erase(std::uint32_t id) { values_.erase(id); }

  // Nothing has been left out: what is not there has not been.
  [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }

 private:
  std::string_view name_;
  std::unordered_map<std::uint32_t, Value> values_;
  bool is_complete_ = true;
};

class WireRules::State {
 public:
  explicit State(const WireRulesOptions& options);

  void feed(Direction direction, std::span<const std::byte> octets);
  void observe(Direction direction, const FrameEvent& event, std::uint64_t offset);
  void end(Direction direction);
  void finish();

  [[nodiscard]] std::vector<std::string_view> left_out() const;

  std::vector<WireViolation> violations;
  std::uint64_t dropped_count = 0;
  std::size_t pending_count = 0;

  [[nodiscard]] std::uint64_t message_count(Direction direction) const {
    return streams_[static_cast<std::size_t>(direction)].message_count;
  }

 private:
  using Bytes = std::span<const std::byte>;

  struct Ping {
    std::array<std::byte, kMaxControlPayloadSize> payload{};
    std::size_t size = 0;
    std::uint64_t sequence = 0;
    std::optional<std::uint64_t> other_pong;  // the offset of a PONG with another payload

    [[nodiscard]] Bytes bytes() const { return Bytes(payload).first(size); }
  };

  // One direction.
  struct Stream {
    explicit Stream(const FrameLimits& limits) : decoder(limits) {}

    FrameDecoder decoder;
    std::uint64_t octet_count = 0;
    std::uint64_t message_offset = 0;  // where the message begins that comes next or is under way
    std::uint64_t message_count = 0;
    bool has_close = false;  // a CLOSE was sent
    bool is_broken = false;  // what follows cannot be read
    bool is_ended = false;
    bool has_data_after_close = false;
    std::deque<Ping> pings;  // sent in this direction, not answered
    bool pings_left_out = false;
  };

  struct Request {
    std::uint32_t count = 0;  // of pending ones with this id
    std::uint64_t sequence = 0;
    bool has_unknown_session = false;
  };
  struct Requests {
    explicit Requests(std::string_view pending_name, std::string_view answered_name)
        : pending(pending_name), answered(answered_name) {}
    WireTable<Request> pending;
    WireTable<bool> answered;
  };

  // Whether the id is bound now; false: it was.
  using Bindings = WireTable<bool>;

  struct Event {
    bool exists = false;
    bool was_removed = false;
    bool is_subscribed = false;
    bool was_unsubscribed = false;
    std::uint64_t push_count = 0;
    std::uint64_t unexpected_count = 0;
    std::optional<std::uint64_t> unexpected_at;  // the client's sequence number
  };

  [[nodiscard]] Stream& stream(Direction direction) {
    return streams_[static_cast<std::size_t>(direction)];
  }
  [[nodiscard]] static std::uint64_t offset_of(const Stream& stream, const FrameEvent& event);

  using Details = std::array<WireDetail, WireViolation::kMaxDetails>;
  void report(WireRule rule, Details details = {});
  void report_of(Direction direction, std::uint64_t offset, WireRule rule, Details details);

  // Frames: wire_rules.cc.
  void on_ping(Direction direction, Bytes payload);
  void on_pong(Direction direction, Bytes payload);

  // Messages: wire_rules_messages.cc.
  void on_message(Bytes message);
  void on_undecodable(Bytes message, const Error& error);
  void check_texts(const WireFacts& facts);
  void on_facts(const WireFacts& facts, Bytes message);
  void on_offer(const WireFacts& facts);
  void on_version_set(std::uint8_t version);
  void on_request(Requests& requests, std::uint32_t id, const WireFacts* call);
  void check_bindings(const WireFacts& call, Request& request);
  void on_reply(const WireFacts& facts);
  void on_description(std::uint32_t id, Bytes message);
  // The pending request, which is then answered; std::nullopt where there is none.
  std::optional<Request> answer(Requests& requests, std::uint32_t id);
  void check_version_is_set(const Request& request);
  [[nodiscard]] std::optional<std::uint32_t> id_of_other_width(Bytes message);
  void on_create(Bindings& bindings, std::uint32_t id, std::string_view detail, WireRule zero,
                 WireRule twice);
  // Events: wire_rules_events.cc.
  void on_event_create(std::uint32_t id);
  void on_event_remove(std::uint32_t id);
  void on_subscription(const WireFacts& facts, bool subscribes);
  void on_push(std::uint32_t id);
  void on_unexpected(std::uint32_t id);
  void on_broadcast(std::uint8_t hop, const Uuid& uuid);

  WireRulesOptions options_;
  std::array<Stream, 2> streams_;

  // Of the message in hand.
  Direction direction_ = Direction::kToServer;
  std::uint64_t offset_ = 0;
  std::uint64_t message_index_ = 0;
  std::string_view title_;

  // Counts what the client sends. The server has read all that has a lower number than what it
  // answers: streams are read in order.
  std::uint64_t client_sequence_ = 0;
  std::uint64_t server_has_read_ = 0;

  std::uint64_t offer_count_ = 0;
  std::uint64_t offer_sequence_ = 0;
  std::uint64_t version_set_count_ = 0;
  std::bitset<256> offered_;
  bool is_offer_missing_ = false;      // and reported
  bool is_offer_bad_ = false;          // the last one
  bool is_offer_refused_ = false;      // the last one is bad, or without version 1
  bool is_answered_too_soon_ = false;  // and reported
  bool is_other_version_ = false;      // one that this checker does not know was agreed on

  Requests calls_{"calls", "answered calls"};
  Requests descriptions_{"descriptions", "answered descriptions"};
  WireTable<bool> malformed_calls_{"malformed calls"};
  Bindings sessions_{"sessions"};
  Bindings tokens_{"tokens"};
  WireTable<Event> events_{"events"};
  std::deque<Uuid> broadcasts_;
};

}  // namespace wsapi
