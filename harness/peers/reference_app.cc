// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/reference_app.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "harness/text/json_slices.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::string_view kUnknownVerb = "unknown-verb";
constexpr std::string_view kInvalidRequest = "invalid-request";
constexpr std::string_view kBusy = "busy";
constexpr std::string_view kNullJson = "null";
constexpr std::size_t kMaxShownVerbSize = 64;  // characters

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string json_or_null(const std::optional<std::string_view>& text) {
  return text.has_value() ? json_string(*text) : std::string(kNullJson);
}

std::optional<std::string> string_member(std::string_view args, std::string_view name) {
  const auto object = JsonObjectText::read(args);
  const auto value = object.has_value() ? object->member(name) : std::nullopt;
  return value.has_value() ? read_json_string(*value) : std::nullopt;
}

std::string data_member(std::string_view args) {
  const auto object = JsonObjectText::read(args);
  const auto value = object.has_value() ? object->member("data") : std::nullopt;
  return std::string(value.value_or(kNullJson));
}

}  // namespace

struct ReferenceApp::Caller {
  ClientId client;
  const CallRequest& request;
  TimePoint now;
  ServerSession& session;

  void refuse(std::string_view error, NullString info) const {
    session.reply(request.handle, error, info, kNullJson);
  }

  // The event that the args name; else the call has been answered.
  [[nodiscard]] std::optional<std::string> event() const {
    auto name = string_member(request.args, "event");
    if (name.has_value() && !name->empty() && name->size() <= kMaxEventNameSize) return name;
    refuse(kInvalidRequest,
           fmt::format("expected an object with \"event\", a string of 1 to {} bytes",
                       kMaxEventNameSize));
    return std::nullopt;
  }
};

struct ReferenceApp::Verb {
  std::string_view name;
  void (ReferenceApp::*act)(const Caller&);
  std::string_view args;
  std::string_view summary;
};

std::span<const ReferenceApp::Verb> ReferenceApp::verbs() {
  static constexpr std::array<Verb, 10> kVerbs{{
      {"echo", &ReferenceApp::echo, "any", "replies its args"},
      {"fail", &ReferenceApp::fail, "error, info", "replies that error and info"},
      {"delay", &ReferenceApp::delay, "ms, data", "replies data after ms milliseconds"},
      {"whoami", &ReferenceApp::whoami, "any", "replies session, token and creds of the call"},
      {"subscribe", &ReferenceApp::subscribe, "event", "subscribes the caller to the event"},
      {"unsubscribe", &ReferenceApp::unsubscribe, "event", "ends the subscription"},
      {"emit", &ReferenceApp::emit, "event, data",
       "pushes to all subscribers, replies their number"},
      {"broadcast", &ReferenceApp::broadcast, "event, data", "broadcasts the event"},
      {"remove", &ReferenceApp::remove, "event", "removes the event"},
      {"mute", &ReferenceApp::mute, "any", "never replies"},
  }};
  return kVerbs;
}

std::string ReferenceApp::describe_verbs() {
  std::string paths;
  for (const Verb& verb : verbs()) {
    paths += fmt::format(R"({}"/{}":{{"post":{{"summary":"{}","x-args":"{}",)"
                         R"("responses":{{"200":{{"description":"the reply"}}}}}}}})",
                         paths.empty() ? "" : ",", verb.name, verb.summary, verb.args);
  }
  return fmt::format(
      R"({{"openapi":"3.0.0","info":{{"title":"test","version":"1.0.0"}},"paths":{{{}}}}})", paths);
}

ReferenceApp::ReferenceApp(Clients& clients, bool has_verbs, ReferenceAppLimits limits)
    : clients_(clients),
      has_verbs_(has_verbs),
      limits_(limits),
      description_(has_verbs ? describe_verbs() : std::string(kNullJson)),
      random_(std::random_device{}()) {}

