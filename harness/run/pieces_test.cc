// SPDX-License-Identifier: Apache-2.0

// Pieces are pieces: a server that gets a frame wrong only where it is cut between two reads fails,
// every time, wherever that is, on Unix sockets and TCP.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

#include "harness/net/event_loop.h"
#include "harness/peers/peer_thread.h"
#include "harness/peers/split_fault_server.h"
#include "harness/result/disposition.h"
#include "harness/run/runner.h"
#include "harness/suite/templates/cut_cases.h"

namespace wsapi {
namespace {

constexpr std::size_t kRepeats = 20;

// The masked ones that need no test API: their place, and where their mask key begins.
struct Cut {
  const TestCase* test_case;
  std::size_t place;
  std::size_t key_begin;
};

std::vector<Cut> masked_cuts(const std::vector<TestCase>& cases) {
  std::vector<Cut> cuts;
  for (const auto& [shape, key_begin] :
       {std::pair{"masked-7@", std::size_t{2}}, {"masked-16@", 4}, {"masked-64@", 10}}) {
    const std::string prefix = std::string{"server/frame/cut/"} + shape;
    for (const TestCase& one : cases) {
      if (!one.id.starts_with(prefix)) continue;
      cuts.push_back({&one, std::stoul(one.id.substr(prefix.size())), key_begin});
    }
  }
  return cuts;
}

// Whether the fault shows where the frame is cut there.
bool shows(SplitFault fault, const Cut& cut) {
  const std::size_t payload_begin = cut.key_begin + 4;
  if (fault == SplitFault::kForgetsKey) return cut.place > cut.key_begin;
  // After four octets the key starts anew anyway.
  return cut.place > payload_begin && (cut.place - payload_begin) % 4 != 0;
}

void expect_failures(SplitFault fault, const std::string& address_text) {
  const Address address = std::get<Address>(parse_address(address_text));
  PeerThread server(
      [&](asio::io_context& io) { return std::make_unique<SplitFaultServer>(io, address, fault); });
  ASSERT_EQ(server.error(), "");
  const std::vector<TestCase> cases = cut_cases();
  const std::vector<Cut> cuts = masked_cuts(cases);
  ASSERT_EQ(cuts.size(), 10U + 12U + 18U);
  std::vector<const TestCase*> chosen;
  for (const Cut& cut : cuts) chosen.push_back(cut.test_case);
  RunOptions options;
  options.access.open_wire = connecting_to(server.local_address());
  options.access.revision = Revision::k2020_01;
  options.confirm = false;
  options.repeat = kRepeats;
  SuiteRun run(chosen, options, RunHeader{}, {});
  const RunRecords result = run_to_end(run.run());
  ASSERT_EQ(result.cases.size(), cuts.size());
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    const auto kind = shows(fault, cuts[i]) ? VerdictKind::kFail : VerdictKind::kPass;
    const CaseRecord& record = result.cases[i];
    EXPECT_EQ(record.runs[static_cast<std::size_t>(kind)], kRepeats)
        << record.test.id << " " << reason_text(record) << " "
        << testing::PrintToString(record.runs);
  }
}

std::string unix_address() {
  static int number = 0;
  return fmt::format("unix:@pieces-{}-{}", ::getpid(), ++number);
}

TEST(PiecesTest, AForgottenKeyFailsEveryTimeOnUnix) {
  expect_failures(SplitFault::kForgetsKey, unix_address());
}
TEST(PiecesTest, AForgottenKeyFailsEveryTimeOnTcp) {
  expect_failures(SplitFault::kForgetsKey, "tcp:127.0.0.1:0");
}
TEST(PiecesTest, AForgottenPositionFailsEveryTimeOnUnix) {
  expect_failures(SplitFault::kForgetsPosition, unix_address());
}
TEST(PiecesTest, AForgottenPositionFailsEveryTimeOnTcp) {
  expect_failures(SplitFault::kForgetsPosition, "tcp:127.0.0.1:0");
}

}  // namespace
}  // namespace wsapi
