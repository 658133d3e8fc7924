// SPDX-License-Identifier: Apache-2.0
//
// Messages from the application to a socket. The time is that of the writing end alone: what was
// written in a batch is read back between the measurements.

#include <chrono>

#include "bench/codec_bench.h"
#include "bench/measure.h"
#include "bench/samples.h"
#include "bench/socket_pair.h"
#include "bench/strategies.h"
#include "codec/encode.h"

namespace wsapi::bench {
namespace {

constexpr Revision kRevision = kReferenceRevision;
constexpr std::size_t kBatchBytes = 64 * 1024;  // at most, of payload
constexpr std::size_t kMostMessages = 60;       // of a batch; each takes memory of the kernel's
constexpr std::size_t kGatherRoom = 4096;       // bytes
constexpr std::size_t kMaxCopied = 512;         // bytes of a message

// Calls `write_batch(pair)`, which writes `count` messages of together `size` bytes.
template <typename WriteBatch>
void measure_batches(benchmark::State& state, SocketKind kind, std::size_t count, std::size_t size,
                     const WriteBatch& write_batch) {
  SocketPair pair(kind);
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    write_batch(pair);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(elapsed.count());
    for (std::size_t left = size; left > 0; left -= pair.drain()) continue;
  }
  const auto batches = static_cast<double>(state.iterations());
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(count));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(size));
  state.counters["syscalls_per_message"] =
      static_cast<double>(pair.write_calls()) / batches / static_cast<double>(count);
  count_bytes(state, size / count);
}

// ---- One message a call

template <typename Message>
std::size_t framed_size(const Message& message) {
  WriteBuf out;
  require(encode_framed(message, kRevision, out).ok(), "encoding");
  return out.size();
}

template <typename Message>
struct OneACall {
  SocketKind kind;
  Message message;
  std::size_t message_size = framed_size(message);
  std::size_t count = std::clamp<std::size_t>(kBatchBytes / message_size, 1, kMostMessages);

  void encode_and_write(benchmark::State& state) const {
    measure_batches(state, kind, count, count * message_size, [&](SocketPair& pair) {
      for (std::size_t i = 0; i < count; ++i) {
        WriteBuf out;
        require(encode(message, kRevision, out).ok(), "encoding");
        pair.write(out.framed_parts());
      }
    });
  }
  void ready_parts(benchmark::State& state) const {
    WriteBuf out;
    require(encode(message, kRevision, out).ok(), "encoding");
    const std::span<const iovec> parts = out.framed_parts();
    measure_batches(state, kind, count, count * message_size, [&](SocketPair& pair) {
      for (std::size_t i = 0; i < count; ++i) pair.write(parts);
    });
  }
  void flat_copy(benchmark::State& state) const {
    std::vector<std::byte> room(message_size + kMaxFrameHeaderSize);
    measure_batches(state, kind, count, count * message_size, [&](SocketPair& pair) {
      for (std::size_t i = 0; i < count; ++i) {
        FlatWriter out(room);
        std::array<std::byte, kMaxFrameHeaderSize> head;
        FrameHeader header;
        header.payload_size = encoded_size(message, kRevision);
        require(out.putbuf(std::span(head).first(encode_frame_header(header, head))) ==
                        ErrorCode::kNone &&
                    put_message(message, kRevision, out).ok(),
                "encoding");
        const iovec part{.iov_base = room.data(), .iov_len = out.bytes().size()};
        pair.write({&part, 1});
      }
    });
  }
};

template <typename Message>
void add_one_a_call(SocketKind kind, const std::string& name, const Message& message) {
  const OneACall<Message> calls{.kind = kind, .message = message};
  add_benchmark(name + "encode-and-writev", [=](benchmark::State& state) {
    calls.encode_and_write(state);
  })->UseManualTime();
  add_benchmark(name + "flat-copy", [=](benchmark::State& state) {
    calls.flat_copy(state);
  })->UseManualTime();
  add_benchmark(name + "limit:ready-parts", [=](benchmark::State& state) {
    calls.ready_parts(state);
  })->UseManualTime();
}

// ---- Many small events

// Gathers until the buffer refuses, and then writes what it holds.
void gather_events(SocketPair& pair, WriteBuf& out, const EventPush& event, std::size_t count) {
  out.clear();
  for (std::size_t i = 0; i < count; ++i) {
    if (encode_framed(event, kRevision, out).ok()) continue;
    pair.write(out.parts());
    out.clear();
    require(encode_framed(event, kRevision, out).ok(), "encoding into an empty buffer");
  }
  pair.write(out.parts());
}