void ReferenceApp::call(ClientId client, const CallRequest& request, TimePoint now) {
  ServerSession* const session = clients_.find(client);
  if (session == nullptr) return;
  const Caller caller{client, request, now, *session};
  const auto is_called = [&request](const Verb& verb) {
    return std::ranges::equal(verb.name, request.verb, {}, {}, lower);
  };
  const auto all = has_verbs_ ? verbs() : std::span<const Verb>{};
  const auto verb = std::ranges::find_if(all, is_called);
  if (verb != all.end()) return (this->*verb->act)(caller);
  const std::string shown = printable(request.verb, kMaxShownVerbSize);
  caller.refuse(kUnknownVerb, fmt::format("there is no verb \"{}\"", shown));
}

void ReferenceApp::describe(ClientId client, const DescribeRequest& request) {
  ServerSession* const session = clients_.find(client);
  if (session != nullptr) session->describe(request.handle, description_);
}

void ReferenceApp::reply(const Caller& caller, std::string_view data) const {
  if (data.size() > limits_.max_reply_data_size) {
    return caller.refuse("too-long", "the reply would not fit into a frame");
  }
  caller.session.reply(caller.request.handle, std::nullopt, std::nullopt, data);
}

void ReferenceApp::echo(const Caller& caller) {
  const std::string_view args = caller.request.args;
  if (is_json(args)) {
    reply(caller, args);
  } else {
    reply(caller, json_string(args));
  }
}

void ReferenceApp::fail(const Caller& caller) {
  const auto object = JsonObjectText::read(caller.request.args);
  const auto info_text = object.has_value() ? object->member("info") : std::nullopt;
  const auto error = string_member(caller.request.args, "error");
  const bool has_info = info_text.has_value() && *info_text != kNullJson;
  const auto info = has_info ? read_json_string(*info_text) : std::nullopt;
  if (!error.has_value() || has_info != info.has_value()) {
    return caller.refuse(
        kInvalidRequest,
        "expected an object with \"error\", a string, and \"info\", a string or null");
  }
  caller.refuse(*error, info.has_value() ? NullString(*info) : std::nullopt);
}

void ReferenceApp::whoami(const Caller& caller) {
  const CallRequest& request = caller.request;
  reply(caller,
        fmt::format(R"({{"session":{},"token":{},"creds":{}}})", json_or_null(request.session),
                    json_or_null(request.token), json_or_null(request.credentials)));
}

void ReferenceApp::subscribe(const Caller& caller) {
  const auto event = caller.event();
  if (!event.has_value()) return;
  if (!caller.session.subscribed(*event)) {
    std::size_t count = 0;
    clients_.for_each([&count](const ServerSession& session) { count += session.event_count(); });
    if (count >= limits_.max_events) return caller.refuse(kBusy, "too many events");
  }
  if (!caller.session.subscribe(caller.request.handle, *event)) {
    return caller.refuse(kBusy, "too many events on this connection");
  }
  reply(caller, kNullJson);
}

void ReferenceApp::unsubscribe(const Caller& caller) {
  const auto event = caller.event();
  if (!event.has_value()) return;
  if (!caller.session.unsubscribe(caller.request.handle, *event)) {
    return caller.refuse("not-subscribed", "the caller is not subscribed to the event");
  }
  reply(caller, kNullJson);
}

void ReferenceApp::emit(const Caller& caller) {
  const auto event = caller.event();
  if (!event.has_value()) return;
  const std::string data = data_member(caller.request.args);
  std::size_t count = 0;
  clients_.for_each([&](ServerSession& session) { count += session.push(*event, data) ? 1 : 0; });
  reply(caller, fmt::format("{}", count));
}

