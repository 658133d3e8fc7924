// SPDX-License-Identifier: Apache-2.0
//
// ClientSession with an application on top, against a simple model. Input: what a server sends on
// one connection, frames as on the wire, so that recorded traffic is an input as it is. The
// application submits requests before the first message, so that the ids 1, 2, 3 and 4 are pending,
// and then does one thing after each message, which depends on nothing but what has come.

#include <array>
#include <vector>

#include "fuzz/models/client_model.h"
#include "fuzz/targets/session_tools.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

// So small that inputs of a few messages reach them.
constexpr ClientLimits kLimits{.max_requests = 7,
                               .max_sessions = 2,
                               .max_tokens = 2,
                               .max_text_size = 8,
                               .max_events = 3,
                               .max_event_text_size = 64};
constexpr std::array<std::string_view, 4> kTexts{"", "s", "four", "too-long-with-others"};
constexpr unsigned kActionCount = 14;  // what the application can do

class ClientCase {
 public:
  explicit ClientCase(Revision revision)
      : revision_(revision),
        sink_(revision, Direction::kToServer),
        session_(revision, sink_, kLimits),
        model_(revision, kLimits) {
    sink_.on_end([this] { session_.end(); });
    constexpr std::size_t kUsualCount = 4;
    expected_.reserve(kUsualCount);
    submitted_.reserve(kUsualCount);
    completed_.reserve(kUsualCount);
  }

  void begin() {
    call({.verb = "first"});
    call({.verb = "second", .session = kTexts[1], .token = kTexts[2]});
    describe();
    call({.verb = "fourth", .args = "[]", .session = kTexts[1], .credentials = "0:0"});
  }

  bool receive(std::span<const std::byte> bytes) {
    ++message_count_;
    const auto decoded = decode(bytes, revision_, Direction::kToClient);
    PlainMessage message;
    if (decoded) message = plain(decoded->message, revision_);
    const ClientReaction expected = decoded ? model_.receive(message) : on_malformed(bytes);
    sink_.forget();
    const ClientEvent event = session_.receive(bytes);
    check(event.index() == static_cast<std::size_t>(expected.outcome),
          "the event is the one that must come");
    check_event(event, expected, decoded ? &message : nullptr);
    if (expected.sends_unexpected) {
      expected_.push_back({.kind = Kind::kEventUnexpected, .event_id = message.event_id});
    }
    check_sent();
    if (expected.outcome == ClientOutcome::kHangUp) end();
    if (!model_.ended) act(bytes);
    check_tables();
    return !model_.ended;
  }

  void finish() {
    end();
    // In the order in which they were submitted.
    for (const auto& [handle, request] : model_.requests) {
      const auto event = session_.next_disconnected();
      check(event.has_value(), "what is pending completes at the end");
      if (const auto* call = std::get_if<CallCompleted>(&*event)) {
        check(request.is_call && call->handle == handle && call->call_id == request.id &&
                  call->completion == Completion::kDisconnected && call->error == "disconnected",
              "a call that is pending completes as disconnected");
        complete(handle);
      } else if (const auto* description = std::get_if<DescribeCompleted>(&*event)) {
        check(!request.is_call && description->handle == handle &&
                  description->completion == Completion::kDisconnected && !description->description,
              "a description that is pending completes with none");
        complete(handle);
      }
    }
    check(!session_.next_disconnected(), "nothing completes twice");
    check(completed_.size() == submitted_.size(), "each request completes exactly once");
    check(session_.call({.verb = "late"}).error().code == ErrorCode::kEnded &&
              session_.describe().error().code == ErrorCode::kEnded &&
              !session_.remove_session(kTexts[1]) && !session_.remove_token(kTexts[2]),
          "nothing is submitted after the end");
    const std::array push{std::byte{'P'}};
    check(std::holds_alternative<HangUp>(session_.receive(push)), "no message after the end");
  }

 private:
  // An answer completes its request if its id can be read; a VERSION SET that cannot is the end.
  ClientReaction on_malformed(std::span<const std::byte> bytes) {
    const ClientReaction ignored{.outcome = ClientOutcome::kIgnored};
    if (bytes.empty()) return ignored;
    const bool legacy = revision_ == Revision::kLegacy;
    const char operation = std::to_integer<char>(bytes.front());
    if (operation == 'v' && !legacy) return {.outcome = ClientOutcome::kHangUp};
    const bool is_reply = operation == (legacy ? 'Y' : 'k');
    if (!is_reply && operation != 'd') return ignored;
    const bool narrow = is_reply ? !legacy : revision_ == Revision::k2020_03;
    const std::size_t id_size = narrow ? 2 : 4;
    if (bytes.size() < 1 + id_size) return ignored;
    std::uint32_t id = 0;
    for (std::size_t i = id_size; i > 0; --i)
      id = id << 8 | std::to_integer<std::uint32_t>(bytes[i]);
    return model_.on_answer(is_reply, id);
  }

