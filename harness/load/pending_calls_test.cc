// SPDX-License-Identifier: Apache-2.0

// The table against a std::map that is told the same.

#include "harness/load/pending_calls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace wsapi {
namespace {

PendingCall call_of(std::uint16_t id, int sent_ns) {
  return {.id = id, .intended = RunTime(sent_ns - 1), .sent = RunTime(sent_ns)};
}

class PendingCallsTest : public testing::Test {
 protected:
  void insert(std::uint16_t id) {
    table_.insert(call_of(id, ++count_));
    expected_.emplace(id, count_);
  }

  void erase(std::uint16_t id) {
    PendingCall* const call = table_.find(id);
    ASSERT_NE(call, nullptr) << id;
    table_.erase(*call);
    expected_.erase(id);
  }

  void expect_equal() {
    ASSERT_EQ(table_.size(), expected_.size());
    std::map<std::uint16_t, int> seen;
    table_.for_each([&](const PendingCall& call) {
      EXPECT_TRUE(seen.emplace(call.id, call.sent.count()).second);
    });
    EXPECT_EQ(seen, expected_);
    for (const auto& [id, sent_ns] : expected_) {
      const PendingCall* const call = table_.find(id);
      ASSERT_NE(call, nullptr) << id;
      EXPECT_EQ(call->sent.count(), sent_ns);
    }
  }

  PendingCalls table_;
  std::map<std::uint16_t, int> expected_;
  int count_ = 0;
};

TEST_F(PendingCallsTest, EmptyFindsNothing) {
  for (const std::uint32_t id : {0U, 1U, 65'535U, 65'536U}) EXPECT_EQ(table_.find(id), nullptr);
  insert(1);
  EXPECT_EQ(table_.find(0), nullptr);
  EXPECT_EQ(table_.find(65'536 + 1), nullptr) << "ids of more than 16 bits";
  erase(1);
  expect_equal();
}

// In a table of 16, the home of an id is the first hexadecimal digit of id * 0x9E3779B9.
std::vector<std::uint16_t> ids_at_home(std::uint32_t home, std::size_t count) {
  std::vector<std::uint16_t> ids;
  for (std::uint32_t id = 1; ids.size() < count; ++id) {
    if ((id * 0x9E3779B9U) >> 28U == home) ids.push_back(static_cast<std::uint16_t>(id));
  }
  return ids;
}

TEST_F(PendingCallsTest, CollisionsAroundTheEndOfTheTable) {
  std::vector<std::uint16_t> ids = ids_at_home(15, 3);
  for (const std::uint32_t home : {14U, 0U, 1U}) {
    for (const std::uint16_t id : ids_at_home(home, 2)) ids.push_back(id);
  }
  ids.pop_back();
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    for (const std::uint16_t id : ids) insert(id);
    expect_equal();
    std::ranges::shuffle(ids, random);
    for (const std::uint16_t id : ids) {
      erase(id);
      expect_equal();
    }
  }
}

TEST_F(PendingCallsTest, AsManyAsTheProtocolAllows) {
  for (std::size_t i = 0; i < kMaxPendingCalls; ++i) {
    insert(static_cast<std::uint16_t>(65'535 - 16 * (i % 4095)));
  }
  expect_equal();
  table_.clear();
  expected_.clear();
  expect_equal();
}

TEST_F(PendingCallsTest, RandomCallsInAnyOrder) {
  std::mt19937 random(1);
  for (const unsigned spread : {8U, 40U, 5000U, 65'535U}) {  // few ids are taken again soon
    for (int i = 0; i < 20'000; ++i) {
      const auto id = static_cast<std::uint16_t>(1 + random() % spread);
      if (expected_.contains(id)) {
        erase(id);
      } else if (expected_.size() < 2000) {
        insert(id);
      }
      if (i % 1000 == 0) expect_equal();
    }
    expect_equal();
  }
}

}  // namespace
}  // namespace wsapi
