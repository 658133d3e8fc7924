// SPDX-License-Identifier: Apache-2.0
//
// ServerSession with an application on top, against a simple model. Input: what a client sends on
// one connection, frames as on the wire, so that recorded traffic is an input as it is. What the
// application does depends on nothing but the verbs and args of the calls; its time is the count
// of messages.

#include <array>
#include <vector>

#include "fuzz/models/server_model.h"
#include "fuzz/models/server_rules.h"
#include "fuzz/targets/session_tools.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

// So small that inputs of a few messages reach them.
constexpr ServerLimits kLimits{
    .max_sessions = 3, .max_tokens = 3, .max_events = 3, .max_requests = 4, .max_text_size = 64};
constexpr std::size_t kMessagesToLater = 3;  // so many messages on, what waits longest is answered

// What the application does with a call, by the first byte of its verb.
enum class Action : std::uint8_t {
  kReply,
  kReplyLater,
  kReplyTwice,
  kNeverReply,
  kSubscribe,         // to the event that args name, and reply
  kUnsubscribe,       // from it, and reply
  kSubscribeLater,    // as kSubscribe, but the reply comes later
  kPush,              // it, with args as data, and reply
  kRemove,            // it, and reply
  kBroadcast,         // hop is the size of args; no reply before
  kSubscribeReplied,  // after the reply: must be refused
  kDescribe,          // a call: must be refused; then reply
  kEnd,
  kEndWithinSend,  // the first or second from now on
};
constexpr std::size_t kActionCount = static_cast<std::size_t>(Action::kEndWithinSend) + 1;

Action action_of(std::string_view verb) {
  if (verb.empty()) return Action::kReply;
  return static_cast<Action>(static_cast<std::uint8_t>(verb.front()) % kActionCount);
}

class ServerCase {
 public:
  explicit ServerCase(Revision revision)
      : revision_(revision),
        sink_(revision, Direction::kToClient),
        session_(revision, sink_, kLimits),
        model_(revision, kLimits) {
    sink_.on_end([this] { session_.end(); });
  }

  bool receive(std::span<const std::byte> bytes) {
    ++message_count_;
    const auto decoded = decode(bytes, revision_, Direction::kToServer);
    ServerReaction expected;
    if (decoded) {
      const PlainMessage message = plain(decoded->message, revision_);
      rules_.on_received(message);
      expected = model_.receive(message);
    } else {
      const bool offer =
          revision_ != Revision::kLegacy && !bytes.empty() && bytes.front() == std::byte{'V'};
      expected.outcome = offer ? ServerOutcome::kHangUp : ServerOutcome::kIgnored;
    }
    sink_.forget();
    const ServerEvent event = session_.receive(bytes);
    check(event.index() == index_of(expected.outcome), "the event is the one that must come");
    check_sent(expected.sent);
    if (expected.outcome == ServerOutcome::kHangUp) end();
    if (const auto* call = std::get_if<CallRequest>(&event)) {
      take_call(*call, plain(decoded->message, revision_), expected);
    } else if (const auto* describe = std::get_if<DescribeRequest>(&event)) {
      take_describe(*describe, plain(decoded->message, revision_));
    } else if (const auto* ignored = std::get_if<Ignored>(&event)) {
      check_named(ignored->error.code);
    }
    if (message_count_ % kMessagesToLater == 0 && !later_.empty()) answer_oldest();
    check_tables();
    return !model_.ended;
  }

  void finish() {
    end();
    check_tables();
    // What waited is forgotten, and nothing is sent: the sink would say so.
    for (const RequestHandle handle : seen_) {
      check(!session_.reply(handle, {}, {}, "null"), "no reply after the end");
      check(!session_.describe(handle, "null"), "no description after the end");
      check(!session_.subscribe(handle, "e"), "no subscription after the end");
    }
    session_.broadcast("e", "null", {}, 10);
    const std::array ping{std::byte{'D'}, std::byte{1}, std::byte{0}, std::byte{0}, std::byte{0}};
    check(std::holds_alternative<HangUp>(session_.receive(ping)), "no message after the end");
  }

 private:
  static std::size_t index_of(ServerOutcome outcome) {
    // The order of ServerEvent.
    return static_cast<std::size_t>(outcome);
  }

  void end() {
    session_.end();
    sink_.set_ended();
    model_.end();
    later_.clear();
  }