  // `m` is null where the message could not be decoded.
  void check_event(const ClientEvent& event, const ClientReaction& expected,
                   const PlainMessage* m) {
    if (const auto* e = std::get_if<CallCompleted>(&event)) {
      check(e->handle == expected.handle, "a REPLY completes the call of its id");
      if (m != nullptr) {
        check(e->call_id == m->id && e->error == m->error && e->info == m->info &&
                  e->data == m->data && e->completion == Completion::kAnswered,
              "the application gets the reply as it is");
      } else {
        check(e->error == "proto-error" && e->completion == Completion::kMalformed,
              "a call with a malformed answer completes as proto-error");
      }
      complete(e->handle);
    } else if (const auto* d = std::get_if<DescribeCompleted>(&event)) {
      check(d->handle == expected.handle, "a DESCRIPTION completes the request of its id");
      const NullString description = m != nullptr ? NullString(m->data) : std::nullopt;
      check(d->description == description, "the application gets the description as it is");
      complete(d->handle);
    } else if (const auto* s = std::get_if<EventSubscribed>(&event)) {
      check(s->call == expected.handle && s->event == expected.event, "SUBSCRIBE is in its call");
    } else if (const auto* u = std::get_if<EventUnsubscribed>(&event)) {
      check(u->call == expected.handle && u->event == expected.event, "UNSUBSCRIBE is in its call");
    } else if (const auto* p = std::get_if<EventPushed>(&event)) {
      check(p->event == expected.event && p->data == m->data, "PUSH is that of the event");
    } else if (const auto* i = std::get_if<Ignored>(&event)) {
      check_named(i->error.code);
    } else if (const auto* r = std::get_if<EventRemoved>(&event)) {
      check(r->event == expected.event, "REMOVE is that of the event");
    } else if (const auto* b = std::get_if<BroadcastReceived>(&event)) {
      check(b->event == expected.event && b->data == m->data && b->uuid == m->uuid &&
                b->hop == m->hop && b->hop > 0,
            "the application gets the broadcast as it is");
    }
  }

  void act(std::span<const std::byte> bytes) {
    unsigned sum = message_count_;
    for (const std::byte byte : bytes) sum += std::to_integer<unsigned>(byte);
    const std::string_view text = kTexts[sum / kActionCount % kTexts.size()];
    switch (sum % kActionCount) {
      case 0: call({.verb = text}); break;
      case 1: call({.verb = "v", .args = text, .session = text}); break;
      case 2: call({.verb = "v", .token = text}); break;
      case 3: call({.verb = "v", .session = text, .token = text, .credentials = text}); break;
      case 4: describe(); break;
      case 5: remove_session(text); break;
      case 6: remove_token(text); break;
      case 7: session_.start(), check_sent(); break;
      case 8: sum % 5 == 0 ? sink_.end_within(1 + sum % 3) : describe(); break;
      case 9: sum % 5 == 0 ? end() : call({.verb = "x"}); break;
      default: break;  // waits
    }
  }

  // What one operation has sent: expected_, behind the offer where it is the first; less only where
  // the session has ended within it.
  void check_sent() {
    static constexpr std::array kVersions{std::byte{1}};
    const bool offers = !model_.started && !expected_.empty();
    if (offers && revision_ != Revision::kLegacy) {
      expected_.insert(
          expected_.begin(),
          {.kind = Kind::kVersionOffer, .identifier = 0x174C1409, .versions = {kVersions}});
    }
    if (offers) model_.started = true;
    const auto sent = sink_.sent();
    const bool ended_within = sink_.ended() && !model_.ended;
    check(sent.size() <= expected_.size(), "no more is sent than must be");
    check(sent.size() == expected_.size() || ended_within, "all is sent that must be");
    check(std::equal(sent.begin(), sent.end(), expected_.begin()),
          "what is sent is as it must be, and the offer comes first");
    expected_.clear();
    sink_.forget();
    if (ended_within) end();
  }

  void end() {
    session_.end();
    sink_.set_ended();
    model_.end();
  }

  void complete(RequestHandle handle) {
    const auto among = [handle](const std::vector<RequestHandle>& some) {
      return std::ranges::find(some, handle) != some.end();
    };
    check(among(submitted_), "what completes was submitted");
    check(!among(completed_), "a request completes once");
    completed_.push_back(handle);
  }

  // The id of a text: known, or what the message at `index` binds it to. 0 for none.
  std::uint32_t text_id(ClientModel::Texts& texts, NullString text, Kind kind) {
    if (!text) return 0;
    const auto known = texts.ids.find(std::string(*text));
    if (known != texts.ids.end()) return known->second;
    const std::size_t index =
        expected_.size() + (!model_.started && revision_ != Revision::kLegacy ? 1 : 0);
    std::uint32_t id = 0;
    if (index < sink_.sent().size()) {
      const PlainMessage& sent = sink_.sent()[index];
      id = kind == Kind::kSessionCreate ? sent.session_id : sent.token_id;
      check(id != 0 && !texts.has_id(id), "the id of a session or token is its own");
    } else {
      check(sink_.ended(), "a text that the server does not know is sent before the call");
    }
    texts.ids.emplace(*text, id);
    PlainMessage message{.kind = kind, .name = *text};
    (kind == Kind::kSessionCreate ? message.session_id : message.token_id) = id;
    expected_.push_back(message);
    return id;
  }

