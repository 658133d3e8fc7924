// SPDX-License-Identifier: Apache-2.0
#pragma once

// Bytes given by a rule, so that a message of a megabyte takes a few bytes until it is sent: pieces
// that are repeated, of which a derived vector is cut, patched in one place, or lengthened.

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace wsapi {

struct BytePiece {
  std::vector<std::byte> bytes;
  std::size_t count = 1;  // how many times the bytes follow each other
};

class WireBytes {
 public:
  WireBytes() = default;
  explicit WireBytes(std::vector<BytePiece> pieces);
  explicit WireBytes(std::vector<std::byte> bytes);

  // The same bytes: the first `size` of them; with `patch` in place of those at `offset`; with
  // `tail` behind. The caller sees to it that sizes and offsets lie within.
  [[nodiscard]] WireBytes cut(std::size_t size) const;
  [[nodiscard]] WireBytes patched(std::size_t offset, std::vector<std::byte> patch) const;
  [[nodiscard]] WireBytes with_tail(std::vector<std::byte> tail) const;

  [[nodiscard]] std::size_t size() const noexcept { return size_ + tail_.size(); }
  [[nodiscard]] std::vector<std::byte> expand() const;

 private:
  std::shared_ptr<const std::vector<BytePiece>> pieces_;
  std::size_t size_ = 0;  // without the tail
  std::size_t patch_offset_ = 0;
  std::vector<std::byte> patch_;
  std::vector<std::byte> tail_;
};

}  // namespace wsapi
