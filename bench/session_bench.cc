// SPDX-License-Identifier: Apache-2.0
//
// Messages through ServerSession: a call with its reply, and an event pushed; against the codec
// alone, which decodes and encodes the same messages.

#include "bench/codec_bench.h"
#include "bench/measure.h"
#include "bench/samples.h"
#include "codec/server_session.h"

namespace wsapi::bench {
namespace {

constexpr Revision kRevision = kReferenceRevision;

class CountingSink : public MessageSink {
 public:
  void send(WriteBuf& message) override {
    size_ += message.size();
    benchmark::DoNotOptimize(size_);
  }

 private:
  std::size_t size_ = 0;
};

std::vector<std::byte> call_bytes(std::string_view args) {
  return encode_to_bytes(Call{.call_id = 1,
                              .verb = "echo",
                              .session_id = 0,
                              .token_id = 0,
                              .args = {args},
                              .credentials = {}},
                         kRevision)
      .value();
}

void measure_calls(benchmark::State& state) {
  CountingSink sink;
  ServerSession session(kRevision, sink);
  const auto bytes = call_bytes(json_object(100));
  for (auto _ : state) {
    const ServerEvent event = session.receive(bytes);
    const auto* const call = std::get_if<CallRequest>(&event);
    require(call != nullptr, "receiving a call");
    require(session.reply(call->handle, std::nullopt, std::nullopt, call->args), "replying");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void measure_codec(benchmark::State& state) {
  CountingSink sink;
  const auto bytes = call_bytes(json_object(100));
  for (auto _ : state) {
    const auto decoded = decode(bytes, kRevision, Direction::kToServer);
    const auto* const call = std::get_if<Call>(&decoded->message);
    require(call != nullptr, "decoding a call");
    WriteBuf out;
    const Reply reply{.call_id = call->call_id, .error = {}, .info = {}, .data = call->args};
    require(encode(reply, kRevision, out).ok(), "encoding a reply");
    sink.send(out);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void measure_pushes(benchmark::State& state) {
  CountingSink sink;
  ServerSession session(kRevision, sink);
  const auto bytes = call_bytes("null");
  const ServerEvent event = session.receive(bytes);
  const auto* const call = std::get_if<CallRequest>(&event);
  require(call != nullptr && session.subscribe(call->handle, "engine/speed"), "subscribing");
  for (auto _ : state) require(session.push("engine/speed", json_object(100)), "pushing");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void measure_encoded_pushes(benchmark::State& state) {
  CountingSink sink;
  for (auto _ : state) {
    WriteBuf out;
    const EventPush push{.event_id = 1, .data = {json_object(100)}};
    require(encode(push, kRevision, out).ok(), "encoding a push");
    sink.send(out);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

}  // namespace

void add_session_benchmarks() {
  add_benchmark("session/call-reply-100B/server-session", measure_calls);
  add_benchmark("session/call-reply-100B/limit:codec-alone", measure_codec);
  add_benchmark("session/push-100B/server-session", measure_pushes);
  add_benchmark("session/push-100B/limit:codec-alone", measure_encoded_pushes);
}

}  // namespace wsapi::bench
