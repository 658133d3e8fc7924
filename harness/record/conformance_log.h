// SPDX-License-Identifier: Apache-2.0
#pragma once

// The conformance log of a case, as reports show it: one entry for each message, frame or event of
// a connection, in words. A view of the transcript.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/revision.h"
#include "harness/record/transcript.h"

namespace wsapi {

struct LogEntry {
  std::int64_t time_us = 0;  // since the case began
  std::string connection;
  char direction = '>';         // '>' to the IUT, '<' from it, '-' something else
  std::size_t size = 0;         // in bytes, of the whole
  std::vector<std::byte> head;  // the first bytes
  std::string note;             // what it is, in words
};

// Bounded, with a note where entries were left out.
class ConformanceLog {
 public:
  static constexpr std::size_t kMaxEntries = 256;
  static constexpr std::size_t kMaxHeadSize = 64;  // bytes of one entry

  void add(std::string_view connection, char direction, std::span<const std::byte> bytes,
           std::string note, std::chrono::microseconds time = {});
  void add_left_out(std::size_t count) noexcept { left_out_ += count; }
  [[nodiscard]] const std::vector<LogEntry>& entries() const noexcept { return entries_; }
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }

 private:
  std::vector<LogEntry> entries_;
  std::size_t left_out_ = 0;
};

// The log of a transcript whose messages are of that revision.
[[nodiscard]] ConformanceLog conformance_log(const Transcript& transcript, Revision revision);

}  // namespace wsapi
