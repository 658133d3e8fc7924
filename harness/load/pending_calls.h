// SPDX-License-Identifier: Apache-2.0
#pragma once

// The calls of one connection that wait for their replies, by call id. An open hash table: its
// memory follows the number of calls that are pending, and neither a call nor a reply allocates.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/load/load_schedule.h"

namespace wsapi {

// As many requests as the protocol lets be pending on a connection (section 4, Calls).
inline constexpr std::size_t kMaxPendingCalls = 4095;

struct PendingCall {
  std::uint16_t id = 0;
  bool is_late = false;  // its time is over, which has been counted: only the id is still in use
  RunTime intended{};    // when it was meant to be sent
  RunTime sent{};
};

class PendingCalls {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // The call with this id, or nullptr. Valid until the next insert() or erase().
  [[nodiscard]] PendingCall* find(std::uint32_t id) noexcept {
    if (id == 0 || size_ == 0) return nullptr;
    for (std::size_t i = home(id);; i = next(i)) {  // at least half of the slots are free
      if (slots_[i].id == id) return &slots_[i];
      if (slots_[i].id == 0) return nullptr;
    }
  }

  // The id is neither 0 nor in the table, and there are fewer than kMaxPendingCalls.
  void insert(const PendingCall& call) {
    assert(call.id != 0 && size_ < kMaxPendingCalls);
    if (2 * (size_ + 1) > slots_.size()) grow();
    put(call);
    ++size_;
  }

  // `call` is one that find() gave. Those after it move up, so that no gap parts one from its
  // home.
  void erase(PendingCall& call) noexcept {
    auto hole = static_cast<std::size_t>(&call - slots_.data());
    for (std::size_t i = next(hole); slots_[i].id != 0; i = next(i)) {
      if (distance(home(slots_[i].id), i) < distance(hole, i)) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole].id = 0;
    --size_;
  }

  void clear() noexcept { *this = PendingCalls(); }

  // Calls visit(PendingCall&) for each; visit changes neither the ids nor the table.
  template <typename Visit>
  void for_each(Visit&& visit) {
    for (PendingCall& slot : slots_) {
      if (slot.id != 0) visit(slot);
    }
  }

 private:
  static constexpr unsigned kFirstBits = 4;  // 16 slots

  [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
  // Ids are given one after the other. Fibonacci hashing scatters such evenly: next to each other,
  // they would be one long row, which erase() would have to walk through.
  [[nodiscard]] std::size_t home(std::uint32_t id) const noexcept {
    constexpr std::uint32_t kGoldenRatio = 0x9E3779B9;  // of 2^32
    return (id * kGoldenRatio) >> home_shift_;
  }
  [[nodiscard]] std::size_t next(std::size_t i) const noexcept { return (i + 1) & mask(); }
  [[nodiscard]] std::size_t distance(std::size_t from, std::size_t to) const noexcept {
    return (to - from) & mask();
  }

  void put(const PendingCall& call) noexcept {
    std::size_t i = home(call.id);
    while (slots_[i].id != 0) i = next(i);
    slots_[i] = call;
  }

  void grow() {
    --home_shift_;
    std::vector<PendingCall> old(std::size_t{1} << (32 - home_shift_));
    old.swap(slots_);
    for (const PendingCall& call : old) {
      if (call.id != 0) put(call);
    }
  }

  std::vector<PendingCall> slots_;  // a power of two of them, or none; free ones have the id 0
  unsigned home_shift_ = 32 - kFirstBits + 1;
  std::size_t size_ = 0;
};

}  // namespace wsapi
