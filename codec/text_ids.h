// SPDX-License-Identifier: Apache-2.0
#pragma once

// The texts that a client has bound to ids of its choice on a connection: its session names, or its
// tokens (protocol section 4). Bounded in number and in bytes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "codec/session.h"

namespace wsapi {

class TextIds {
 public:
  // At most max_count texts (and no more than there are ids), of max_size bytes together.
  TextIds(std::size_t max_count, std::size_t max_size) noexcept
      : max_count_(std::min<std::size_t>(max_count, kMaxIds)), budget_(max_size) {}

  struct BoundId {
    std::uint32_t id = 0;
    bool is_new = false;
  };
  // The id of the text, or the one to bind it to; 0 for no text. std::nullopt where there is no
  // room for it. Changes nothing, so that the choice may be dropped.
  [[nodiscard]] std::optional<BoundId> choose(std::optional<std::string_view> text) const {
    if (!text) return BoundId{};
    if (const auto known = ids_.find(*text); known != ids_.end()) return BoundId{known->second};
    if (ids_.size() >= max_count_ || !budget_.has_room(text->size())) return std::nullopt;
    return BoundId{.id = next_free_id(last_id_, used_), .is_new = true};
  }

  // Binds the text to the id that was chosen for it just now.
  void bind(std::string_view text, std::uint32_t id) {
    ids_.emplace(text, id);
    used_.insert(id);
    budget_.take(text.size());
    last_id_ = id;
  }

  // Returns the id that the text had; std::nullopt where it had none.
  std::optional<std::uint32_t> unbind(std::string_view text) {
    const auto entry = ids_.find(text);
    if (entry == ids_.end()) return std::nullopt;
    const std::uint32_t id = entry->second;
    budget_.give_back(text.size());
    used_.erase(id);
    ids_.erase(entry);
    return id;
  }

  void clear() noexcept {
    ids_.clear();
    used_.clear();
    budget_.clear();
  }

  [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }

 private:
  std::size_t max_count_;
  TextBudget budget_;
  std::map<std::string, std::uint32_t, std::less<>> ids_;
  std::set<std::uint32_t> used_;
  std::uint32_t last_id_ = 0;
};

}  // namespace wsapi
