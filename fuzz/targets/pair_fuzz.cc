// SPDX-License-Identifier: Apache-2.0
//
// A ClientSession and a ServerSession that speak to each other, each with an application on top:
// what one side sends, the other must understand, whatever is under way meanwhile. Input: the first
// byte chooses revision and limits; each other byte is one operation, in its low four bits, and a
// parameter of it.

#include <array>
#include <charconv>
#include <deque>
#include <vector>

#include "codec/client_session.h"
#include "codec/server_session.h"
#include "fuzz/models/server_rules.h"
#include "fuzz/targets/session_tools.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

constexpr std::array<std::string_view, 4> kTexts{"", "a", "b", "a-longer-one"};
constexpr std::size_t kMaxOperations = 1024;
constexpr ClientLimits kClientLimits{.max_requests = 6, .max_sessions = 3, .max_tokens = 3};
// With small limits the server answers errors by itself.
constexpr ServerLimits kSmallLimits{
    .max_sessions = 1, .max_tokens = 1, .max_events = 2, .max_requests = 2, .max_text_size = 5};

class Pair {
 public:
  Pair(Revision revision, bool small_limits)
      : legacy_(revision == Revision::kLegacy),
        small_limits_(small_limits),
        client_sink_(revision, Direction::kToServer),
        server_sink_(revision, Direction::kToClient),
        client_(revision, client_sink_, kClientLimits),
        server_(revision, server_sink_, small_limits ? kSmallLimits : ServerLimits{}) {
    client_sink_.on_end([this] { client_.end(); });
    server_sink_.on_end([this] { server_.end(); });
  }

  // False where the connection has ended.
  bool operate(unsigned operation, unsigned parameter) {
    const std::string_view text = kTexts[parameter % kTexts.size()];
    switch (operation) {
      case 0: call(parameter); break;
      case 1: describe(); break;
      case 2: (void)client_.remove_session(text); break;
      case 3: (void)client_.remove_token(text); break;
      case 4:
      case 5: deliver_to_server(); break;
      case 6:
      case 7: deliver_to_client(); break;
      case 8: answer(0, parameter); break;
      case 9: answer(waiting_.empty() ? 0 : waiting_.size() - 1, parameter); break;
      case 10: subscribe(text); break;
      case 11: unsubscribe(text); break;
      case 12: (void)server_.push(text, text); break;
      case 13: (void)server_.remove_event(text); break;
      case 14: broadcast(parameter); break;
      default: disturb(parameter); break;
    }
    collect();
    return !dropped_;
  }

  // All arrives, and all is answered.
  void settle() {
    for (int round = 0; round < 2; ++round) {
      while (!to_server_.empty()) deliver_to_server();
      while (!waiting_.empty()) {
        answer(0, 0);
        collect();
      }
      while (!to_client_.empty()) deliver_to_client();
    }
    if (dropped_) return;  // within a send
    check(to_server_.empty(), "what arrives at a client is not answered, as all was expected");
    check(client_.request_count() == 0, "each request is answered");
    check(server_.request_count() == 0, "no request waits that was answered");
    check(client_.event_count() == server_.event_count(), "both sides know the same events");
    for (const std::string_view name : kTexts) {
      check(client_.listens(name) == server_.subscribed(name),
            "both sides have the same subscriptions");
    }
    if (!small_limits_) {
      check(client_.session_count() == server_.session_count() &&
                client_.token_count() == server_.token_count(),
            "both sides know the same sessions and tokens");
    }
    check(legacy_ || requests_.empty() || (client_.version() == 1 && server_.version() == 1),
          "both sides have agreed on the version");
  }

  void finish() {
    drop();
    while (const auto event = client_.next_disconnected()) take_client_event(*event);
    for (const auto& [handle, request] : requests_) {
      check(request.completions == 1, "each request completes exactly once");
    }
  }

 private:
  struct Request {
    bool is_call = true;
    OutgoingCall call = {};
    std::string args = {};
    int completions = 0;
    NullString error = {};  // of the server's application
  };
  struct Waiting {  // at the server
    RequestHandle handle{};
    Request* request = nullptr;  // of the client; none for a description
  };

