// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a process writes, line by line: bounded, however much it is. The first lines of each start
// are kept, and the last ones.

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace wsapi {

// Makes lines of pieces. What is longer than kMaxLine is cut there; the rest of such a line is
// dropped.
class LineSplitter {
 public:
  static constexpr std::size_t kMaxLine = 4096;  // bytes
  using Sink = std::function<void(std::string_view)>;

  // Calls `sink` with each line that ends in `text`, without its end.
  void feed(std::string_view text, const Sink& sink);
  // Calls it with what has come of a line that has not ended, if there is any.
  void finish(const Sink& sink);

 private:
  std::string line_;
};

// The first kMaxHead and the last kMaxTail bytes of lines, with the time of each.
class OutputLines {
 public:
  static constexpr std::size_t kMaxHead = 32U << 10U;
  static constexpr std::size_t kMaxTail = 64U << 10U;

  struct Line {
    std::chrono::milliseconds time;  // since the process was started
    std::string text;
  };

  void add(std::chrono::milliseconds time, std::string_view text);

  // The last lines, at most that many, in printable ASCII; each of at most 300 characters.
  [[nodiscard]] std::string last(std::size_t count) const;
  // All that is kept, with the times: "0.123 text"; what is left out is counted.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::size_t line_count() const noexcept { return line_count_; }
  [[nodiscard]] bool empty() const noexcept { return line_count_ == 0; }

 private:
  // A line counts with what it costs to keep it.
  static std::size_t cost(std::string_view text) { return text.size() + sizeof(Line); }

  std::vector<Line> head_;
  std::deque<Line> tail_;
  std::size_t head_size_ = 0;
  std::size_t tail_size_ = 0;
  std::size_t line_count_ = 0;
};

}  // namespace wsapi
