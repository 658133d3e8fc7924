// SPDX-License-Identifier: Apache-2.0
#pragma once

// The client's side of one connection (protocol section 4), without I/O: requests of the
// application in, messages out; messages in, answers and events out. It keeps the ids of the
// connection: version, pending requests, sessions, tokens, and the events that the server has
// created. Every table is bounded, whatever the server sends. All revisions; in legacy there is no
// version and no token, and the session is part of each call.

#include <array>
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
#include "codec/result.h"
#include "codec/revision.h"
#include "codec/session.h"
#include "codec/text_ids.h"
#include "codec/wire_types.h"

namespace wsapi {

// Calls and descriptions that may be pending at one time (section 4).
inline constexpr std::size_t kMaxPendingRequests = 4095;

// Broadcasts by whose uuid one that comes again is known: more than are under way at one time in
// any network of binders, and few enough to compare with each.
inline constexpr std::size_t kRememberedBroadcasts = 32;

struct ClientLimits {
  std::size_t max_requests = kMaxPendingRequests;  // no more than that
  std::size_t max_sessions = 4096;
  std::size_t max_tokens = 4096;
  std::size_t max_text_size = 1U << 20U;        // bytes of all session names; of all tokens
  std::size_t max_events = 4096;                // known from the server at one time
  std::size_t max_event_text_size = 1U << 20U;  // bytes of all their names
};

// A call to submit. The texts are copied or sent before call() returns.
struct OutgoingCall {
  std::string_view verb;
  std::string_view args = "null";  // JSON text, sent verbatim
  // None: session id 0; in legacy, where each call carries the session, the empty name.
  std::optional<std::string_view> session = std::nullopt;
  std::optional<std::string_view> token = std::nullopt;  // none: token id 0; not sent in legacy
  NullString credentials = std::nullopt;
};

enum class Completion : std::uint8_t {
  kAnswered,      // by the server
  kMalformed,     // by an answer that cannot be decoded: error `proto-error`, or no description
  kDisconnected,  // by the end of the session: error `disconnected`, or no description
};

// The end of a call; each gets exactly one. Views as in all events: into the received bytes and
// into the session, valid until the session is next touched.
struct CallCompleted {
  RequestHandle handle{};
  std::uint32_t call_id = 0;
  Completion completion = Completion::kAnswered;
  NullString error;  // none: success
  NullString info;
  std::string_view data = "null";  // JSON text, verbatim
};

// The end of a describe(); each gets exactly one.
struct DescribeCompleted {
  RequestHandle handle{};
  std::uint32_t description_id = 0;
  Completion completion = Completion::kAnswered;
  NullString description;  // JSON text, verbatim
};

// The call has made the client a listener of the event, or made it listen no more.
struct EventSubscribed {
  RequestHandle call{};
  std::string_view event;
};
struct EventUnsubscribed {
  RequestHandle call{};
  std::string_view event;
};
struct EventPushed {
  std::string_view event;
  std::string_view data;  // JSON text, verbatim
};
struct EventRemoved {
  std::string_view event;
};
// Who passes it on sends it with hop - 1, as ServerSession::broadcast() does.
struct BroadcastReceived {
  std::string_view event;
  std::string_view data;  // JSON text, verbatim
  Uuid uuid;
  std::uint8_t hop = 0;  // as received, 1 at least
};

using ClientEvent =
    std::variant<Handled, Ignored, HangUp, CallCompleted, DescribeCompleted, EventSubscribed,
                 EventUnsubscribed, EventPushed, EventRemoved, BroadcastReceived>;

class ClientSession {
 public:
  // `sink` must outlive the session.
  ClientSession(Revision revision, MessageSink& sink, ClientLimits limits = {});
  ClientSession(const ClientSession&) = delete;
  ClientSession& operator=(const ClientSession&) = delete;

  // Sends VERSION OFFER; nothing in legacy, and a second time. Whatever else is sent first calls
  // it, so that the offer is the first message. Nothing waits for the answer.
  void start();

