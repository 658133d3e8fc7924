// SPDX-License-Identifier: Apache-2.0
#pragma once

// The server's side of one connection (protocol section 4), without I/O: messages in, requests to
// the application and messages out. It keeps the ids of the connection: version, sessions, tokens,
// events with their subscriptions, and the requests that wait for their one answer. Every table is
// bounded. All revisions; in legacy there are no version, sessions and tokens.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/revision.h"
#include "codec/session.h"
#include "codec/wire_types.h"

namespace wsapi {

struct ServerLimits {
  std::size_t max_sessions = 4096;
  std::size_t max_tokens = 4096;
  std::size_t max_events = 4096;           // known to the client at one time; 65535 at most
  std::size_t max_requests = 8192;         // that wait for their answer
  std::size_t max_text_size = 1U << 20U;   // bytes of all session names and tokens together
  std::size_t max_session_name_size = 36;  // bytes; a longer name is not bound (section 8)
};

// A CALL for the application, which owes it exactly one reply(). Views into the received bytes and
// into the session's tables, valid until the session is next touched.
struct CallRequest {
  RequestHandle handle{};
  std::uint32_t call_id = 0;
  std::string_view verb;
  std::string_view args;  // JSON text, verbatim
  std::optional<std::string_view> session;
  std::optional<std::string_view> token;
  NullString credentials;
};

// A DESCRIBE for the application, which owes it exactly one describe().
struct DescribeRequest {
  RequestHandle handle{};
  std::uint32_t description_id = 0;
};

using ServerEvent = std::variant<Handled, Ignored, HangUp, CallRequest, DescribeRequest>;

class ServerSession {
 public:
  // `sink` must outlive the session.
  ServerSession(Revision revision, MessageSink& sink, ServerLimits limits = {});
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;

  // Takes the payload of one binary WebSocket message.
  [[nodiscard]] ServerEvent receive(std::span<const std::byte> message);

  // Answers a request. False, and nothing sent, for a handle that is not waiting, and for texts
  // that no message can hold (4 GiB); the request then waits on.
  bool reply(RequestHandle handle, const NullString& error, const NullString& info,
             std::string_view data);
  bool describe(RequestHandle handle, std::string_view description);

  // Subscribes the client to the event within a call: EVENT CREATE where the client does not know
  // it, then SUBSCRIBE. False for a handle that is not waiting, when the table is full, or for a
  // name that no message can hold.
  bool subscribe(RequestHandle handle, std::string_view event);
  // Ends the subscription within a call. False where there is none.
  bool unsubscribe(RequestHandle handle, std::string_view event);
  // Pushes to the client if it is subscribed, and returns whether it did.
  bool push(std::string_view event, std::string_view data);
  // EVENT REMOVE, if the client knows the event; returns whether it does.
  bool remove_event(std::string_view event);
  // Sends with hop - 1; nothing where hop is 0.
  void broadcast(std::string_view event, std::string_view data, const Uuid& uuid, std::uint8_t hop);

  // No message is taken or sent any more; what waits is forgotten.
  void end() noexcept;

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  [[nodiscard]] Revision revision() const noexcept { return revision_; }
  [[nodiscard]] std::optional<std::uint8_t> version() const noexcept { return version_; }
  [[nodiscard]] bool subscribed(std::string_view event) const;
  [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }
  [[nodiscard]] std::size_t token_count() const noexcept { return tokens_.size(); }
  [[nodiscard]] std::size_t event_count() const noexcept { return events_.size(); }
  [[nodiscard]] std::size_t request_count() const noexcept { return requests_.size(); }

 private:
  enum class RequestKind : std::uint8_t { kCall, kDescribe };
  struct Request {
    RequestKind kind{};
    std::uint32_t id = 0;
  };
  // Most requests are answered before the next one comes: the newest needs no memory of its own.
  class RequestTable {
   public:
    [[nodiscard]] std::size_t size() const noexcept {
      return older_.size() + (newest_handle_ == kNone ? 0 : 1);
    }
    // Handles only ever rise, from 1.
    void add(RequestHandle handle, RequestKind kind, std::uint32_t id);
    [[nodiscard]] const Request* find(RequestHandle handle) const;
    void remove(RequestHandle handle);
    void clear() noexcept;

   private:
    static constexpr RequestHandle kNone{0};
    RequestHandle newest_handle_ = kNone;
    Request newest_{};
    std::map<RequestHandle, Request> older_;
  };
  struct Event {
    std::uint32_t id = 0;
    bool subscribed = false;
  };
  using TextTable = std::map<std::uint32_t, std::string>;
  using EventTable = std::map<std::string, Event, std::less<>>;

  // One overload for each message that goes to a server.
  ServerEvent on(const Call& message);
  ServerEvent on(const Describe& message);
  ServerEvent on(const SessionCreate& message);
  ServerEvent on(const SessionRemove& message);
  ServerEvent on(const TokenCreate& message);
  ServerEvent on(const TokenRemove& message);
  ServerEvent on(const EventUnexpected& message);
  ServerEvent on(const VersionOffer& message);

  ServerEvent hang_up(std::string_view reason);
  std::optional<RequestHandle> add_request(RequestKind kind, std::uint32_t id);
  [[nodiscard]] std::optional<std::uint32_t> find_request(RequestHandle handle,
                                                          RequestKind kind) const;
  void bind(TextTable& table, std::size_t max_count, std::uint32_t id, std::string_view text);
  void unbind(TextTable& table, std::uint32_t id);
  Event* create_event(std::string_view name);
  void take_back(EventTable::iterator event);
  // Whether the message was sent; the session may have ended by it.
  template <WsapiMessage Message>
  bool send(const Message& message);

  Revision revision_;
  MessageSink& sink_;
  ServerLimits limits_;
  bool ended_ = false;
  std::optional<std::uint8_t> version_;
  TextTable sessions_;
  TextTable tokens_;
  TextBudget text_budget_;  // of both tables
  EventTable events_;
  std::map<std::uint32_t, EventTable::iterator> events_by_id_;
  std::uint32_t last_event_id_ = 0;
  RequestTable requests_;
  std::uint64_t last_handle_ = 0;
};

}  // namespace wsapi
