// SPDX-License-Identifier: Apache-2.0

#include "codec/server_session.h"

#include <algorithm>

namespace wsapi {
namespace {

constexpr std::string_view kUnknownSession = "unknown-session";
constexpr std::string_view kBusy = "busy";

}  // namespace

ServerSession::ServerSession(Revision revision, MessageSink& sink, ServerLimits limits)
    : revision_(revision), sink_(sink), limits_(limits), text_budget_(limits.max_text_size) {}

ServerEvent ServerSession::receive(std::span<const std::byte> message) {
  if (ended_) return HangUp{"ended"};
  const auto decoded = decode(message, revision_, Direction::kToServer);
  if (decoded) {
    ServerEvent event;
    visit_message<Direction::kToServer>(decoded->message, [&](const auto& m) { event = on(m); });
    return event;
  }
  // An offer that cannot be decoded ends the connection; any other message is ignored (section 4).
  if (has_operation_of<VersionOffer>(message, revision_)) {
    return hang_up("malformed version offer");
  }
  return Ignored{decoded.error()};
}

ServerEvent ServerSession::on(const VersionOffer& message) {
  if (message.identifier != kVersionOfferIdentifier) return hang_up("wrong identifier");
  const auto& offered = message.versions.versions;
  if (std::ranges::find(offered, std::byte{kVersion1}) == offered.end()) {
    return hang_up("no supported version");
  }
  version_ = kVersion1;
  send(VersionSet{.version = kVersion1});
  return Handled{};
}

ServerEvent ServerSession::on(const Call& message) {
  std::optional<std::string_view> session_name = message.session.text;
  if (message.session_id != 0) {
    const auto session = sessions_.find(message.session_id);
    if (session == sessions_.end()) {
      send(Reply{.call_id = message.call_id, .error = kUnknownSession});
      return Handled{};
    }
    session_name = session->second;
  }
  // An unknown token counts as no token.
  std::optional<std::string_view> token_text;
  if (message.token_id != 0) {
    const auto token = tokens_.find(message.token_id);
    if (token != tokens_.end()) token_text = token->second;
  }
  const auto handle = add_request(RequestKind::kCall, message.call_id);
  if (!handle) return Handled{};
  // Made in its place: copying so large an event would take longer than all of the above.
  return ServerEvent(std::in_place_type<CallRequest>, *handle, message.call_id, message.verb,
                     message.args.text, session_name, token_text, message.credentials);
}

ServerEvent ServerSession::on(const Describe& message) {
  const auto handle = add_request(RequestKind::kDescribe, message.description_id);
  if (!handle) return Handled{};
  return DescribeRequest{.handle = *handle, .description_id = message.description_id};
}

ServerEvent ServerSession::on(const SessionCreate& message) {
  if (message.name.size() <= limits_.max_session_name_size) {
    bind(sessions_, limits_.max_sessions, message.session_id, message.name);
  }
  return Handled{};
}

ServerEvent ServerSession::on(const SessionRemove& message) {
  unbind(sessions_, message.session_id);
  return Handled{};
}

ServerEvent ServerSession::on(const TokenCreate& message) {
  bind(tokens_, limits_.max_tokens, message.token_id, message.token);
  return Handled{};
}

ServerEvent ServerSession::on(const TokenRemove& message) {
  unbind(tokens_, message.token_id);
  return Handled{};
}

// The client says that nobody there listens: the event is taken back (section 8), so that a later
// subscription creates it again.
ServerEvent ServerSession::on(const EventUnexpected& message) {
  const auto entry = events_by_id_.find(message.event_id);
  if (entry != events_by_id_.end()) take_back(entry->second);
  return Handled{};
}

ServerEvent ServerSession::hang_up(std::string_view reason) {
  end();
  return HangUp{reason};
}

void ServerSession::end() noexcept {
  ended_ = true;
  requests_.clear();
  events_by_id_.clear();
  events_.clear();
  sessions_.clear();
  tokens_.clear();
  text_budget_.clear();
}

// A first name stays until it is removed (section 8). Id 0 means none and is never bound.
void ServerSession::bind(TextTable& table, std::size_t max_count, std::uint32_t id,
                         std::string_view text) {
  if (id == 0 || table.size() >= max_count || table.contains(id)) return;
  if (!text_budget_.has_room(text.size())) return;
  table.emplace(id, text);
  text_budget_.take(text.size());
}

void ServerSession::unbind(TextTable& table, std::uint32_t id) {
  const auto entry = table.find(id);
  if (entry == table.end()) return;
  text_budget_.give_back(entry->second.size());
  table.erase(entry);
}

// std::nullopt when too many wait: the request has been answered at once.
std::optional<RequestHandle> ServerSession::add_request(RequestKind kind, std::uint32_t id) {
  if (requests_.size() >= limits_.max_requests) {
    if (kind == RequestKind::kCall) {
      send(Reply{.call_id = id, .error = kBusy});
    } else {
      send(Description{.description_id = id});
    }
    return std::nullopt;
  }
  const RequestHandle handle{++last_handle_};
  requests_.add(handle, kind, id);
  return handle;
}

// The id of the request; a copy, for the sink may end the session, and with it the table, while it
// is in use.
std::optional<std::uint32_t> ServerSession::find_request(RequestHandle handle,
                                                         RequestKind kind) const {
  const Request* const request = requests_.find(handle);
  if (request == nullptr || request->kind != kind) return std::nullopt;
  return request->id;
}

void ServerSession::RequestTable::add(RequestHandle handle, RequestKind kind, std::uint32_t id) {
  if (newest_handle_ != kNone) older_.emplace_hint(older_.end(), newest_handle_, newest_);
  newest_handle_ = handle;
  newest_.kind = kind;
  newest_.id = id;
}

const ServerSession::Request* ServerSession::RequestTable::find(RequestHandle handle) const {
  if (handle == newest_handle_ && handle != kNone) return &newest_;
  const auto entry = older_.find(handle);
  return entry == older_.end() ? nullptr : &entry->second;
}

void ServerSession::RequestTable::remove(RequestHandle handle) {
  if (handle == newest_handle_) {
    newest_handle_ = kNone;
  } else {
    older_.erase(handle);
  }
}

void ServerSession::RequestTable::clear() noexcept {
  newest_handle_ = kNone;
  older_.clear();
}

bool ServerSession::reply(RequestHandle handle, const NullString& error, const NullString& info,
                          std::string_view data) {
  const auto id = find_request(handle, RequestKind::kCall);
  if (!id) return false;
  const Reply message{.call_id = *id, .error = error, .info = info, .data = {data}};
  if (!send(message)) return false;
  requests_.remove(handle);
  return true;
}

bool ServerSession::describe(RequestHandle handle, std::string_view description) {
  const auto id = find_request(handle, RequestKind::kDescribe);
  if (!id) return false;
  const Description message{.description_id = *id, .description = {description}};
  if (!send(message)) return false;
  requests_.remove(handle);
  return true;
}

bool ServerSession::subscribed(std::string_view event) const {
  const auto entry = events_.find(event);
  return entry != events_.end() && entry->second.subscribed;
}

// The event as the client knows it, created there if need be; nullptr where that cannot be done.
ServerSession::Event* ServerSession::create_event(std::string_view name) {
  if (const auto known = events_.find(name); known != events_.end()) return &known->second;
  if (events_.size() >= std::min<std::size_t>(limits_.max_events, kMaxIds)) return nullptr;
  const std::uint32_t id = next_free_id(last_event_id_, events_by_id_);
  last_event_id_ = id;
  const bool sent = send(EventCreate{.event_id = id, .name = name});
  if (!sent || ended_) return nullptr;
  const auto event = events_.emplace(name, Event{.id = id, .subscribed = false}).first;
  events_by_id_.emplace(id, event);
  return &event->second;
}

bool ServerSession::subscribe(RequestHandle handle, std::string_view event) {
  const auto call_id = find_request(handle, RequestKind::kCall);
  if (!call_id) return false;
  Event* const entry = create_event(event);
  if (entry == nullptr) return false;
  entry->subscribed = true;
  const std::uint32_t id = entry->id;
  return send(EventSubscribe{.call_id = *call_id, .event_id = id, .name = event});
}

bool ServerSession::unsubscribe(RequestHandle handle, std::string_view event) {
  const auto call_id = find_request(handle, RequestKind::kCall);
  const auto entry = events_.find(event);
  if (!call_id || entry == events_.end() || !entry->second.subscribed) return false;
  entry->second.subscribed = false;
  const std::uint32_t id = entry->second.id;
  return send(EventUnsubscribe{.call_id = *call_id, .event_id = id, .name = event});
}

bool ServerSession::push(std::string_view event, std::string_view data) {
  const auto entry = events_.find(event);
  if (entry == events_.end() || !entry->second.subscribed) return false;
  const std::uint32_t id = entry->second.id;
  return send(EventPush{.event_id = id, .name = event, .data = {data}});
}

// EVENT REMOVE, once the event is out of the tables: the sink may end the session.
void ServerSession::take_back(EventTable::iterator event) {
  const auto node = events_.extract(event);
  const std::uint32_t id = node.mapped().id;
  events_by_id_.erase(id);
  send(EventRemove{.event_id = id, .name = node.key()});
}

bool ServerSession::remove_event(std::string_view event) {
  const auto entry = events_.find(event);
  if (entry == events_.end()) return false;
  take_back(entry);
  return true;
}

void ServerSession::broadcast(std::string_view event, std::string_view data, const Uuid& uuid,
                              std::uint8_t hop) {
  if (hop == 0) return;
  const auto next_hop = static_cast<std::uint8_t>(hop - 1);
  send(EventBroadcast{.name = event, .data = {data}, .uuid = uuid, .hop = next_hop});
}

template <WsapiMessage Message>
bool ServerSession::send(const Message& message) {
  if (ended_) return false;
  WriteBuf out;
  // No message of a server comes near the limits of a WriteBuf; a text of 4 GiB would.
  if (!encode(message, revision_, out).ok()) return false;
  sink_.send(out);
  return true;
}

}  // namespace wsapi
