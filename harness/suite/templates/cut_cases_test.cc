// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/templates/cut_cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "codec/encode.h"
#include "codec/frame.h"
#include "codec/json_form.h"
#include "harness/suite/pattern.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

const SendMessage& send_of(const TestCase& test_case) {
  return std::get<SendMessage>(steps_of(test_case).at(1).action);
}

std::vector<std::byte> frame_of(const SendMessage& send) {
  const std::string text = substitute(send.message, {}).dump();
  const auto message = from_json(text).value();
  const auto payload = encode_to_bytes(message.message, Revision::k2020_01).value();
  return encode_frame(FrameHeader{.mask = send.frame.mask}, payload);
}

TEST(CutCasesTest, EveryPlaceOfEveryHeaderAndFourOfThePayload) {
  std::set<std::string> ids;
  for (const TestCase& one : cut_cases()) EXPECT_TRUE(ids.insert(one.id).second) << one.id;
  EXPECT_EQ(ids.size(), 2U * (6 + 10 + 8 + 12 + 14 + 18));
  for (const char* id : {"server/frame/cut/plain-7@1", "server/frame/cut/plain-7@6",
                         "server/frame/cut/masked-16@5", "server/frame/cut/masked-64-echo@18"}) {
    EXPECT_TRUE(ids.contains(id)) << id;
  }
}

// The table says where the parts of the header lie; the frames that are sent say the same.
TEST(CutCasesTest, TheFramesHaveTheShapeThatIsNamed) {
  for (const TestCase& one : cut_cases()) {
    const SendMessage& send = send_of(one);
    const std::vector<std::byte> frame = frame_of(send);
    const auto length = std::to_integer<unsigned>(frame.at(1)) & 0x7fU;
    const bool is_masked = (frame.at(1) & std::byte{0x80}) != std::byte{0};
    EXPECT_EQ(is_masked, one.id.find("/masked-") != std::string::npos) << one.id;
    EXPECT_EQ(length == 127, one.id.find("-64") != std::string::npos) << one.id;
    EXPECT_EQ(length == 126, one.id.find("-16") != std::string::npos) << one.id;
    ASSERT_EQ(send.frame.cuts.size(), 1U) << one.id;
    EXPECT_LT(send.frame.cuts.front(), frame.size()) << one.id;
    EXPECT_EQ(!one.requirements.empty(), one.id.find("-echo@") != std::string::npos) << one.id;
  }
}

TEST(CutCasesTest, PurposesSayWhere) {
  const std::vector<TestCase> cases = cut_cases();
  const auto purpose_of = [&](std::string_view id) {
    return std::ranges::find(cases, id, &TestCase::id)->purpose;
  };
  EXPECT_EQ(purpose_of("server/frame/cut/masked-16@5"),
            "A masked frame with a 16-bit length arrives cut after 1 of the mask key's bytes: its "
            "call is answered by its id.");
  EXPECT_EQ(purpose_of("server/frame/cut/masked-16@4"),
            "A masked frame with a 16-bit length arrives cut before the mask key: its call is "
            "answered by its id.");
  EXPECT_EQ(purpose_of("server/frame/cut/plain-64-echo@3"),
            "An unmasked frame with a 64-bit length arrives cut after 1 of the extended length's "
            "bytes: echo must give back what the frame holds.");
  EXPECT_EQ(purpose_of("server/frame/cut/plain-7@2"),
            "An unmasked frame with a 7-bit length arrives cut between header and payload: its "
            "call is answered by its id.");
}

}  // namespace
}  // namespace wsapi
