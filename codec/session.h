// SPDX-License-Identifier: Apache-2.0
#pragma once

// What both sides of a connection share: where a session sends to, how a request is named, what it
// says of a message that asks nothing of the application, and the bounds of its tables.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "codec/error.h"
#include "codec/write_buf.h"

namespace wsapi {

// Takes what a session sends. The parts point at memory that lives only during the call. Within
// send() the session may be ended, and must not be touched otherwise.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  virtual void send(WriteBuf& message) = 0;
};

// Names a request until it is answered; never used twice on a connection.
enum class RequestHandle : std::uint64_t {};

struct Handled {};  // done within the session
struct Ignored {    // without effect; the error says why (sections 4 and 7)
  Error error;
};
struct HangUp {  // the connection is to be closed without an answer (section 4)
  std::string_view reason;
};

// All ids of 16 bits but 0.
inline constexpr std::uint32_t kMaxIds = std::numeric_limits<std::uint16_t>::max();

// The id after `last` of a 16-bit counter, in all revisions: it skips 0 and the ids in use, of
// which one at least must be free.
template <typename Table>
[[nodiscard]] std::uint32_t next_free_id(std::uint32_t last, const Table& in_use) {
  std::uint32_t id = last;
  do {
    id = id >= kMaxIds ? 1 : id + 1;
  } while (in_use.contains(id));
  return id;
}

// How many bytes of text a table may hold.
class TextBudget {
 public:
  explicit TextBudget(std::size_t max_size) noexcept : max_size_(max_size) {}

  [[nodiscard]] bool has_room(std::size_t size) const noexcept { return size <= max_size_ - size_; }
  // What has room; what was taken.
  void take(std::size_t size) noexcept { size_ += size; }
  void give_back(std::size_t size) noexcept { size_ -= size; }
  void clear() noexcept { size_ = 0; }

 private:
  std::size_t max_size_;
  std::size_t size_ = 0;
};

}  // namespace wsapi
