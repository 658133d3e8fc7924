// SPDX-License-Identifier: Apache-2.0

#include "harness/process/attached_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace wsapi {
namespace {

TEST(AttachedProcess, ItsEndIsSeenOnce) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    for (;;) ::pause();
  }
  AttachedProcess process(pid);
  EXPECT_EQ(process.error(), "");
  EXPECT_FALSE(process.can_restart());
  EXPECT_FALSE(process.has_ended());
  EXPECT_TRUE(process.take_faults().empty());
  ::kill(pid, SIGKILL);
  siginfo_t info;
  ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT);  // it stays a zombie
  EXPECT_TRUE(process.has_ended());
  const std::vector<FaultReport> faults = process.take_faults();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].kind, FaultKind::kSignal);
  EXPECT_EQ(faults[0].title, "SIGKILL");
  EXPECT_TRUE(process.take_faults().empty());
  ::waitpid(pid, nullptr, 0);
}

TEST(AttachedProcess, OneThatIsNotThere) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  ::waitpid(pid, nullptr, 0);
  const AttachedProcess process(pid);
  EXPECT_THAT(process.error(), ::testing::StartsWith("cannot watch the process "));
}

}  // namespace
}  // namespace wsapi