  void call(const OutgoingCall& call) {
    const bool legacy = revision_ == Revision::kLegacy;
    const auto fits = [&](const ClientModel::Texts& texts, NullString text) {
      return legacy || !text || texts.ids.contains(std::string(*text)) || texts.has_room(*text);
    };
    ErrorCode error = ErrorCode::kNone;
    if (!fits(model_.sessions, call.session) || !fits(model_.tokens, call.token)) {
      error = ErrorCode::kTableFull;
    }
    if (model_.requests.size() >= kLimits.max_requests) error = ErrorCode::kBusy;
    if (model_.ended) error = ErrorCode::kEnded;
    const auto handle = session_.call(call);
    check((handle ? ErrorCode::kNone : handle.error().code) == error, "a refusal says why");
    if (!handle) check_named(error);
    if (handle) {
      PlainMessage message{.kind = Kind::kCall,
                           .id = next_id(),
                           .name = call.verb,
                           .credentials = call.credentials,
                           .data = call.args};
      if (legacy) {
        message.session = call.session.value_or("");
      } else {
        message.session_id = text_id(model_.sessions, call.session, Kind::kSessionCreate);
        message.token_id = text_id(model_.tokens, call.token, Kind::kTokenCreate);
      }
      expected_.push_back(message);
      submit(*handle, {.is_call = true, .id = message.id});
    }
    check_sent();
  }

  void describe() {
    const bool busy = model_.requests.size() >= kLimits.max_requests;
    const auto handle = session_.describe();
    check(handle.ok() == (!busy && !model_.ended), "a description is asked for if it can be");
    if (handle) {
      expected_.push_back({.kind = Kind::kDescribe, .id = next_id()});
      submit(*handle, {.is_call = false, .id = expected_.back().id});
    }
    check_sent();
  }

  void remove_session(std::string_view text) {
    const auto known = model_.sessions.ids.find(std::string(text));
    if (known != model_.sessions.ids.end()) {
      expected_.push_back({.kind = Kind::kSessionRemove, .session_id = known->second});
      model_.sessions.ids.erase(known);
    }
    check(session_.remove_session(text) == !expected_.empty(), "what is bound can be removed");
    check_sent();
  }

  void remove_token(std::string_view text) {
    const auto known = model_.tokens.ids.find(std::string(text));
    if (known != model_.tokens.ids.end()) {
      expected_.push_back({.kind = Kind::kTokenRemove, .token_id = known->second});
      model_.tokens.ids.erase(known);
    }
    check(session_.remove_token(text) == !expected_.empty(), "what is bound can be removed");
    check_sent();
  }

  // A counter that no input is long enough to bring back to 1.
  std::uint32_t next_id() { return static_cast<std::uint32_t>(submitted_.size()) + 1; }

  void submit(RequestHandle handle, const ClientModel::Request& request) {
    model_.add_request(handle, request);
    submitted_.push_back(handle);
  }

  void check_tables() const {
    check(session_.ended() == model_.ended, "the session ends when it must");
    check(session_.request_count() == model_.requests.size(), "requests are those of the model");
    check(session_.session_count() == model_.sessions.ids.size(),
          "sessions are those of the model");
    check(session_.token_count() == model_.tokens.ids.size(), "tokens are those of the model");
    check(session_.event_count() == model_.events.size(), "events are those of the model");
    check(session_.version().has_value() == model_.has_version,
          "the version is that of VERSION SET");
    check(session_.request_count() <= kLimits.max_requests &&
              session_.session_count() <= kLimits.max_sessions &&
              session_.token_count() <= kLimits.max_tokens &&
              session_.event_count() <= kLimits.max_events,
          "no table exceeds its limit");
    for (const auto& [id, event] : model_.events) {
      check(session_.listens(event.name) == model_.listens(event.name),
            "subscriptions are those of the model");
    }
  }

  Revision revision_;
  CheckingSink sink_;
  ClientSession session_;
  ClientModel model_;
  unsigned message_count_ = 0;
  std::vector<PlainMessage> expected_;  // what the operation under way must send
  std::vector<RequestHandle> submitted_;
  std::vector<RequestHandle> completed_;
};

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  const auto stream = fuzz::as_bytes(data, size);
  const Revision chosen = fuzz::revision_of(stream, Direction::kToClient);
  for (const Revision revision : kRevisions) {
    if (!fuzz::is_read(revision == chosen)) continue;
    fuzz::ClientCase client(revision);
    client.begin();
    fuzz::for_each_message(stream, [&](auto message) { return client.receive(message); });
    client.finish();
  }
  return 0;
}
WSAPI_FUZZ_NOT_UNDER_TEST_END
