// SPDX-License-Identifier: Apache-2.0

// All derived vectors of the folder against a checker that is as simple as can be, and shares
// nothing with the codec: the fields of each message as a string of letters.

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "harness/suite/derive.h"
#include "harness/suite/expansion.h"
#include "harness/suite/vectors.h"

namespace wsapi {
namespace {

using Table = std::map<char, std::string>;

// 1, 2, 4: an integer of that many bytes; s: string or object; n: nullstring; u: uuid; v: versions;
// d: the id of a DESCRIPTION.
const Table kToServer{{'K', "2s22sn"}, {'D', "2"},  {'U', "2"}, {'S', "2s"},
                      {'s', "2"},      {'T', "2s"}, {'t', "2"}, {'V', "4v"}};
const Table kToClient{{'k', "2nns"}, {'E', "2s"}, {'e', "2"},    {'X', "22"}, {'x', "22"},
                      {'P', "2s"},   {'d', "ds"}, {'B', "ssu1"}, {'v', "1"}};
const Table kLegacyToServer{{'C', "4sssn"}, {'D', "4"}};
const Table kLegacyToClient{{'Y', "4nns"}, {'*', "ssu1"}, {'+', "4s"},  {'-', "4s"},
                            {'!', "4ss"},  {'S', "44s"},  {'U', "44s"}, {'d', "4s"}};

class Reader {
 public:
  explicit Reader(const std::vector<std::byte>& all) : all_(all) {}

  bool skip(std::size_t size) {
    if (all_.size() - at_ < size) return false;
    at_ += size;
    return true;
  }
  bool text(bool nullable) {
    if (all_.size() - at_ < 4) return false;
    std::size_t length = 0;
    for (std::size_t i = 4; i > 0; --i) length = length * 256 + byte(at_ + i - 1);
    at_ += 4;
    if (length == 0) return nullable;
    return skip(length) && byte(at_ - 1) == 0;
  }
  bool versions() { return skip(1) && skip(byte(at_ - 1)); }

 private:
  std::size_t byte(std::size_t at) const { return std::to_integer<std::size_t>(all_[at]); }

  const std::vector<std::byte>& all_;
  std::size_t at_ = 0;
};

bool is_understood(const std::vector<std::byte>& all, Revision revision, Direction direction) {
  const bool to_server = direction == Direction::kToServer;
  const Table& table = revision == Revision::kLegacy
                           ? (to_server ? kLegacyToServer : kLegacyToClient)
                           : (to_server ? kToServer : kToClient);
  if (all.empty()) return false;
  const auto message = table.find(std::to_integer<char>(all.front()));
  if (message == table.end()) return false;
  Reader in(all);
  bool good = in.skip(1);
  for (const char field : message->second) {
    if (!good) return false;
    switch (field) {
      case 's': good = in.text(false); break;
      case 'n': good = in.text(true); break;
      case 'u': good = in.skip(16); break;
      case 'v': good = in.versions(); break;
      case 'd': good = in.skip(revision == Revision::k2020_03 ? 2 : 4); break;
      default: good = in.skip(static_cast<std::size_t>(field - '0'));
    }
  }
  return good;
}

VectorSet load() {
  std::vector<FileError> errors;
  VectorSet set = load_vectors(WSAPI_SOURCE_VECTORS_DIR, errors);
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  return set;
}

TEST(DeriveAllTest, TheSimpleCheckerAgreesOnEveryVector) {
  std::map<VectorClass, std::size_t> derived_count;
  std::size_t written_count = 0;
  (void)for_each_vector(load().messages, {}, [&](const MessageVector& vector) {
    ++(vector.derived ? derived_count[vector.vector_class] : written_count);
    const std::vector<std::byte> all = vector.bytes.expand();
    for (const Revision revision : vector.revisions) {
      EXPECT_EQ(is_understood(all, revision, vector.direction),
                vector.vector_class != VectorClass::kInvalid)
          << vector.id << " in " << name(revision);
    }
  });
  EXPECT_GT(written_count, 400U);
  EXPECT_GT(derived_count[VectorClass::kInvalid], 3000U);
  EXPECT_GT(derived_count[VectorClass::kAcceptable], 400U);
}

TEST(DeriveAllTest, IdsAreUnique) {
  std::set<std::string> ids;
  const VectorSet set = load();
  (void)for_each_vector(set.messages, {}, [&](const MessageVector& vector) {
    EXPECT_TRUE(ids.insert(vector.id).second) << vector.id;
  });
}

// Each byte string once for each direction and revision, and none is lost.
TEST(DeriveAllTest, WhatIsLeftOutIsARepeat) {
  using Key = std::tuple<Direction, Revision, std::vector<std::byte>>;
  const VectorSet set = load();
  std::set<Key> seen;
  std::set<std::string> ids;
  const ExpansionCounts counts =
      for_each_vector(set.messages, {}, [&](const MessageVector& vector) {
        ids.insert(vector.id);
        EXPECT_FALSE(vector.revisions.empty()) << vector.id;
        for (const Revision revision : vector.revisions) {
          EXPECT_TRUE(seen.emplace(vector.direction, revision, vector.bytes.expand()).second)
              << vector.id << " repeats another in " << name(revision);
        }
      });
  EXPECT_EQ(ids.size(), counts.by_hand + counts.derived);
  std::size_t repeats = 0;
  for (const MessageVector& vector : set.messages) {
    for (const MessageVector& derived : derive(vector)) {
      if (!ids.contains(derived.id)) ++repeats;
      for (const Revision revision : derived.revisions) {
        EXPECT_TRUE(seen.contains({derived.direction, revision, derived.bytes.expand()}))
            << derived.id;
      }
    }
  }
  EXPECT_EQ(repeats, counts.repeats);
}

TEST(DeriveAllTest, DerivingAgainGivesTheSame) {
  for (const MessageVector& vector : load().messages) {
    const auto once = derive(vector);
    const auto again = derive(vector);
    ASSERT_EQ(once.size(), again.size()) << vector.id;
    for (std::size_t i = 0; i < once.size(); ++i) {
      EXPECT_EQ(once[i].id, again[i].id);
      EXPECT_EQ(once[i].bytes.expand(), again[i].bytes.expand()) << once[i].id;
    }
  }
}

// A vector's id says which rule made it of which other one.
TEST(DeriveAllTest, DerivedVectorsDifferFromTheirs) {
  for (const MessageVector& vector : load().messages) {
    const std::vector<std::byte> original = vector.bytes.expand();
    for (const MessageVector& derived : derive(vector)) {
      EXPECT_TRUE(derived.bytes.expand() != original || derived.direction != vector.direction)
          << derived.id;
      EXPECT_TRUE(derived.id.starts_with(vector.id + "~") || derived.direction != vector.direction)
          << derived.id;
      EXPECT_FALSE(derived.purpose.empty());
    }
  }
}

}  // namespace
}  // namespace wsapi
