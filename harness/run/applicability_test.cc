// SPDX-License-Identifier: Apache-2.0

#include "harness/run/applicability.h"

#include <gtest/gtest.h>

namespace wsapi {
namespace {

TestCase case_with(std::vector<Revision> revisions, std::vector<std::string> requirements) {
  TestCase out;
  out.revisions = std::move(revisions);
  out.requirements = std::move(requirements);
  return out;
}

std::string why(const TestCase& test_case, const Capabilities& capabilities) {
  return to_text(why_not_applicable(test_case, capabilities).value_or(Reason{}));
}

TEST(ApplicabilityTest, ACaseWithoutRequirementsNeedsItsRevisionOnly) {
  const TestCase any = case_with({Revision::k2020_01, Revision::k2020_03}, {});
  EXPECT_EQ(why(any, {Revision::k2020_01, {}}), "");
  EXPECT_EQ(why(any, {Revision::k2020_03, {"verb:echo"}}), "");
  EXPECT_EQ(why(any, {Revision::kLegacy, {}}), "not in revision legacy");
  EXPECT_EQ(why(case_with({}, {}), {}), "not in revision 2020-01");
}

TEST(ApplicabilityTest, EachRequirementHasToBeMet) {
  const TestCase both = case_with({Revision::k2020_01}, {"verb:emit", "verb:subscribe"});
  EXPECT_EQ(why(both, {Revision::k2020_01, {"verb:subscribe", "verb:emit"}}), "");
  EXPECT_EQ(why(both, {Revision::k2020_01, {"verb:subscribe"}}), "needs the test API: emit");
  EXPECT_EQ(why(both, {Revision::k2020_01, {"verb:echo"}}), "needs the test API: emit, subscribe");
}

TEST(ApplicabilityTest, TheRevisionIsSaidFirst) {
  EXPECT_EQ(why(case_with({Revision::k2020_01}, {"verb:echo"}), {Revision::kLegacy, {}}),
            "not in revision legacy");
}

}  // namespace
}  // namespace wsapi
