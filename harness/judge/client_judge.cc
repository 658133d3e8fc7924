// SPDX-License-Identifier: Apache-2.0

// What real binders did as clients, held against what the suite expects of a client: which messages
// it sends, and what becomes of those it gets, as seen by the caller that made it act. The caller
// speaks to the binder's other side in the same revision, so that both sides can be compared.

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/messages.h"
#include "harness/judge/judge.h"
#include "harness/judge/recorded_messages.h"

namespace wsapi::recorded {
namespace {

using nlohmann::json;

// A message that the recorder sent to the client, and what the caller saw of it.
struct Sent {
  Bytes bytes;
  std::string rule;
  std::string effect;  // "delivered", "proto-error", "nothing" or "hang-up"
  bool pending = false;
  bool is_after_end = false;
};

std::string text_or_null(const json& field) {
  return field.is_null() ? "null" : json(up_to_nul(field.get<std::string>())).dump();
}

std::string reply_text(std::uint32_t id, const Message& reply) {
  return fmt::format("reply {} {} {} {}", id, text_or_null(reply.fields.at("error")),
                     text_or_null(reply.fields.at("info")),
                     value_of(reply.fields.at("data").get<std::string>()));
}

std::string description_text(std::uint32_t id, const Message& description) {
  return fmt::format("description {} {}", id,
                     value_of(description.fields.at("description").get<std::string>()));
}

// A REPLY that the client makes itself: the error counts, the info is its own affair.
std::string error_text(std::uint32_t id, std::string_view error) {
  return fmt::format("reply {} \"{}\"", id, error);
}

std::string caller_text(const Message& message) {
  if (message.is("description")) {
    return description_text(message.number("description_id"), message);
  }
  if (!message.is("reply")) return "another message";
  const auto& error = message.fields.at("error");
  for (const char* own : {"proto-error", "disconnected"}) {
    if (error == own) return error_text(message.number("call_id"), own);
  }
  return reply_text(message.number("call_id"), message);
}

std::vector<Message> messages_of(const std::vector<Bytes>& pieces, const Row& row,
                                 Direction direction) {
  std::vector<Message> messages;
  for (const Frame& frame : frames_of(pieces)) {
    messages.push_back(message_of(frame.payload, row.revision, direction));
  }
  return messages;
}

class ClientJudge {
 public:
  explicit ClientJudge(const Row& row)
      : row_(row),
        received_(messages_of(row.received(), row, Direction::kToServer)),
        asked_(messages_of(row.control.sent, row, Direction::kToServer)) {
    check_offer();
    check_forwarded();
    for (const Frame& frame : frames_of(row.sent())) deliver(frame.payload);
    check_end();
    std::vector<std::string> caller_saw;
    for (const auto& message : messages_of(row.control.received, row, Direction::kToClient)) {
      caller_saw.push_back(caller_text(message));
    }
    expect(fmt::format("{}", fmt::join(for_caller_, "; ")),
           fmt::format("{}", fmt::join(caller_saw, "; ")));
  }

  [[nodiscard]] Judgement judgement() const {
    Judgement judgement{.findings = findings_, .counts = counts_, .messages = {}};
    ++judgement.counts["rows of clients"];
    if (sent_.empty()) ++judgement.counts["rows of clients: listening only"];
    for (const Sent& sent : sent_) {
      ++judgement.counts[sent.rule];
      judgement.messages.push_back({.bytes = sent.bytes,
                                    .rule = sent.rule,
                                    .effect = sent.effect,
                                    .is_pending = sent.pending,
                                    .is_after_end = sent.is_after_end});
    }
    return judgement;
  }

 private:
  struct Pending {
    std::uint32_t caller_id = 0;
    bool is_call = true;
  };

  void expect(const std::string& expected, const std::string& seen) {
    if (expected != seen) findings_.insert({row_.file, row_.name, expected, seen});
  }

  void check_offer() {
    expect("an offer first", received_.empty() || !received_[0].is("version-offer")
                                 ? "another message first"
                                 : "an offer first");
    if (received_.empty() || !received_[0].is("version-offer")) return;
    expect(fmt::format("{} [1]", kVersionOfferIdentifier),
           fmt::format("{} {}", received_[0].number("identifier"),
                       received_[0].fields.at("versions").dump()));
    ++counts_["offer of version 1 first"];
  }

  // The caller's sessions and tokens by id, and which of its requests is due to be forwarded next.
  using Names = std::map<std::uint32_t, std::string>;
  struct Bindings {
    Names sessions{{0, ""}};
    Names tokens{{0, ""}};
  };

  static bool bind(const Message& message, Bindings& bindings) {
    if (message.is("session-create")) {
      bindings.sessions[message.number("session_id")] = message.fields.at("name");
    } else if (message.is("token-create")) {
      bindings.tokens[message.number("token_id")] = message.fields.at("token");
    } else if (message.is("session-remove")) {
      bindings.sessions.erase(message.number("session_id"));
    } else {
      return false;
    }
    return true;
  }

  // Each request of the caller, in its order, comes with an id of the client's own; what it needs
  // comes before it, and once.
  void check_forwarded() {
    Bindings caller;
    Bindings client;
    auto next = received_.begin() + (received_.empty() ? 0 : 1);
    for (const Message& asked : asked_) {
      if (bind(asked, caller)) continue;
      for (; next != received_.end() && is_binding(*next); ++next) {
        const bool session = next->is("session-create");
        const auto id = next->number(session ? "session_id" : "token_id");
        const Names& names = session ? client.sessions : client.tokens;
        expect("ids bound once", names.contains(id) ? "an id bound again" : "ids bound once");
        bind(*next, client);
        ++counts_[session ? "session created" : "token created"];
      }
      if (next == received_.end()) {
        ++counts_["request not forwarded"];
        ++not_forwarded_;
        continue;
      }
      check_request(asked, caller, *next++, client);
    }
    expect("no other message", next == received_.end() ? "no other message" : next->name);
  }

