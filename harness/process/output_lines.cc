// SPDX-License-Identifier: Apache-2.0

#include "harness/process/output_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxShown = 300;  // characters of a line

}  // namespace

void LineSplitter::feed(std::string_view text, const Sink& sink) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view part = text.substr(0, end);
    const std::size_t room = kMaxLine - line_.size();
    if (end != std::string_view::npos && line_.empty()) {
      sink(part.substr(0, kMaxLine));
    } else {
      line_.append(part.substr(0, room));
      if (end != std::string_view::npos) finish(sink);
    }
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

void LineSplitter::finish(const Sink& sink) {
  if (line_.empty()) return;
  const std::string line = std::move(line_);
  line_.clear();
  sink(line);
}

void OutputLines::add(std::chrono::milliseconds time, std::string_view text) {
  ++line_count_;
  const std::size_t size = cost(text);
  if (tail_.empty() && head_size_ + size <= kMaxHead) {
    head_size_ += size;
    head_.push_back({time, std::string(text)});
    return;
  }
  tail_size_ += size;
  tail_.push_back({time, std::string(text)});
  while (tail_size_ > kMaxTail) {
    tail_size_ -= cost(tail_.front().text);
    tail_.pop_front();
  }
}

std::string OutputLines::last(std::size_t count) const {
  std::string out;
  const std::size_t from_tail = std::min(count, tail_.size());
  const std::size_t from_head = std::min(count - from_tail, head_.size());
  const auto show = [&](const Line& line) { out.append(printable(line.text, kMaxShown)) += '\n'; };
  // Lines that were dropped stand between head and tail.
  if (head_.size() + tail_.size() == line_count_) {
    std::for_each(head_.end() - static_cast<std::ptrdiff_t>(from_head), head_.end(), show);
  }
  std::for_each(tail_.end() - static_cast<std::ptrdiff_t>(from_tail), tail_.end(), show);
  return out;
}

std::string OutputLines::text() const {
  std::string out;
  const auto show = [&](const Line& line) {
    out += fmt::format("{:.3f} {}\n", static_cast<double>(line.time.count()) / 1000,
                       printable(line.text, LineSplitter::kMaxLine));
  };
  std::ranges::for_each(head_, show);
  if (const std::size_t lost = line_count_ - head_.size() - tail_.size(); lost > 0) {
    out += fmt::format("... {} lines are left out ...\n", lost);
  }
  std::ranges::for_each(tail_, show);
  return out;
}

}  // namespace wsapi
