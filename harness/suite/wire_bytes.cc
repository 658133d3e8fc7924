// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/wire_bytes.h"

#include <algorithm>
#include <utility>

namespace wsapi {

WireBytes::WireBytes(std::vector<BytePiece> pieces) {
  for (const BytePiece& piece : pieces) size_ += piece.bytes.size() * piece.count;
  pieces_ = std::make_shared<const std::vector<BytePiece>>(std::move(pieces));
}

WireBytes::WireBytes(std::vector<std::byte> bytes)
    : WireBytes(std::vector<BytePiece>{BytePiece{std::move(bytes), 1}}) {}

WireBytes WireBytes::cut(std::size_t size) const {
  WireBytes out = *this;
  out.size_ = std::min(size, size_);
  return out;
}

WireBytes WireBytes::patched(std::size_t offset, std::vector<std::byte> patch) const {
  WireBytes out = *this;
  out.patch_offset_ = offset;
  out.patch_ = std::move(patch);
  return out;
}

WireBytes WireBytes::with_tail(std::vector<std::byte> tail) const {
  WireBytes out = *this;
  out.tail_ = std::move(tail);
  return out;
}

std::vector<std::byte> WireBytes::expand() const {
  std::vector<std::byte> out;
  if (pieces_ == nullptr) return tail_;
  out.reserve(size());
  for (const BytePiece& piece : *pieces_) {
    for (std::size_t i = 0; i < piece.count && out.size() < size_; ++i) {
      const std::size_t take = std::min(piece.bytes.size(), size_ - out.size());
      out.insert(out.end(), piece.bytes.begin(),
                 piece.bytes.begin() + static_cast<std::ptrdiff_t>(take));
    }
  }
  if (patch_offset_ <= out.size()) {
    const std::size_t take = std::min(patch_.size(), out.size() - patch_offset_);
    std::copy_n(patch_.begin(), take, out.begin() + static_cast<std::ptrdiff_t>(patch_offset_));
  }
  out.insert(out.end(), tail_.begin(), tail_.end());
  return out;
}

}  // namespace wsapi
