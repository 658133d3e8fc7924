// SPDX-License-Identifier: Apache-2.0
//
// Small calls to the reference server and back, against the null peer that echoes the same bytes
// over the same transport and looks at none of them, which is the limit. Both serve on a thread of
// their own; the client is the same for both. `pipelined`: 64 calls in one write, then all their
// replies; `single`: one call, then its reply.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/measure.h"
#include "bench/suite_bench.h"
#include "codec/encode.h"
#include "codec/version_offer.h"
#include "harness/peers/blocking_client.h"
#include "harness/peers/null_peers.h"
#include "harness/peers/peer_thread.h"
#include "harness/peers/reference_server.h"

namespace wsapi::bench {
namespace {

constexpr std::uint16_t kPipelinedCount = 64;
constexpr std::string_view kArgs = R"({"id":1234,"unit":"km/h","on":true})";

using Bytes = std::vector<std::byte>;

template <WsapiMessage Message>
void append_framed(Bytes& out, const Message& message) {
  WriteBuf buffer;
  require(encode(message, kReferenceRevision, buffer).ok(), "encoding");
  const Bytes frame = gather(buffer.framed_parts());
  out.insert(out.end(), frame.begin(), frame.end());
}

// What one iteration sends, and what the reference server answers.
struct Exchange {
  explicit Exchange(std::uint16_t call_count) {
    for (std::uint16_t id = 1; id <= call_count; ++id) {
      const Call call{.call_id = id,
                      .verb = "echo",
                      .session_id = 0,
                      .token_id = 0,
                      .args = {kArgs},
                      .credentials = {}};
      append_framed(calls, call);
      append_framed(replies, Reply{.call_id = id, .error = {}, .info = {}, .data = {kArgs}});
    }
  }

  Bytes calls;
  Bytes replies;
};

void receive(BlockingClient& client, Bytes& into) {
  require(client.receive(into).size == into.size(), "receiving");
}

void negotiate(BlockingClient& client) {
  Bytes offer;
  append_framed(offer, kOfferOfVersion1);
  require(client.send(offer), "offering");
  Bytes expected;
  append_framed(expected, VersionSet{});
  Bytes answer(expected.size());
  receive(client, answer);
  require(answer == expected, "negotiating");
}

Address address_for(const std::string& transport) {
  const ParsedAddress parsed =
      parse_address(transport == "tcp" ? "tcp:127.0.0.1:0/bench"
                                       : fmt::format("unix:@suite-bench-{}", ::getpid()));
  return std::get<Address>(parsed);
}

void exchange(benchmark::State& state, BlockingClient& client, const Bytes& calls,
              const Bytes& expected, std::uint16_t call_count) {
  Bytes received(expected.size());
  require(client.send(calls), "sending");
  receive(client, received);
  require(received == expected, "getting the right answers");
  for (auto _ : state) {
    require(client.send(calls), "sending");
    receive(client, received);
  }
  require(received == expected, "getting the right answers to the end");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * call_count);
  count_bytes(state, (calls.size() + expected.size()) / call_count);
}

void measure_reference(benchmark::State& state, const std::string& transport,
                       std::uint16_t call_count) {
  const PeerThread server([&](asio::io_context& io) {
    return std::make_unique<ReferenceServer>(io, address_for(transport));
  });
  require(server.error().empty(), "listening");
  BlockingClient client(server.local_address());
  negotiate(client);
  const Exchange bytes(call_count);
  exchange(state, client, bytes.calls, bytes.replies, call_count);
}

void measure_echo(benchmark::State& state, const std::string& transport, std::uint16_t call_count) {
  const PeerThread server([&](asio::io_context& io) {
    return std::make_unique<NullPeer>(io, address_for(transport), NullPeerKind::kEcho);
  });
  require(server.error().empty(), "listening");
  BlockingClient client(server.local_address());
  const Exchange bytes(call_count);
  exchange(state, client, bytes.calls, bytes.calls, call_count);
}

}  // namespace

void add_server_benchmarks() {
  for (const std::string transport : {"unix", "tcp"}) {
    for (const std::uint16_t call_count : {kPipelinedCount, std::uint16_t{1}}) {
      const std::string name =
          fmt::format("server/{}-{}/", transport, call_count > 1 ? "pipelined" : "single");
      add_benchmark(name + "reference", [=](benchmark::State& state) {
        measure_reference(state, transport, call_count);
      })->UseRealTime();
      add_benchmark(name + "limit:bare-echo", [=](benchmark::State& state) {
        measure_echo(state, transport, call_count);
      })->UseRealTime();
    }
  }
}

}  // namespace wsapi::bench