  static bool is_binding(const Message& message) {
    return message.is("session-create") || message.is("token-create");
  }

  void check_request(const Message& asked, const Bindings& caller, const Message& forwarded,
                     const Bindings& client) {
    expect(asked.name, forwarded.name);
    if (asked.name != forwarded.name) return;
    const char* id_name = asked.is("call") ? "call_id" : "description_id";
    const auto id = forwarded.number(id_name);
    // Section 8: one counter for calls and descriptions, from 1.
    expect(fmt::format("id {}", pending_.size() + 1), fmt::format("id {}", id));
    pending_[id] = {asked.number(id_name), asked.is("call")};
    ++counts_[asked.name + " forwarded"];
    if (!asked.is("call")) return;
    expect(asked.fields.at("verb").dump(), forwarded.fields.at("verb").dump());
    expect(value_of(asked.fields.at("args")), value_of(forwarded.fields.at("args")));
    // A caller without a session gets one; one without a token goes without.
    const auto session = forwarded.number("session_id");
    const auto token = forwarded.number("token_id");
    expect("a known session and token",
           client.sessions.contains(session) && client.tokens.contains(token)
               ? "a known session and token"
               : "an unknown one");
    const auto asked_session = asked.number("session_id");
    if (asked_session != 0) expect(caller.sessions.at(asked_session), client.sessions.at(session));
    expect(caller.tokens.at(asked.number("token_id")), client.tokens.at(token));
  }

  // What the client must do with a message (section 4), as far as its caller can see it.
  void deliver(const Bytes& bytes) {
    Sent sent{.bytes = bytes, .rule = {}, .effect = "nothing"};
    const Message message = message_of(bytes, row_.revision, Direction::kToClient);
    const char operation = bytes.empty() ? '\0' : static_cast<char>(bytes.front());
    if (ended_) {
      sent.rule = "after the end: nothing";
      sent.is_after_end = true;
    } else if (operation == 'v') {
      ended_ = message.error != ErrorCode::kNone || message.number("version") != kVersion1;
      sent.effect = ended_ ? "hang-up" : "nothing";
      sent.rule = ended_ ? "bad version set: hang-up" : "version set 1: stays";
    } else if (operation == 'k' || operation == 'd') {
      deliver_answer(message, operation == 'k', sent);
    } else {
      sent.rule =
          message.error == ErrorCode::kNone ? "no rule" : "no message for a client: ignored";
      if (message.error == ErrorCode::kNone) expect("a rule", "no rule for " + message.name);
    }
    sent_.push_back(std::move(sent));
  }

  // The id of an answer that need not be decodable as a whole.
  std::optional<std::uint32_t> answered_id(const Bytes& bytes, bool is_reply) const {
    const std::size_t width = !is_reply && row_.revision == Revision::k2020_01 ? 4 : 2;
    if (bytes.size() < 1 + width) return std::nullopt;
    std::uint32_t id = 0;
    for (std::size_t i = width; i > 0; --i) {
      id = (id << 8U) | std::to_integer<std::uint32_t>(bytes[i]);
    }
    return id;
  }

  void deliver_answer(const Message& message, bool is_reply, Sent& sent) {
    const std::string kind = is_reply ? "reply" : "description";
    const bool whole = message.error == ErrorCode::kNone;
    const auto id = answered_id(sent.bytes, is_reply);
    const auto pending = id ? pending_.find(*id) : pending_.end();
    sent.pending = pending != pending_.end() && pending->second.is_call == is_reply;
    sent.rule = (whole ? "whole " : "malformed ") + kind +
                (sent.pending ? ", pending" : (id ? ", not pending" : " without id"));
    if (!sent.pending) return;
    const std::uint32_t caller_id = pending->second.caller_id;
    pending_.erase(pending);
    sent.effect = whole ? "delivered" : "proto-error";
    if (is_reply) {
      for_caller_.push_back(whole ? reply_text(caller_id, message)
                                  : error_text(caller_id, "proto-error"));
    } else {
      for_caller_.push_back(whole ? description_text(caller_id, message)
                                  : fmt::format("description {} null", caller_id));
    }
  }

  // The stream ends where it should; what is pending then, completes. What was not forwarded goes
  // to a new connection, which is not recorded.
  void check_end() {
    expect(ended_ ? "closed(no close frame, eof)" : "open",
           row_.outcome == "reply" || row_.outcome == "silence" ? "open" : row_.outcome);
    if (!ended_) {
      expect("all requests forwarded", not_forwarded_ == 0 ? "all requests forwarded" : "not all");
      return;
    }
    for (const auto& [id, pending] : pending_) {
      for_caller_.push_back(pending.is_call
                                ? error_text(pending.caller_id, "disconnected")
                                : fmt::format("description {} null", pending.caller_id));
      ++counts_["disconnected"];
    }
  }

  const Row& row_;
  std::vector<Message> received_;
  std::vector<Message> asked_;
  std::vector<Sent> sent_;
  std::vector<std::string> for_caller_;
  Findings findings_;
  Counts counts_;
  std::map<std::uint32_t, Pending> pending_;
  int not_forwarded_ = 0;
  bool ended_ = false;
};

}  // namespace

Judgement judge_client(const Row& row) { return ClientJudge(row).judgement(); }

}  // namespace wsapi::recorded