void ReferenceApp::broadcast(const Caller& caller) {
  const auto event = caller.event();
  if (!event.has_value()) return;
  const std::string data = data_member(caller.request.args);
  const Uuid uuid = random_uuid();
  clients_.for_each([&](ServerSession& session) {
    // A connection that still negotiates its version expects nothing but the answer to that.
    const bool is_ready = !has_version_negotiation(session.revision()) || session.version();
    if (is_ready) session.broadcast(*event, data, uuid, kBroadcastHop);
  });
  reply(caller, kNullJson);
}

void ReferenceApp::remove(const Caller& caller) {
  const auto event = caller.event();
  if (!event.has_value()) return;
  bool is_known = false;
  clients_.for_each(
      [&](ServerSession& session) { is_known = session.remove_event(*event) || is_known; });
  if (!is_known) return caller.refuse("unknown-event", "no connection knows the event");
  reply(caller, kNullJson);
}

void ReferenceApp::mute(const Caller& /*caller*/) {}

void ReferenceApp::delay(const Caller& caller) {
  const auto object = JsonObjectText::read(caller.request.args);
  const auto ms_text = object.has_value() ? object->member("ms") : std::nullopt;
  const auto ms = ms_text.has_value() ? read_json_unsigned(*ms_text) : std::nullopt;
  if (!ms.has_value() || *ms > static_cast<std::uint64_t>(kMaxDelay.count())) {
    return caller.refuse(
        kInvalidRequest,
        fmt::format("expected an object with \"ms\", an integer from 0 to {}", kMaxDelay.count()));
  }
  Delay delay{caller.client, caller.request.handle, data_member(caller.request.args)};
  const std::size_t size = delay.data.size();
  if (!has_room_for(caller.client, size)) return caller.refuse(kBusy, "too many delays");
  for (DelayLoad* load : {&load_, &client_loads_[caller.client]}) {
    ++load->count;
    load->data_size += size;
  }
  const TimePoint expiry = caller.now + std::chrono::milliseconds(*ms);
  delays_.emplace(DelayKey{expiry, ++delay_sequence_}, std::move(delay));
}

bool ReferenceApp::has_room_for(ClientId client, std::size_t data_size) const {
  const auto entry = client_loads_.find(client);
  const DelayLoad own = entry == client_loads_.end() ? DelayLoad{} : entry->second;
  return load_.count < limits_.max_delays && own.count < limits_.max_delays_per_client &&
         load_.data_size + data_size <= limits_.max_delay_data_size &&
         own.data_size + data_size <= limits_.max_delay_data_size_per_client;
}

void ReferenceApp::release(const Delay& delay) {
  const auto entry = client_loads_.find(delay.client);
  for (DelayLoad* load : {&load_, &entry->second}) {
    --load->count;
    load->data_size -= delay.data.size();
  }
  if (entry->second.count == 0) client_loads_.erase(entry);
}

void ReferenceApp::forget(ClientId client) {
  if (!client_loads_.contains(client)) return;
  std::erase_if(delays_, [&](const auto& entry) {
    const bool is_meant = entry.second.client == client;
    if (is_meant) release(entry.second);
    return is_meant;
  });
}

std::optional<ReferenceApp::TimePoint> ReferenceApp::next_expiry() const {
  if (delays_.empty()) return std::nullopt;
  return delays_.begin()->first.first;
}

void ReferenceApp::expire(TimePoint now) {
  while (!delays_.empty() && delays_.begin()->first.first <= now) {
    const auto node = delays_.extract(delays_.begin());
    const Delay& delay = node.mapped();
    release(delay);
    ServerSession* const session = clients_.find(delay.client);
    if (session != nullptr) session->reply(delay.handle, std::nullopt, std::nullopt, delay.data);
  }
}

// Version 4 of RFC 4122: random but for the version and the variant.
Uuid ReferenceApp::random_uuid() {
  Uuid uuid;
  for (std::byte& byte : uuid.bytes) byte = static_cast<std::byte>(random_() & 0xff);
  uuid.bytes[6] = (uuid.bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  uuid.bytes[8] = (uuid.bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  return uuid;
}

}  // namespace wsapi
