// SPDX-License-Identifier: Apache-2.0
//
// Encoding of each message: the strategies side by side, against a memcpy of the same bytes.

#include "bench/codec_bench.h"
#include "bench/measure.h"
#include "bench/samples.h"
#include "bench/strategies.h"
#include "codec/encode.h"

namespace wsapi::bench {
namespace {

constexpr Revision kRevision = kReferenceRevision;
constexpr std::size_t kMostMessages = 1000;

// How many of them fit into one buffer that is not sent in between.
template <typename Writer, typename Put>
std::size_t messages_until_limit(Writer& writer, const Put& put) {
  std::size_t count = 0;
  while (count < kMostMessages && put(writer)) ++count;
  return count;
}

template <typename Writer, typename Put>
void count_parts(benchmark::State& state, const Put& put, std::size_t message_size) {
  Writer one;
  require(put(one), "encoding");
  state.counters["iovecs"] = static_cast<double>(one.part_count());
  state.counters["scalar_bytes"] = static_cast<double>(one.scalar_size());
  Writer many;
  state.counters["messages_until_limit"] = static_cast<double>(messages_until_limit(many, put));
  count_bytes(state, message_size);
}

// `put` writes the message and says whether it could.
template <typename Writer, typename Message, typename Put>
void measure_parts(benchmark::State& state, Message message, const Put& put) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(&message);
    benchmark::ClobberMemory();
    Writer out;
    require(put(out, message), "encoding");
    benchmark::DoNotOptimize(out.parts().data());
    benchmark::ClobberMemory();
  }
  count_parts<Writer>(
      state, [&](Writer& out) { return put(out, message); }, encoded_size(message, kRevision));
}

constexpr auto kEncode = [](WriteBuf & out, const auto& message) __attribute__((always_inline)) {
  return encode(message, kRevision, out).ok();
};
constexpr auto kPut = [](auto& out, const auto& message) __attribute__((always_inline)) {
  return put_message(message, kRevision, out).ok();
};

template <typename Message>
void measure_flat(benchmark::State& state, Message message) {
  std::vector<std::byte> room(encoded_size(message, kRevision));
  for (auto _ : state) {
    benchmark::DoNotOptimize(&message);
    benchmark::ClobberMemory();
    FlatWriter out(room);
    require(kPut(out, message), "encoding");
    benchmark::DoNotOptimize(room.data());
    benchmark::ClobberMemory();
  }
  count_bytes(state, room.size());
}

template <typename Message>
void add_strategies(const std::string& name, const Message& message) {
  add_benchmark(name + "shared-scalars",
                [=](benchmark::State& state) { measure_parts<WriteBuf>(state, message, kEncode); });
  add_benchmark(name + "one-part-per-field", [=](benchmark::State& state) {
    measure_parts<OnePartPerField>(state, message, kPut);
  });
  add_benchmark(name + "short-texts-copied", [=](benchmark::State& state) {
    measure_parts<ShortTextsCopied>(state, message, kPut);
  });
  add_benchmark(name + "flat-copy", [=](benchmark::State& state) { measure_flat(state, message); });
  const auto bytes = encode_to_bytes(message, kRevision).value();
  add_benchmark(name + "limit:memcpy",
                [=](benchmark::State& state) { measure_memcpy(state, bytes); });
}

}  // namespace

void add_encode_benchmarks() {
  for (const Sample& sample : samples()) {
    const std::string name = "encode/" + sample.name + "/";
    std::visit([&](const auto& message) { add_strategies(name, message); }, sample.message);
  }
}

}  // namespace wsapi::bench