  void call(unsigned parameter) {
    const auto some_text = [&](unsigned which) {
      return which == 0 ? NullString() : NullString(kTexts[(parameter + which) % kTexts.size()]);
    };
    Request request;
    request.args = std::to_string(requests_.size());
    request.call = {.verb = kTexts[parameter % kTexts.size()],
                    .args = request.args,
                    .session = some_text(parameter / 4 % 4),
                    .token = some_text(parameter / 2 % 4),
                    .credentials = some_text(parameter % 2)};
    const Result<RequestHandle> handle = client_.call(request.call);  // which refers to its texts
    submit(handle, std::move(request));
  }

  void describe() { submit(client_.describe(), {.is_call = false}); }

  void submit(const Result<RequestHandle>& handle, Request request) {
    if (!handle) return;
    requests_.push_back({*handle, std::move(request)});
    requests_.back().second.call.args = requests_.back().second.args;
  }

  Request& request_of(RequestHandle handle) {
    const auto found = std::ranges::find(requests_, handle, &Entry::first);
    check(found != requests_.end(), "what completes was submitted");
    return found->second;
  }

  void collect() {
    for (auto& bytes : client_sink_.sent_bytes()) to_server_.push_back(std::move(bytes));
    for (const PlainMessage& message : client_sink_.sent()) {
      check(message.kind != Kind::kEventUnexpected, "no PUSH is unexpected between right sides");
    }
    for (auto& bytes : server_sink_.sent_bytes()) to_client_.push_back(std::move(bytes));
    for (const PlainMessage& message : server_sink_.sent()) rules_.on_sent(message);
    client_sink_.forget();
    server_sink_.forget();
    if (client_sink_.ended() || server_sink_.ended()) drop();
  }

  void deliver_to_server() {
    if (to_server_.empty()) return;
    collect();
    const std::vector<std::byte> bytes = std::move(to_server_.front());
    to_server_.erase(to_server_.begin());
    rules_.on_received(
        plain(decode(bytes, client_.revision(), Direction::kToServer).value().message,
              client_.revision()));
    const ServerEvent event = server_.receive(bytes);
    collect();
    if (const auto* call = std::get_if<CallRequest>(&event)) return take_call(*call);
    if (const auto* describe = std::get_if<DescribeRequest>(&event)) {
      waiting_.push_back({describe->handle, nullptr});
      return;
    }
    check(std::holds_alternative<Handled>(event), "the server understands what the client sends");
  }

  void take_call(const CallRequest& call) {
    std::size_t index = requests_.size();
    std::from_chars(call.args.data(), call.args.data() + call.args.size(), index);
    check(index < requests_.size(), "args arrive as they are");
    Request& request = requests_[index].second;
    check(request.is_call && call.verb == request.call.verb &&
              call.credentials == request.call.credentials,
          "a call arrives as it is");
    if (legacy_) {
      check(call.session == request.call.session.value_or("") && !call.token,
            "a legacy call has its session, and no token");
    } else {
      check(call.session == request.call.session, "the session is that of the call");
      check(call.token == request.call.token || (small_limits_ && !call.token),
            "the token is that of the call");
    }
    waiting_.push_back({call.handle, &request});
  }

  void deliver_to_client() {
    if (to_client_.empty()) return;
    const std::vector<std::byte> bytes = std::move(to_client_.front());
    to_client_.erase(to_client_.begin());
    const auto decoded = decode(bytes, client_.revision(), Direction::kToClient);
    const ClientEvent event = client_.receive(bytes);
    const PlainMessage message = plain(decoded.value().message, client_.revision());
    const bool broadcast = message.kind == Kind::kEventBroadcast;
    check(broadcast || !std::holds_alternative<Ignored>(event),
          "the client understands what the server sends");
    check(!std::holds_alternative<HangUp>(event), "the client does not hang up");
    if (broadcast && std::holds_alternative<Ignored>(event)) {
      check(message.hop == 0 || repeated_, "a broadcast arrives once, while hops are left");
    }
    collect();
    take_client_event(event);
  }