void add_events(SocketKind kind, const std::string& name) {
  const EventPush event{.event_id = 7, .data = {json_object(8)}};
  const std::size_t message_size = framed_size(event);
  const std::size_t size = kMostMessages * message_size;
  const auto add = [&](const char* strategy, auto write_batch) {
    add_benchmark(name + strategy, [=](benchmark::State& state) {
      measure_batches(state, kind, kMostMessages, size, write_batch);
    })->UseManualTime();
  };
  add("one-a-call", [=](SocketPair& pair) {
    for (std::size_t i = 0; i < kMostMessages; ++i) {
      WriteBuf out;
      require(encode(event, kRevision, out).ok(), "encoding");
      pair.write(out.framed_parts());
    }
  });
  add("gathered-by-reference", [=](SocketPair& pair) {
    WriteBuf out;
    gather_events(pair, out, event, kMostMessages);
  });
  add("gathered", [=](SocketPair& pair) {
    std::array<std::byte, kGatherRoom> room;
    WriteBuf out(room, kMaxCopied);
    gather_events(pair, out, event, kMostMessages);
  });
  const std::vector<std::byte> ready(size, std::byte{'x'});
  add("limit:one-ready-part", [=](SocketPair& pair) {
    const iovec part{.iov_base = const_cast<std::byte*>(ready.data()), .iov_len = ready.size()};
    pair.write({&part, 1});
  });
}

// ---- Partial writes: what is left of the parts is written when there is room again

// Drops the first `size` bytes of the parts.
std::span<iovec> advance(std::span<iovec> parts, std::size_t size) {
  while (!parts.empty() && size >= parts.front().iov_len) {
    size -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (size > 0) {
    parts.front().iov_base = static_cast<std::byte*>(parts.front().iov_base) + size;
    parts.front().iov_len -= size;
  }
  return parts;
}

void measure_partial(benchmark::State& state, std::span<const iovec> all) {
  SocketPair pair(SocketKind::kUnix);
  pair.make_small();
  std::vector<iovec> parts;
  for (auto _ : state) {
    parts.assign(all.begin(), all.end());
    std::span<iovec> left = parts;
    while (!left.empty()) {
      left = advance(left, pair.write_some(left));
      pair.drain();
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
  state.counters["syscalls_per_message"] =
      static_cast<double>(pair.write_calls()) / static_cast<double>(state.iterations());
}

void add_partial_writes() {
  const EventPush event{.event_id = 7, .data = {json_object(65'536)}};
  add_benchmark("write/unix-partial-64KB/encode-and-writev", [=](benchmark::State& state) {
    WriteBuf out;
    require(encode(event, kRevision, out).ok(), "encoding");
    measure_partial(state, out.framed_parts());
  });
  add_benchmark("write/unix-partial-64KB/limit:one-ready-part", [=](benchmark::State& state) {
    std::vector<std::byte> bytes(framed_size(event));
    const iovec part{.iov_base = bytes.data(), .iov_len = bytes.size()};
    measure_partial(state, {&part, 1});
  });
}

// ---- The limit of 32 parts, as a curve over the number of texts in a message

constexpr std::string_view kFieldText = "engine/speed";
constexpr std::size_t kMostFields = 48;
constexpr std::size_t kFieldStep = 4;

// Puts a text; where it does not fit, writes what there is, and goes on with an empty buffer.
template <typename Writer>
void write_fields(SocketPair& pair, std::size_t count) {
  Writer out;
  for (std::size_t i = 0; i < count; ++i) {
    if (out.put_string(kFieldText) == ErrorCode::kNone) continue;
    pair.write(out.parts());
    out.clear();
    require(out.put_string(kFieldText) == ErrorCode::kNone, "putting into an empty buffer");
  }
  pair.write(out.parts());
}

void write_flat_fields(SocketPair& pair, std::size_t count) {
  std::array<std::byte, kMostFields*(4 + kFieldText.size() + 1)> room;
  FlatWriter out(room);
  for (std::size_t i = 0; i < count; ++i) {
    require(out.put_string(kFieldText) == ErrorCode::kNone, "putting");
  }
  const iovec part{.iov_base = room.data(), .iov_len = out.bytes().size()};
  pair.write({&part, 1});
}

template <typename WriteFields>
void add_fields_curve(const char* strategy, WriteFields write_all) {
  for (std::size_t count = kFieldStep; count <= kMostFields; count += kFieldStep) {
    const std::size_t size = count * (4 + kFieldText.size() + 1);
    add_benchmark(std::string("write/unix-fields/") + strategy + "/" + std::to_string(count),
                  [=](benchmark::State& state) {
                    measure_batches(state, SocketKind::kUnix, 1, size,
                                    [=](SocketPair& pair) { write_all(pair, count); });
                  })
        ->UseManualTime();
  }
}

}  // namespace

void add_write_benchmarks() {
  const Call call{.call_id = 12,
                  .verb = "subscribe",
                  .session_id = 1,
                  .token_id = 1,
                  .args = {json_object(100)},
                  .credentials = {}};
  Call large = call;
  large.args = {json_object(65'536)};
  for (const auto& [kind, prefix] : {std::pair{SocketKind::kUnix, "write/unix-"},
                                     std::pair{SocketKind::kTcpLoopback, "write/tcp-"}}) {
    add_one_a_call(kind, std::string(prefix) + "call-100B/", call);
    add_one_a_call(kind, std::string(prefix) + "call-64KB/", large);
    add_events(kind, std::string(prefix) + "events/");
  }
  add_partial_writes();
  add_fields_curve("shared-scalars", write_fields<WriteBuf>);
  add_fields_curve("one-part-per-field", write_fields<OnePartPerField>);
  add_fields_curve("short-texts-copied", write_fields<ShortTextsCopied>);
  add_fields_curve("flat-copy", write_flat_fields);
}

}  // namespace wsapi::bench