  // Submits a call: SESSION CREATE and TOKEN CREATE where the server does not know the texts yet,
  // then CALL. On an error nothing has been sent, and nothing is kept. Errors: ended, busy,
  // table-full (in field session or token), string-too-long (4 GiB).
  [[nodiscard]] Result<RequestHandle> call(const OutgoingCall& call);
  // Asks for the description of the API. Errors: ended, busy.
  [[nodiscard]] Result<RequestHandle> describe();

  // Unbinds the text on the server and makes room for another; a later call with it creates it
  // again, under another id. False, and nothing sent, where it is not bound.
  bool remove_session(std::string_view session);
  bool remove_token(std::string_view token);

  // Takes the payload of one binary WebSocket message.
  [[nodiscard]] ClientEvent receive(std::span<const std::byte> message);

  // No message is taken or sent any more. What is pending completes as disconnected: by
  // next_disconnected(), one request after the other in the order in which they were submitted,
  // until there is none. std::nullopt also before the end.
  void end() noexcept;
  [[nodiscard]] std::optional<ClientEvent> next_disconnected();

  [[nodiscard]] bool ended() const noexcept { return ended_; }
  [[nodiscard]] Revision revision() const noexcept { return revision_; }
  [[nodiscard]] std::optional<std::uint8_t> version() const noexcept { return version_; }
  // Whether the server knows an event of that name, to which a call has subscribed.
  [[nodiscard]] bool listens(std::string_view event) const;
  [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }
  [[nodiscard]] std::size_t token_count() const noexcept { return tokens_.size(); }
  [[nodiscard]] std::size_t event_count() const noexcept { return events_.size(); }
  [[nodiscard]] std::size_t request_count() const noexcept { return requests_.size(); }

 private:
  enum class RequestKind : std::uint8_t { kCall, kDescribe };
  struct Request {
    RequestKind kind;
    std::uint32_t id;
  };
  struct Event {
    std::string name;
    bool is_listened_to = false;
  };
  using EventTable = std::map<std::uint32_t, Event>;

  // One for each message that goes to a client.
  ClientEvent on(const VersionSet& m);
  ClientEvent on(const Reply& m);
  ClientEvent on(const Description& m);
  ClientEvent on(const EventCreate& m);
  ClientEvent on(const EventRemove& m);
  ClientEvent on(const EventSubscribe& m);
  ClientEvent on(const EventUnsubscribe& m);
  ClientEvent on(const EventPush& m);
  ClientEvent on(const EventBroadcast& m);
  ClientEvent on_malformed(std::span<const std::byte> message, const Error& error);
  ClientEvent on_malformed_reply(std::optional<std::uint32_t> id, const Error& error);
  ClientEvent on_malformed_description(std::optional<std::uint32_t> id, const Error& error);

  ClientEvent hang_up(std::string_view reason);
  [[nodiscard]] Error refusal() const noexcept;
  RequestHandle add_request(RequestKind kind, std::uint32_t id);
  [[nodiscard]] std::optional<RequestHandle> find_request(RequestKind kind, std::uint32_t id) const;
  std::optional<RequestHandle> take_request(RequestKind kind, std::uint32_t id);
  template <WsapiMessage Message>
  [[nodiscard]] EventTable::iterator find_event(const Message& message);
  bool is_first_broadcast(const Uuid& uuid);
  // Sends, after the offer. The session may end by it, and may have ended by the message before.
  void transmit(WriteBuf& message);
  template <WsapiMessage Message>
  void send_scalars(const Message& message);

  Revision revision_;
  MessageSink& sink_;
  ClientLimits limits_;
  bool started_ = false;
  bool ended_ = false;
  std::optional<std::uint8_t> version_;
  std::map<RequestHandle, Request> requests_;
  std::map<std::uint32_t, RequestHandle> request_ids_;
  std::uint32_t last_request_id_ = 0;
  std::uint64_t last_handle_ = 0;
  TextIds sessions_;
  TextIds tokens_;
  EventTable events_;
  TextBudget event_budget_;
  std::string removed_event_;                             // the name in the EventRemoved given last
  std::array<Uuid, kRememberedBroadcasts> broadcasts_{};  // a ring
  std::uint64_t broadcast_count_ = 0;                     // ever remembered
};

}  // namespace wsapi
