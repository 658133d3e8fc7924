// SPDX-License-Identifier: Apache-2.0

#include "harness/process/command_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsapi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(SplitCommand, WordsAndQuotes) {
  EXPECT_THAT(split_command("server  --address {address}\n").words,
              ElementsAre("server", "--address", "{address}"));
  EXPECT_THAT(split_command(R"(a 'b c' "d \"e\" \x" f\ g '' "")").words,
              ElementsAre("a", "b c", R"(d "e" \x)", "f g", "", ""));
  EXPECT_THAT(split_command(R"(sh -c 'a | b; $c')").words, ElementsAre("sh", "-c", "a | b; $c"));
}

TEST(SplitCommand, VariablesInFront) {
  const Command command = split_command("A=1 B_2='x y' env C=3");
  EXPECT_THAT(command.environment, ElementsAre(Pair("A", "1"), Pair("B_2", "x y")));
  EXPECT_THAT(command.words, ElementsAre("env", "C=3"));
}

TEST(SplitCommand, WhatIsWrongIsSaid) {
  EXPECT_THAT(split_command("cd /x && server").error, HasSubstr("sh -c"));
  EXPECT_THAT(split_command("server > log").error, HasSubstr("'>'"));
  EXPECT_EQ(split_command("server 'x").error, "a single quote is not closed");
  EXPECT_EQ(split_command("server \"x").error, "a double quote is not closed");
  EXPECT_EQ(split_command("server \\").error, "it ends in a backslash");
  EXPECT_EQ(split_command("  ").error, "it names no program");
  EXPECT_EQ(split_command("A=1").error, "it names no program");
  EXPECT_EQ(split_command(std::string(kMaxCommandSize + 1, 'x')).error,
            "it has more than 32768 bytes");
}

std::string with_address(std::string word, const std::string& address) {
  const std::string error = put_address(word, std::get<Address>(parse_address(address)));
  return error.empty() ? word : "error: " + error;
}

TEST(PutAddress, WholeOrInParts) {
  EXPECT_EQ(with_address("--at={address}", "unix:/tmp/x"), "--at=unix:/tmp/x");
  EXPECT_EQ(with_address("{host}:{port}/{api}", "tcp:127.0.0.1:80/test"), "127.0.0.1:80/test");
  EXPECT_EQ(with_address("{path}", "unix:/tmp/x"), "/tmp/x");
  EXPECT_EQ(with_address("{path}", "unix:@x"), "@x");
  EXPECT_EQ(with_address("{\"a\": {b} {address", "unix:@x"), "{\"a\": {b} {address");
  EXPECT_EQ(with_address("{{address}}", "unix:@x"), "{unix:@x}");
}

TEST(PutAddress, APartThatIsNotThere) {
  EXPECT_EQ(with_address("{port}", "unix:@x"),
            "error: it asks for {port}, which the address unix:@x does not have");
}

}  // namespace
}  // namespace wsapi
