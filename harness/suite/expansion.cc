// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/expansion.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "harness/suite/derive.h"

namespace wsapi {
namespace {

// Longer vectors by hand are not compared with derived ones, which are made of shorter ones.
constexpr std::size_t kMaxCompared = 65'536;  // bytes

std::uint8_t bit_of(Revision revision) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(revision));
}

// The byte strings that there are for one direction, each with its revisions.
class KnownBytes {
 public:
  // Leaves of `revisions` those in which the bytes are new, and keeps the bytes in mind.
  void keep_new(std::span<const std::byte> bytes, std::vector<Revision>& revisions) {
    key_.assign(bytes.size(), '\0');
    std::ranges::transform(bytes, key_.begin(),
                           [](std::byte b) { return std::to_integer<char>(b); });
    std::uint8_t& known = known_[key_];
    std::erase_if(revisions, [&](Revision revision) { return (known & bit_of(revision)) != 0; });
    for (const Revision revision : revisions) {
      known = static_cast<std::uint8_t>(known | bit_of(revision));
    }
  }

 private:
  std::unordered_map<std::string, std::uint8_t> known_;
  std::string key_;
};

class Expansion final : public DerivedSink {
 public:
  Expansion(const ExpansionFilter& filter, const std::function<void(const MessageVector&)>& visit)
      : filter_(filter), visit_(visit) {}

  void know(const MessageVector& vector) {
    if (vector.bytes.size() > kMaxCompared) return;
    std::vector<Revision> revisions = vector.revisions;
    known_of(vector.direction).keep_new(vector.bytes.expand(), revisions);
  }

  bool wants(DerivedKey& key, std::span<const std::byte> bytes) override {
    known_of(key.direction).keep_new(bytes, key.revisions);
    if (key.revisions.empty()) {
      ++counts.repeats;
      return false;
    }
    ++counts.derived;
    return !filter_.wants || filter_.wants(key.id, key.direction);
  }

  void add(MessageVector vector) override { visit_(vector); }

  ExpansionCounts counts;

 private:
  KnownBytes& known_of(Direction direction) { return known_[static_cast<std::size_t>(direction)]; }

  const ExpansionFilter& filter_;
  const std::function<void(const MessageVector&)>& visit_;
  std::array<KnownBytes, kDirections.size()> known_;
};

bool may_derive(const std::vector<MessageVector>& vectors, const ExpansionFilter& filter) {
  if (!filter.may_want || filter.may_want(kMisdirectedPrefix)) return true;
  return std::ranges::any_of(vectors, [&](const MessageVector& vector) {
    return filter.may_want(vector.id + std::string{kRuleSeparator});
  });
}

}  // namespace

ExpansionCounts for_each_vector(const std::vector<MessageVector>& vectors,
                                const ExpansionFilter& filter,
                                const std::function<void(const MessageVector&)>& visit) {
  std::vector<const MessageVector*> in_order;
  for (const MessageVector& vector : vectors) in_order.push_back(&vector);
  std::ranges::sort(in_order, {}, [](const MessageVector* vector) {
    return std::pair<bool, std::string_view>(!is_minimal(*vector), vector->id);
  });
  Expansion expansion(filter, visit);
  expansion.counts.by_hand = vectors.size();
  const bool derives = may_derive(vectors, filter);
  if (derives) {
    for (const MessageVector* const vector : in_order) expansion.know(*vector);
  }
  for (const MessageVector* const vector : in_order) {
    visit(*vector);
    if (derives) derive(*vector, expansion);
  }
  return expansion.counts;
}

}  // namespace wsapi
