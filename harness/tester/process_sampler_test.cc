// SPDX-License-Identifier: Apache-2.0

#include "harness/tester/process_sampler.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

namespace wsapi {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// A child that does `work` and then waits until it is killed, which is when the object goes.
class Child {
 public:
  explicit Child(const std::function<void()>& work) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      work();
      (void)!::write(ends[1], "x", 1);
      while (true) ::pause();
    }
    ::close(ends[1]);
    char byte = 0;
    (void)!::read(ends[0], &byte, 1);  // the work is done
    ::close(ends[0]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { end(); }

  [[nodiscard]] pid_t pid() const { return pid_; }
  void kill_only() const { ::kill(pid_, SIGKILL); }
  void end() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
};

TEST(ProcessSamplerTest, SeesThisProcess) {
  const auto sample = ProcessSampler(::getpid()).sample();
  ASSERT_TRUE(sample.has_value());
  EXPECT_GT(sample->resident_size, 4096U);
  EXPECT_GE(sample->peak_size, 4096U);
  EXPECT_GE(sample->descriptors, 3U);
  EXPECT_GE(sample->threads, 1U);
  EXPECT_GT(sample->runnable_time, 0us);
}

TEST(ProcessSamplerTest, MemoryCountsWhereItIsTouched) {
  constexpr std::size_t kSize = 32U << 20U;
  const ProcessSampler sampler(::getpid());
  const auto before = sampler.sample();
  // Not touched: calloc of that size asks the system for pages that do not exist yet.
  char* const memory = static_cast<char*>(std::calloc(kSize, 1));
  ASSERT_NE(memory, nullptr);
  const auto claimed = sampler.sample();
  volatile char* const touched = memory;
  for (std::size_t i = 0; i < kSize; i += 1024) touched[i] = 1;
  const auto after = sampler.sample();
  std::free(memory);
  const auto freed = sampler.sample();
  ASSERT_TRUE(before && claimed && after && freed);
  if (!before->is_instrumented) {
    EXPECT_LT(claimed->resident_size, before->resident_size + kSize / 4);
    EXPECT_LT(freed->resident_size, before->resident_size + kSize / 4);
  }
  EXPECT_GE(after->resident_size, before->resident_size + kSize * 3 / 4);
  EXPECT_GE(freed->peak_size, before->resident_size + kSize * 3 / 4);
}

TEST(ProcessSamplerTest, DescriptorsAndThreadsAreCounted) {
  const ProcessSampler sampler(::getpid());
  // ThreadSanitizer starts one of its own with the first.
  std::thread([] {}).join();
  const auto before = sampler.sample();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::thread thread([&] {
    char byte = 0;
    (void)!::read(ends[0], &byte, 1);
  });
  const auto during = sampler.sample();
  ::close(ends[1]);
  thread.join();
  ::close(ends[0]);
  ASSERT_TRUE(before && during);
  EXPECT_EQ(during->descriptors, before->descriptors + 2);
  EXPECT_EQ(during->threads, before->threads + 1);
}

TEST(ProcessSamplerTest, DescendantsCount) {
  constexpr std::size_t kSize = 16U << 20U;
  const Child child([] {
    if (::fork() == 0) {
      volatile char* const memory = static_cast<char*>(std::malloc(kSize));
      for (std::size_t i = 0; i < kSize; i += 1024) memory[i] = 1;
      // Ends with its parent.
      while (::getppid() != 1) ::usleep(1000);
      ::_exit(0);
    }
  });
  const ProcessSampler sampler(child.pid());
  std::optional<ProcessSample> sample;
  for (int i = 0; i < 1000; ++i) {
    sample = sampler.sample();
    if (sample && sample->resident_size > kSize) break;
    std::this_thread::sleep_for(5ms);
  }
  ASSERT_TRUE(sample.has_value());
  EXPECT_GT(sample->resident_size, kSize);
  EXPECT_EQ(sampler.tree().size(), 2U);
  EXPECT_GE(sample->threads, 2U) << "at least one each; a sanitizer may have its own";
}

TEST(ProcessSamplerTest, ASpinningChildIsBusyAndAWaitingOneIsNot) {
  const auto busy_time = [](const Child& child) {
    const ProcessSampler sampler(child.pid());
    const auto before = sampler.sample();
    std::this_thread::sleep_for(60ms);
    const auto after = sampler.sample();
    EXPECT_TRUE(before && after);
    return before && after ? after->runnable_time - before->runnable_time : 0us;
  };
  const Child waiting([] {});
  EXPECT_LT(busy_time(waiting), 20ms);
  const Child spinning([] {
    if (::fork() != 0) return;
    while (::getppid() != 1) {
    }
    ::_exit(0);
  });
  EXPECT_GT(busy_time(spinning), 40ms);
}

TEST(ProcessSamplerTest, OneThatIsGoneOrAZombieHasNoSample) {
  Child child([] {});
  const ProcessSampler sampler(child.pid());
  EXPECT_TRUE(sampler.sample().has_value());
  child.kill_only();
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(sampler.sample().has_value());
  child.end();
  EXPECT_FALSE(sampler.sample().has_value());
  EXPECT_TRUE(sampler.tree().empty());
}

// A /proc of our own making, for what a real one shows only by chance.
class MadeProcTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "proc_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void add(int pid, const std::string& stat) const {
    fs::create_directories(folder_ / std::to_string(pid));
    std::ofstream(folder_ / std::to_string(pid) / "stat") << stat;
  }
  [[nodiscard]] static std::string stat(int pid, const std::string& name, int parent) {
    return std::to_string(pid) + " (" + name + ") S " + std::to_string(parent) +
           " 1 1 0 -1 0 0 0 0 0 7 5 0 0 20 0 1 0 100 2000000000000 50\n";
  }

  fs::path folder_;
};

TEST_F(MadeProcTest, NamesMayHoldAnything) {
  add(7, stat(7, ") R 1 (x) ", 1));
  const auto sample = ProcessSampler(7, folder_).sample();
  ASSERT_TRUE(sample.has_value());
  const long ticks = ::sysconf(_SC_CLK_TCK);
  EXPECT_EQ(sample->cpu_time, std::chrono::microseconds(12 * 1'000'000 / ticks));
  EXPECT_EQ(sample->runnable_time, sample->cpu_time);  // nothing better is told here
  EXPECT_TRUE(sample->is_instrumented);
  EXPECT_EQ(sample->resident_size, 0U);
}

TEST_F(MadeProcTest, ParentsInACircleAreCountedOnce) {
  add(7, stat(7, "a", 9));
  add(8, stat(8, "b", 7));
  add(9, stat(9, "c", 8));
  EXPECT_EQ(ProcessSampler(7, folder_).tree(), (std::vector<pid_t>{7, 8, 9}));
}

TEST_F(MadeProcTest, WhatCannotBeReadIsLeftOut) {
  add(7, stat(7, "a", 1));
  add(8, "");
  add(9, "9 (cut");
  fs::create_directories(folder_ / "10");
  fs::create_directories(folder_ / "self");
  EXPECT_EQ(ProcessSampler(7, folder_).tree(), (std::vector<pid_t>{7}));
  EXPECT_TRUE(ProcessSampler(8, folder_).tree().empty());
}

}  // namespace
}  // namespace wsapi
