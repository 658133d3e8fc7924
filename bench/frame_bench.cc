// SPDX-License-Identifier: Apache-2.0
//
// Masks, and streams of frames: whole, masked, and in the pieces that a network gives.

#include <algorithm>

#include "bench/codec_bench.h"
#include "bench/measure.h"
#include "bench/samples.h"
#include "codec/frame.h"

namespace wsapi::bench {
namespace {

constexpr std::array<std::size_t, 5> kSizes{100, 1024, 65'536, 262'144, 1'048'000};  // bytes
constexpr MaskKey kKey{std::byte{0x11}, std::byte{0x82}, std::byte{0x5c}, std::byte{0xf3}};
constexpr std::size_t kStreamSize = std::size_t{256} * 1024;  // bytes
constexpr std::size_t kSegment = 1460;                        // bytes: one of TCP on Ethernet

void measure_mask(benchmark::State& state, const std::vector<std::byte>& bytes) {
  std::vector<std::byte> to(bytes.size());
  std::span<const std::byte> from = bytes;
  for (auto _ : state) {
    benchmark::DoNotOptimize(from);
    apply_mask(from, to, kKey, 1);
    benchmark::ClobberMemory();
  }
  count_bytes(state, bytes.size());
}

std::vector<std::byte> stream_of(std::size_t payload_size, bool masked) {
  FrameHeader header;
  if (masked) header.mask = kKey;
  const std::vector<std::byte> frame =
      encode_frame(header, std::vector<std::byte>(payload_size, std::byte{'x'}));
  std::vector<std::byte> stream;
  while (stream.size() < kStreamSize) stream.insert(stream.end(), frame.begin(), frame.end());
  return stream;
}

// All messages of the stream, given to the decoder in pieces.
std::size_t count_messages(std::span<const std::byte> stream, std::size_t piece_size) {
  FrameDecoder decoder;
  std::size_t count = 0;
  while (!stream.empty()) {
    std::span<const std::byte> piece = stream.first(std::min(piece_size, stream.size()));
    stream = stream.subspan(piece.size());
    FrameEvent event = decoder.next(piece);
    for (; event.kind == FrameEventKind::kMessage; event = decoder.next(piece)) ++count;
    require(event.kind == FrameEventKind::kNeedMore, "reading frames");
  }
  return count;
}

void measure_frames(benchmark::State& state, const std::vector<std::byte>& stream,
                    std::size_t piece_size) {
  const std::size_t message_count = count_messages(stream, stream.size());
  for (auto _ : state) {
    require(count_messages(stream, piece_size) == message_count, "finding all messages");
  }
  const auto passes = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(passes * static_cast<std::int64_t>(message_count));
  state.SetBytesProcessed(passes * static_cast<std::int64_t>(stream.size()));
}

void add_stream(std::size_t payload_size, bool masked) {
  const std::string name =
      std::string("frame/") + (masked ? "masked-" : "unmasked-") + size_name(payload_size) + "/";
  const auto stream = stream_of(payload_size, masked);
  add_benchmark(name + "whole",
                [=](benchmark::State& state) { measure_frames(state, stream, stream.size()); });
  add_benchmark(name + "segments",
                [=](benchmark::State& state) { measure_frames(state, stream, kSegment); });
  add_benchmark(name + "limit:memcpy",
                [=](benchmark::State& state) { measure_memcpy(state, stream); });
}

}  // namespace

void add_frame_benchmarks() {
  for (const std::size_t size : kSizes) {
    const std::string name = "frame/unmask-" + size_name(size) + "/";
    const std::vector<std::byte> bytes(size, std::byte{'x'});
    add_benchmark(name + "apply_mask",
                  [=](benchmark::State& state) { measure_mask(state, bytes); });
    add_benchmark(name + "limit:memcpy",
                  [=](benchmark::State& state) { measure_memcpy(state, bytes); });
  }
  for (const std::size_t size : {std::size_t{16}, std::size_t{128}, std::size_t{65'536}}) {
    add_stream(size, false);
    add_stream(size, true);
  }
}

}  // namespace wsapi::bench