  void take_client_event(const ClientEvent& event) {
    if (const auto* call = std::get_if<CallCompleted>(&event)) {
      Request& request = request_of(call->handle);
      check(request.is_call, "a call completes as a call");
      ++request.completions;
      if (call->completion == Completion::kDisconnected) return;
      check(call->completion == Completion::kAnswered, "no answer is malformed");
      const bool by_server = call->error == "busy" || call->error == "unknown-session";
      if (by_server && small_limits_) return;
      check(call->data == request.args && call->error == request.error,
            "a call gets its own answer");
    } else if (const auto* description = std::get_if<DescribeCompleted>(&event)) {
      Request& request = request_of(description->handle);
      check(!request.is_call, "a description completes as a description");
      check(description->completion != Completion::kMalformed, "no description is malformed");
      ++request.completions;
    }
  }

  // The request at `index` of those that wait at the server.
  void answer(std::size_t index, unsigned parameter) {
    if (index >= waiting_.size()) return;
    const Waiting waiting = waiting_[index];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
    if (waiting.request == nullptr) {
      check(server_.describe(waiting.handle, "{}"), "a description that waits can be given");
      return;
    }
    waiting.request->error = parameter % 4 == 3 ? NullString("failed") : std::nullopt;
    const std::string args = waiting.request->args;
    check(server_.reply(waiting.handle, waiting.request->error, {}, args),
          "a call that waits can be answered");
  }

  void subscribe(std::string_view name) {
    if (!waiting_.empty()) (void)server_.subscribe(waiting_.front().handle, name);
  }
  void unsubscribe(std::string_view name) {
    if (!waiting_.empty()) (void)server_.unsubscribe(waiting_.front().handle, name);
  }

  void broadcast(unsigned parameter) {
    Uuid uuid;
    if (parameter % 4 == 3) {
      repeated_ = true;
    } else {
      ++broadcast_count_;
    }
    uuid.bytes[0] = static_cast<std::byte>(broadcast_count_);
    uuid.bytes[1] = static_cast<std::byte>(broadcast_count_ >> 8);
    server_.broadcast("e", "1", uuid, static_cast<std::uint8_t>(parameter / 4 * 5));
  }

  void disturb(unsigned parameter) {
    switch (parameter) {
      case 0: return drop();
      case 1: return client_sink_.end_within(1);
      case 2: return client_sink_.end_within(2);
      case 3: return server_sink_.end_within(1);
      case 4: return server_sink_.end_within(2);
      default: return client_.start();
    }
  }

  void drop() {
    if (dropped_) return;
    dropped_ = true;
    client_.end();
    server_.end();
    client_sink_.set_ended();
    server_sink_.set_ended();
    to_client_.clear();
    to_server_.clear();
    waiting_.clear();
  }

  using Entry = std::pair<RequestHandle, Request>;

  bool legacy_;
  bool small_limits_;
  bool dropped_ = false;
  bool repeated_ = false;  // a broadcast was sent again
  unsigned broadcast_count_ = 0;
  CheckingSink client_sink_;
  CheckingSink server_sink_;
  ClientSession client_;
  ServerSession server_;
  ServerRules rules_;
  std::vector<std::vector<std::byte>> to_server_;
  std::vector<std::vector<std::byte>> to_client_;
  std::deque<Entry> requests_;  // all that there ever were; in place as long as the pair lives
  std::vector<Waiting> waiting_;
};

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  if (size == 0) return 0;
  fuzz::Pair pair(kRevisions[data[0] % kRevisions.size()], (data[0] & 0x80) != 0);
  bool connected = true;
  for (std::size_t i = 1; i < size && i < fuzz::kMaxOperations && connected; ++i) {
    connected = pair.operate(data[i] & 0xf, data[i] >> 4);
  }
  if (connected) pair.settle();
  pair.finish();
  return 0;
}
WSAPI_FUZZ_NOT_UNDER_TEST_END
