// SPDX-License-Identifier: Apache-2.0
#pragma once

// The lower tester's end of one connection: writes frames, right ones and wrong ones, and reads
// what the implementation under test sends, event by event. Everything that passes is noted in the
// case's conformance log.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "codec/frame.h"
#include "codec/revision.h"
#include "harness/net/transport.h"
#include "harness/record/corpus_export.h"
#include "harness/result/verdict.h"
#include "harness/suite/script.h"

namespace wsapi {

struct LogEntry {
  std::int64_t time_us = 0;  // since the case began
  std::string connection;
  char direction = '>';         // '>' to the IUT, '<' from it, '-' something else
  std::size_t size = 0;         // in bytes, of the whole
  std::vector<std::byte> head;  // the first bytes
  std::string note;             // what it is, in words
};

// The conformance log of one case: bounded, with a note where entries were left out.
class ConformanceLog {
 public:
  static constexpr std::size_t kMaxEntries = 256;
  static constexpr std::size_t kMaxHeadSize = 64;  // bytes of one entry

  void add(std::string_view connection, char direction, std::span<const std::byte> bytes,
           std::string note);
  [[nodiscard]] const std::vector<LogEntry>& entries() const noexcept { return entries_; }
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<LogEntry> entries_;
  std::size_t left_out_ = 0;
};

// What came from the IUT.
struct Received {
  enum class Kind : std::uint8_t {
    kMessage,    // payload of a binary message
    kPong,       // its payload
    kClose,      // a CLOSE frame; its code and reason
    kEnd,        // end of stream
    kReset,      // connection broken
    kTimeout,    // nothing before the deadline
    kViolation,  // octets that are no frames; `detail` says why
    kError,      // trouble on our side; `detail` says which
  };
  Kind kind = Kind::kError;
  std::vector<std::byte> payload;
  std::optional<std::uint16_t> close_code;
  std::string detail;

  [[nodiscard]] bool ended() const noexcept {
    return kind == Kind::kClose || kind == Kind::kEnd || kind == Kind::kReset;
  }
};

// In words: "a CLOSE frame with code 1002".
[[nodiscard]] std::string to_string(const Received& received);

// What has become of the IUT, if this is the last that came.
[[nodiscard]] Fate fate_of(const Received& received) noexcept;

class LowerTester {
 public:
  // `corpus`, which may be null, gets what has passed when the object goes.
  LowerTester(std::string name, Stream stream, Revision revision, ConformanceLog& log,
              CorpusExport* corpus = nullptr);
  LowerTester(const LowerTester&) = delete;
  LowerTester& operator=(const LowerTester&) = delete;
  ~LowerTester();

  // Octets as they are. False where the IUT takes no more of them; what follows shows why.
  [[nodiscard]] asio::awaitable<bool> send_stream(std::span<const std::byte> bytes,
                                                  std::size_t piece_size, Deadline deadline);
  // One message in frames of that shape.
  [[nodiscard]] asio::awaitable<bool> send_message(std::span<const std::byte> payload,
                                                   const FrameShape& shape, Deadline deadline);

  // The next thing that comes. PINGs are answered and passed over.
  [[nodiscard]] asio::awaitable<Received> receive(Deadline deadline);

  // The answer to a barrier's call needs an id that nothing else on the connection uses.
  [[nodiscard]] std::uint32_t next_barrier_id() noexcept { return barrier_id_++; }

  void end(EndOurSide::How how);
  // CLOSE frame or end of stream have been seen, or we have closed.
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  // Whether any octet has ever come.
  [[nodiscard]] bool has_received() const noexcept { return has_received_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  asio::awaitable<std::optional<Received>> take_event(Deadline deadline);
  Received note_end(Received::Kind kind, std::string note);

  std::string name_;
  Stream stream_;
  Revision revision_;
  ConformanceLog& log_;
  CorpusExport* corpus_;
  StreamRecord sent_;      // empty without corpus_
  StreamRecord received_;  // the same
  FrameDecoder decoder_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> unread_;
  std::uint32_t barrier_id_ = kFirstBarrierId;
  bool ended_ = false;
  bool has_received_ = false;

  // No golden vector uses an id near it (vectors/README.md).
  static constexpr std::uint32_t kFirstBarrierId = 0x5a5a;
};

}  // namespace wsapi
