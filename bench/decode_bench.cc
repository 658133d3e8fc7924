// SPDX-License-Identifier: Apache-2.0
//
// Decoding of each message, against a memcpy of the same bytes and a bare loop over them; and the
// JSON form.

#include "bench/codec_bench.h"
#include "bench/measure.h"
#include "bench/samples.h"
#include "codec/decode.h"
#include "codec/encode.h"
#include "codec/json_form.h"

namespace wsapi::bench {
namespace {

constexpr Revision kRevision = kReferenceRevision;

// `decode_one` takes bytes and says whether they were good.
template <typename DecodeOne>
void measure_decoding(benchmark::State& state, const std::vector<std::byte>& bytes,
                      const DecodeOne& decode_one) {
  std::span<const std::byte> in = bytes;
  for (auto _ : state) {
    benchmark::DoNotOptimize(in);
    const auto decoded = decode_one(in);
    require(static_cast<bool>(decoded), "decoding");
    benchmark::DoNotOptimize(&decoded);
    benchmark::ClobberMemory();
  }
  count_bytes(state, bytes.size());
}

void measure_loop(benchmark::State& state, const std::vector<std::byte>& bytes) {
  std::span<const std::byte> in = bytes;
  for (auto _ : state) {
    benchmark::DoNotOptimize(in);
    unsigned sum = 0;
    for (const std::byte byte : in) sum += std::to_integer<unsigned>(byte);
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state, bytes.size());
}

void measure_json(benchmark::State& state, const std::vector<std::byte>& bytes,
                  Direction direction) {
  for (auto _ : state) {
    const auto decoded = decode(bytes, kRevision, direction);
    require(decoded.ok(), "decoding");
    benchmark::DoNotOptimize(to_json(decoded->message, kRevision));
  }
  count_bytes(state, bytes.size());
}

void add_sample(const Sample& sample) {
  const std::string name = "decode/" + sample.name + "/";
  const auto bytes = encode_to_bytes(sample.message, kRevision).value();
  const Direction direction = info_of(sample.message, kRevision)->direction;
  add_benchmark(name + "any", [=](benchmark::State& state) {
    measure_decoding(state, bytes, [&](auto in) { return decode(in, kRevision, direction); });
  });
  std::visit(
      [&]<typename Message>(const Message&) {
        add_benchmark(name + "known-type", [=](benchmark::State& state) {
          measure_decoding(state, bytes, [](auto in) { return decode_as<Message>(in, kRevision); });
        });
      },
      sample.message);
  add_benchmark(name + "any-and-json",
                [=](benchmark::State& state) { measure_json(state, bytes, direction); });
  add_benchmark(name + "bare-loop", [=](benchmark::State& state) { measure_loop(state, bytes); });
  add_benchmark(name + "limit:memcpy",
                [=](benchmark::State& state) { measure_memcpy(state, bytes); });
}

}  // namespace

void add_decode_benchmarks() {
  for (const Sample& sample : samples()) add_sample(sample);
}

}  // namespace wsapi::bench
