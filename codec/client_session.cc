// SPDX-License-Identifier: Apache-2.0

#include "codec/client_session.h"

#include <algorithm>
#include <utility>

#include "codec/version_offer.h"

namespace wsapi {
namespace {

constexpr std::string_view kProtoError = "proto-error";
constexpr std::string_view kDisconnected = "disconnected";

Error error_of(ErrorCode code, std::string_view field = {}) noexcept {
  return {.code = code, .offset = 0, .field = field};
}

Ignored ignored(ErrorCode code, std::string_view field) noexcept { return {error_of(code, field)}; }

CallCompleted failed_call(RequestHandle handle, std::uint32_t id, Completion completion,
                          std::string_view error) {
  return {.handle = handle,
          .call_id = id,
          .completion = completion,
          .error = error,
          .info = std::nullopt,
          .data = Object{}.text};
}

DescribeCompleted failed_describe(RequestHandle handle, std::uint32_t id, Completion completion) {
  return {.handle = handle,
          .description_id = id,
          .completion = completion,
          .description = std::nullopt};
}

}  // namespace

ClientSession::ClientSession(Revision revision, MessageSink& sink, ClientLimits limits)
    : revision_(revision),
      sink_(sink),
      limits_(limits),
      sessions_(limits.max_sessions, limits.max_text_size),
      tokens_(limits.max_tokens, limits.max_text_size),
      event_budget_(limits.max_event_text_size) {
  limits_.max_requests = std::min(limits_.max_requests, kMaxPendingRequests);
}

// ---- What is sent

void ClientSession::start() {
  if (started_ || ended_) return;
  started_ = true;
  if (!has_version_negotiation(revision_)) return;
  WriteBuf out;
  (void)encode(kOfferOfVersion1, revision_, out);  // of this size it cannot fail
  sink_.send(out);
}

void ClientSession::transmit(WriteBuf& message) {
  start();
  if (!ended_) sink_.send(message);
}

template <WsapiMessage Message>
void ClientSession::send_scalars(const Message& message) {
  WriteBuf out;
  (void)encode(message, revision_, out);  // without texts it cannot fail
  transmit(out);
}

Error ClientSession::refusal() const noexcept {
  if (ended_) return error_of(ErrorCode::kEnded);
  if (requests_.size() >= limits_.max_requests) return error_of(ErrorCode::kBusy);
  return {};
}

// All is encoded before anything is kept, and kept before anything is sent: what fails leaves no
// trace, and what is sent completes even if the sink ends the session meanwhile.
Result<RequestHandle> ClientSession::call(const OutgoingCall& call) {
  if (const Error error = refusal(); !error.ok()) return error;
  const bool has_ids = in_revision<SessionCreate>(revision_);  // else each call has the session
  const auto session = sessions_.choose(has_ids ? call.session : std::nullopt);
  if (!session) return error_of(ErrorCode::kTableFull, "session");
  const auto token = tokens_.choose(has_ids ? call.token : std::nullopt);
  if (!token) return error_of(ErrorCode::kTableFull, "token");

  const std::uint32_t id = next_free_id(last_request_id_, request_ids_);
  const SessionCreate session_create{.session_id = session->id, .name = call.session.value_or("")};
  const TokenCreate token_create{.token_id = token->id, .token = call.token.value_or("")};
  const Call message{.call_id = id,
                     .verb = call.verb,
                     .session_id = session->id,
                     .token_id = token->id,
                     .session = session_create.name,
                     .args = {call.args},
                     .credentials = call.credentials};
  WriteBuf session_out;
  WriteBuf token_out;
  WriteBuf out;
  Error error = encode(message, revision_, out);
  if (error.ok() && session->is_new) error = encode(session_create, revision_, session_out);
  if (error.ok() && token->is_new) error = encode(token_create, revision_, token_out);
  if (!error.ok()) return error;

  const RequestHandle handle = add_request(RequestKind::kCall, id);
  if (session->is_new) sessions_.bind(session_create.name, session->id);
  if (token->is_new) tokens_.bind(token_create.token, token->id);
  if (session->is_new) transmit(session_out);
  if (token->is_new) transmit(token_out);
  transmit(out);
  return handle;
}

Result<RequestHandle> ClientSession::describe() {
  if (const Error error = refusal(); !error.ok()) return error;
  const std::uint32_t id = next_free_id(last_request_id_, request_ids_);
  const RequestHandle handle = add_request(RequestKind::kDescribe, id);
  send_scalars(Describe{.description_id = id});
  return handle;
}

bool ClientSession::remove_session(std::string_view session) {
  const auto id = sessions_.unbind(session);
  if (id) send_scalars(SessionRemove{.session_id = *id});
  return id.has_value();
}

bool ClientSession::remove_token(std::string_view token) {
  const auto id = tokens_.unbind(token);
  if (id) send_scalars(TokenRemove{.token_id = *id});
  return id.has_value();
}

// ---- Pending requests: calls and descriptions have one counter, and are never taken for another

RequestHandle ClientSession::add_request(RequestKind kind, std::uint32_t id) {
  const RequestHandle handle{++last_handle_};
  requests_.emplace(handle, Request{kind, id});
  request_ids_.emplace(id, handle);
  last_request_id_ = id;
  return handle;
}

std::optional<RequestHandle> ClientSession::find_request(RequestKind kind, std::uint32_t id) const {
  const auto entry = request_ids_.find(id);
  if (entry == request_ids_.end()) return std::nullopt;
  if (requests_.at(entry->second).kind != kind) return std::nullopt;
  return entry->second;
}

std::optional<RequestHandle> ClientSession::take_request(RequestKind kind, std::uint32_t id) {
  const auto handle = find_request(kind, id);
  if (handle) {
    requests_.erase(*handle);
    request_ids_.erase(id);
  }
  return handle;
}

// ---- What is received

ClientEvent ClientSession::receive(std::span<const std::byte> message) {
  if (ended_) return HangUp{"ended"};
  const auto decoded = decode(message, revision_, Direction::kToClient);
  if (!decoded) return on_malformed(message, decoded.error());
  ClientEvent event;
  visit_message<Direction::kToClient>(decoded->message, [&](const auto& m) { event = on(m); });
  return event;
}

// An answer whose id could be read completes its request; a VERSION SET without version ends the
// connection (section 4).
ClientEvent ClientSession::on_malformed(std::span<const std::byte> message, const Error& error) {
  if (has_operation_of<VersionSet>(message, revision_)) return hang_up("malformed version set");
  if (has_operation_of<Reply>(message, revision_)) {
    return on_malformed_reply(leading_id<Id>(message, revision_), error);
  }
  if (has_operation_of<Description>(message, revision_)) {
    return on_malformed_description(leading_id<DescriptionId>(message, revision_), error);
  }
  return Ignored{error};
}

ClientEvent ClientSession::on_malformed_reply(std::optional<std::uint32_t> id, const Error& error) {
  const auto handle = id ? take_request(RequestKind::kCall, *id) : std::nullopt;
  if (!handle) return Ignored{error};
  return failed_call(*handle, *id, Completion::kMalformed, kProtoError);
}

ClientEvent ClientSession::on_malformed_description(std::optional<std::uint32_t> id,
                                                    const Error& error) {
  const auto handle = id ? take_request(RequestKind::kDescribe, *id) : std::nullopt;
  if (!handle) return Ignored{error};
  return failed_describe(*handle, *id, Completion::kMalformed);
}

// One VERSION SET answers the offer; another good one has no effect.
ClientEvent ClientSession::on(const VersionSet& message) {
  if (message.version != kVersion1) return hang_up("unsupported version");
  if (!started_ || version_) return ignored(ErrorCode::kNotPending, "version");
  version_ = message.version;
  return Handled{};
}

ClientEvent ClientSession::on(const Reply& m) {
  const auto handle = take_request(RequestKind::kCall, m.call_id);
  if (!handle) return ignored(ErrorCode::kNotPending, "call_id");
  return CallCompleted{.handle = *handle,
                       .call_id = m.call_id,
                       .completion = Completion::kAnswered,
                       .error = m.error,
                       .info = m.info,
                       .data = m.data.text};
}

ClientEvent ClientSession::on(const Description& m) {
  const auto handle = take_request(RequestKind::kDescribe, m.description_id);
  if (!handle) return ignored(ErrorCode::kNotPending, "description_id");
  return DescribeCompleted{.handle = *handle,
                           .description_id = m.description_id,
                           .completion = Completion::kAnswered,
                           .description = m.description.text};
}

// ---- Events

// A message that carries the name too (legacy), and another than the server gave the id, names no
// event.
template <WsapiMessage Message>
ClientSession::EventTable::iterator ClientSession::find_event(const Message& message) {
  const auto event = events_.find(message.event_id);
  const bool has_name = message.name.text.has_value();
  const bool differs =
      has_name && event != events_.end() && event->second.name != *message.name.text;
  return differs ? events_.end() : event;
}

// The first name stays until it is removed, as with sessions (section 8).
ClientEvent ClientSession::on(const EventCreate& m) {
  if (events_.contains(m.event_id)) return ignored(ErrorCode::kDuplicate, "event_id");
  if (events_.size() >= limits_.max_events || !event_budget_.has_room(m.name.size())) {
    return ignored(ErrorCode::kTableFull, "event_id");
  }
  events_.emplace(m.event_id, Event{.name = std::string(m.name), .is_listened_to = false});
  event_budget_.take(m.name.size());
  return Handled{};
}

ClientEvent ClientSession::on(const EventRemove& m) {
  const auto event = find_event(m);
  if (event == events_.end()) return ignored(ErrorCode::kUnknownEvent, "event_id");
  removed_event_ = std::move(event->second.name);
  event_budget_.give_back(removed_event_.size());
  events_.erase(event);
  return EventRemoved{removed_event_};
}

ClientEvent ClientSession::on(const EventSubscribe& m) {
  const auto call = find_request(RequestKind::kCall, m.call_id);
  if (!call) return ignored(ErrorCode::kNotPending, "call_id");
  const auto event = find_event(m);
  if (event == events_.end()) return ignored(ErrorCode::kUnknownEvent, "event_id");
  event->second.is_listened_to = true;
  return EventSubscribed{*call, event->second.name};
}

ClientEvent ClientSession::on(const EventUnsubscribe& m) {
  const auto call = find_request(RequestKind::kCall, m.call_id);
  if (!call) return ignored(ErrorCode::kNotPending, "call_id");
  const auto event = find_event(m);
  if (event == events_.end()) return ignored(ErrorCode::kUnknownEvent, "event_id");
  event->second.is_listened_to = false;
  return EventUnsubscribed{*call, event->second.name};
}

ClientEvent ClientSession::on(const EventPush& m) {
  const auto event = find_event(m);
  if (event != events_.end() && event->second.is_listened_to) {
    return EventPushed{event->second.name, m.data.text};
  }
  if (!in_revision<EventUnexpected>(revision_)) {
    return ignored(ErrorCode::kUnknownEvent, "event_id");
  }
  send_scalars(EventUnexpected{.event_id = m.event_id});
  return Handled{};
}

ClientEvent ClientSession::on(const EventBroadcast& m) {
  if (m.hop == 0) return ignored(ErrorCode::kHopsExhausted, "hop");
  if (!is_first_broadcast(m.uuid)) return ignored(ErrorCode::kDuplicate, "uuid");
  return BroadcastReceived{.event = m.name, .data = m.data.text, .uuid = m.uuid, .hop = m.hop};
}

// Remembers it in the place of the oldest.
bool ClientSession::is_first_broadcast(const Uuid& uuid) {
  const auto count = std::min<std::uint64_t>(broadcast_count_, broadcasts_.size());
  const auto remembered = std::span(broadcasts_).first(count);
  if (std::ranges::find(remembered, uuid) != remembered.end()) return false;
  broadcasts_[broadcast_count_++ % broadcasts_.size()] = uuid;
  return true;
}

bool ClientSession::listens(std::string_view event) const {
  return std::ranges::any_of(events_, [event](const auto& entry) {
    return entry.second.is_listened_to && entry.second.name == event;
  });
}

// ---- The end

ClientEvent ClientSession::hang_up(std::string_view reason) {
  end();
  return HangUp{reason};
}

void ClientSession::end() noexcept {
  ended_ = true;
  request_ids_.clear();
  sessions_.clear();
  tokens_.clear();
  events_.clear();
  event_budget_.clear();
}

std::optional<ClientEvent> ClientSession::next_disconnected() {
  if (!ended_ || requests_.empty()) return std::nullopt;
  const auto [handle, request] = *requests_.begin();
  requests_.erase(requests_.begin());
  if (request.kind == RequestKind::kCall) {
    return failed_call(handle, request.id, Completion::kDisconnected, kDisconnected);
  }
  return failed_describe(handle, request.id, Completion::kDisconnected);
}

}  // namespace wsapi
