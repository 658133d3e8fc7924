// SPDX-License-Identifier: Apache-2.0

#include "harness/net/memory_wire.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

namespace wsapi {
namespace {

constexpr std::chrono::microseconds kTimeOfOctet{1};

// One direction of a connection.
struct Pipe {
  explicit Pipe(const asio::any_io_executor& executor) : readable(executor), writable(executor) {}

  void notify() {
    readable.notify();
    writable.notify();
  }

  std::vector<std::byte> octets;
  bool is_ended = false;          // the writer sends no more
  bool is_reset = false;          // broken by the writer
  bool is_reader_closed = false;  // nobody will read any more
  Notification readable;
  Notification writable;
};
using PipePtr = std::shared_ptr<Pipe>;

// The coroutines hold the pipe, so that the wire may go meanwhile.
asio::awaitable<ReadOutcome> read_from(PipePtr pipe, Clock& clock, std::span<std::byte> into,
                                       Deadline deadline) {
  // A turn for the others: else two peers that never wait would keep the loop for themselves.
  co_await asio::post(asio::use_awaitable);
  while (!pipe->is_reader_closed) {
    if (pipe->is_reset) {
      co_return ReadOutcome{ReadStatus::kReset, 0, asio::error::connection_reset};
    }
    if (!pipe->octets.empty()) {
      const std::size_t size = std::min(into.size(), pipe->octets.size());
      std::copy_n(pipe->octets.begin(), size, into.begin());
      pipe->octets.erase(pipe->octets.begin(),
                         pipe->octets.begin() + static_cast<std::ptrdiff_t>(size));
      pipe->writable.notify();
      clock.spend(kTimeOfOctet * size);
      co_return ReadOutcome{ReadStatus::kData, size, {}};
    }
    if (pipe->is_ended) co_return ReadOutcome{ReadStatus::kEnd, 0, asio::error::eof};
    const bool is_notified = co_await clock.wait(pipe->readable, deadline);
    if (!is_notified) co_return ReadOutcome{ReadStatus::kTimeout, 0, asio::error::timed_out};
  }
  co_return ReadOutcome{ReadStatus::kError, 0, asio::error::bad_descriptor};
}

asio::awaitable<WriteOutcome> write_to(PipePtr pipe, Clock& clock, std::span<const std::byte> bytes,
                                       Deadline deadline) {
  std::size_t written = 0;
  while (!pipe->is_ended && !pipe->is_reset) {
    if (pipe->is_reader_closed) {
      co_return WriteOutcome{WriteStatus::kClosed, written, asio::error::broken_pipe};
    }
    const std::size_t size =
        std::min(bytes.size() - written, kMemoryWireCapacity - pipe->octets.size());
    const auto part = bytes.subspan(written, size);
    pipe->octets.insert(pipe->octets.end(), part.begin(), part.end());
    written += size;
    if (size > 0) pipe->readable.notify();
    if (written == bytes.size()) co_return WriteOutcome{WriteStatus::kOk, written, {}};
    const bool is_notified = co_await clock.wait(pipe->writable, deadline);
    if (!is_notified) {
      co_return WriteOutcome{WriteStatus::kTimeout, written, asio::error::timed_out};
    }
  }
  co_return WriteOutcome{WriteStatus::kError, written, asio::error::bad_descriptor};
}

class MemoryWire final : public Wire {
 public:
  MemoryWire(PipePtr in, PipePtr out, Clock& clock)
      : in_(std::move(in)), out_(std::move(out)), clock_(clock) {}
  MemoryWire(const MemoryWire&) = delete;
  MemoryWire& operator=(const MemoryWire&) = delete;
  ~MemoryWire() override { MemoryWire::close(); }

  asio::awaitable<ReadOutcome> read_some(std::span<std::byte> into, Deadline deadline) override {
    return read_from(in_, clock_, into, deadline);
  }
  asio::awaitable<WriteOutcome> write_all(std::span<const std::byte> bytes,
                                          Deadline deadline) override {
    return write_to(out_, clock_, bytes, deadline);
  }
  [[nodiscard]] std::optional<std::size_t> unread_by_peer() const override {
    return out_->is_reader_closed ? 0 : out_->octets.size();
  }
  void shutdown_send() override {
    out_->is_ended = true;
    out_->notify();
  }
  void close() override {
    in_->is_reader_closed = true;
    in_->octets.clear();
    in_->notify();
    shutdown_send();
  }
  void reset() override {
    out_->is_reset = true;
    out_->octets.clear();
    close();
  }

 private:
  PipePtr in_;
  PipePtr out_;
  Clock& clock_;
};

}  // namespace

MemoryWires make_memory_wires(const asio::any_io_executor& executor, Clock& clock) {
  const auto there = std::make_shared<Pipe>(executor);
  const auto back = std::make_shared<Pipe>(executor);
  return {.first = std::make_unique<MemoryWire>(back, there, clock),
          .second = std::make_unique<MemoryWire>(there, back, clock)};
}

}  // namespace wsapi