  // What one operation has sent; less than expected only where the session has ended within it.
  void check_sent(std::span<const PlainMessage> expected) {
    const auto sent = sink_.sent();
    const bool ended_within = sink_.ended() && !model_.ended;
    check(sent.size() <= expected.size(), "no more is sent than must be");
    check(sent.size() == expected.size() || ended_within, "all is sent that must be");
    check(std::ranges::equal(sent, expected.first(sent.size())), "what is sent is as it must be");
    for (const PlainMessage& message : sent) rules_.on_sent(message);
    sink_.forget();
    if (ended_within) end();
  }

  void check_expected_sent() {
    check_sent(expected_);
    expected_.clear();
  }

  void take_call(const CallRequest& call, const PlainMessage& m, const ServerReaction& expected) {
    check(call.call_id == m.id && call.verb == m.name && call.args == m.data &&
              call.credentials == m.credentials,
          "the application gets the call as it is");
    check(call.session == expected.session, "the session is the one that was bound to the id");
    check(call.token == expected.token, "the token is the one that was bound to the id");
    model_.add_request(call.handle, {.is_call = true, .id = m.id});
    seen_.push_back(call.handle);
    act(call.handle, m);
  }

  void act(RequestHandle handle, const PlainMessage& m) {
    const std::string event(m.data);
    switch (action_of(m.name)) {
      case Action::kReply: reply(handle, m.data); break;
      case Action::kReplyLater: later_.push_back(handle); break;
      case Action::kReplyTwice: reply(handle, m.data), reply(handle, m.data); break;
      case Action::kNeverReply: break;
      case Action::kSubscribe: subscribe(handle, event), reply(handle, m.data); break;
      case Action::kUnsubscribe: unsubscribe(handle, event), reply(handle, m.data); break;
      case Action::kSubscribeLater: subscribe(handle, event), later_.push_back(handle); break;
      case Action::kPush: push(event), reply(handle, m.data); break;
      case Action::kRemove: remove(event), reply(handle, m.data); break;
      case Action::kBroadcast: broadcast(event), later_.push_back(handle); break;
      case Action::kSubscribeReplied: reply(handle, m.data), subscribe(handle, event); break;
      case Action::kDescribe: describe(handle), reply(handle, m.data); break;
      case Action::kEnd: end(); break;
      case Action::kEndWithinSend:
        sink_.end_within(1 + m.data.size() % 2);
        reply(handle, m.data);
        break;
    }
  }

  void take_describe(const DescribeRequest& request, const PlainMessage& m) {
    check(request.description_id == m.id, "the application gets the id as it is");
    model_.add_request(request.handle, {.is_call = false, .id = m.id});
    seen_.push_back(request.handle);
    switch (m.id % 4) {
      case 0: later_.push_back(request.handle); break;
      case 1: describe(request.handle); break;
      case 2:
        reply(request.handle, "null");  // must be refused
        describe(request.handle);
        describe(request.handle);
        break;
      default: break;  // never
    }
  }

  void answer_oldest() {
    const RequestHandle handle = later_.front();
    later_.erase(later_.begin());
    model_.pending_call(handle) != nullptr ? reply(handle, "1") : describe(handle);
  }

  void reply(RequestHandle handle, std::string_view data) {
    const auto* const call = model_.pending_call(handle);
    const NullString error = data.size() % 3 == 1 ? NullString(data) : std::nullopt;
    const NullString info = data.size() % 3 == 2 ? NullString("") : std::nullopt;
    if (call != nullptr) {
      expected_.push_back(
          {.kind = Kind::kReply, .id = call->id, .error = error, .info = info, .data = data});
    }
    const bool replied = session_.reply(handle, error, info, data);
    check(replied == (call != nullptr), "a call is answered once, and only a call");
    if (replied) model_.requests.erase(handle);
    check_expected_sent();
  }

  void describe(RequestHandle handle) {
    const auto request = model_.requests.find(handle);
    if (request != model_.requests.end() && !request->second.is_call) {
      expected_.push_back({.kind = Kind::kDescription, .id = request->second.id, .data = "{}"});
    }
    const bool described = session_.describe(handle, "{}");
    check(described == !expected_.empty(), "a DESCRIBE is answered once, and only a DESCRIBE");
    if (described) model_.requests.erase(request);
    check_expected_sent();
  }

  void subscribe(RequestHandle handle, const std::string& name) {
    const auto* const call = model_.pending_call(handle);
    const bool subscribed = session_.subscribe(handle, name);
    const bool known = model_.events.contains(name);
    const bool possible =
        call != nullptr && (known || model_.events.size() < kLimits.max_events) && !model_.ended;
    if (possible && !known) {
      check(!sink_.sent().empty(), "an event that the client does not know is created");
      const std::uint32_t id = sink_.sent().front().event_id;
      check(id != 0 && !model_.has_event_id(id), "the id of an event is its own");
      model_.events[name] = {.id = id, .subscribed = false};
      expected_.push_back({.kind = Kind::kEventCreate, .event_id = id, .name = name});
    }
    if (possible) {
      ServerModel::Event& event = model_.events[name];
      event.subscribed = true;
      expected_.push_back(model_.about_event(Kind::kEventSubscribe, event.id, name));
      expected_.back().id = call->id;
    }
    const bool all_sent = sink_.sent().size() == expected_.size();
    check(subscribed == (possible && all_sent), "a subscription says whether it was made");
    check_expected_sent();
  }

  void unsubscribe(RequestHandle handle, const std::string& name) {
    const auto* const call = model_.pending_call(handle);
    if (call != nullptr && model_.subscribed(name)) {
      ServerModel::Event& event = model_.events[name];
      event.subscribed = false;
      expected_.push_back(model_.about_event(Kind::kEventUnsubscribe, event.id, name));
      expected_.back().id = call->id;
    }
    check(session_.unsubscribe(handle, name) == !expected_.empty(), "it ends what there is");
    check_expected_sent();
  }

  void push(const std::string& name) {
    if (model_.subscribed(name)) {
      expected_.push_back(model_.about_event(Kind::kEventPush, model_.events[name].id, name));
      expected_.back().data = name;
    }
    check(session_.push(name, name) == !expected_.empty(), "a push goes to a subscriber");
    check_expected_sent();
  }

  void remove(const std::string& name) {
    const auto event = model_.events.find(name);
    if (event != model_.events.end()) {
      expected_.push_back(model_.about_event(Kind::kEventRemove, event->second.id, name));
      model_.events.erase(event);
    }
    check(session_.remove_event(name) == !expected_.empty(), "what is known can be removed");
    check_expected_sent();
  }

  void broadcast(const std::string& name) {
    const auto hop = static_cast<std::uint8_t>(name.size());
    Uuid uuid;
    uuid.bytes[0] = static_cast<std::byte>(message_count_);
    if (hop > 0) {
      expected_.push_back({.kind = Kind::kEventBroadcast,
                           .name = name,
                           .data = "1",
                           .uuid = uuid,
                           .hop = static_cast<std::uint8_t>(hop - 1)});
    }
    session_.broadcast(name, "1", uuid, hop);
    // An application that broadcasts after the end is heard by nobody.
    if (model_.ended) expected_.clear();
    check_expected_sent();
  }

  void check_tables() const {
    check(session_.ended() == model_.ended, "the session ends when it must");
    check(session_.session_count() == model_.sessions.size(), "sessions are those of the model");
    check(session_.token_count() == model_.tokens.size(), "tokens are those of the model");
    check(session_.event_count() == model_.events.size(), "events are those of the model");
    check(session_.request_count() == model_.requests.size(), "requests are those of the model");
    check(session_.session_count() <= kLimits.max_sessions &&
              session_.token_count() <= kLimits.max_tokens &&
              session_.event_count() <= kLimits.max_events &&
              session_.request_count() <= kLimits.max_requests &&
              model_.text_size() <= kLimits.max_text_size,
          "no table exceeds its limit");
    for (const auto& [name, event] : model_.events) {
      check(session_.subscribed(name) == event.subscribed, "subscriptions are those of the model");
    }
  }

  Revision revision_;
  CheckingSink sink_;
  ServerSession session_;
  ServerModel model_;
  ServerRules rules_;
  std::size_t message_count_ = 0;
  std::vector<PlainMessage> expected_;  // what the operation under way must send
  std::vector<RequestHandle> later_;
  std::vector<RequestHandle> seen_;  // all that there ever were
};

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  const auto stream = fuzz::as_bytes(data, size);
  const Revision chosen = fuzz::revision_of(stream, Direction::kToServer);
  for (const Revision revision : kRevisions) {
    if (!fuzz::is_read(revision == chosen)) continue;
    fuzz::ServerCase server(revision);
    fuzz::for_each_message(stream, [&](auto message) { return server.receive(message); });
    server.finish();
  }
  return 0;
}
WSAPI_FUZZ_NOT_UNDER_TEST_END
