// SPDX-License-Identifier: Apache-2.0

#include "harness/process/sanitizer_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace wsapi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<FaultReport> reports_in(const std::string& text) {
  SanitizerReports reports;
  std::vector<FaultReport> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) (void)reports.feed(line, out);
  reports.finish(out);
  return out;
}

std::vector<std::string> titles_in(const std::string& text) {
  std::vector<std::string> out;
  for (const FaultReport& report : reports_in(text)) out.push_back(report.title);
  return out;
}

// As clang 19 writes it, in a program with symbols.
constexpr const char* kOverflow =
    R"(=================================================================
==4711==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x502000000014 at pc 0x55f bp 0x7ffe
READ of size 4 at 0x502000000014 thread T0
    #0 0x55f1 in __interceptor_memcpy /build/compiler-rt/asan_interceptors.cpp:112:3
    #1 0x55f2 in wsapi::(anonymous namespace)::Reader::operator()(unsigned long) const /src/a b/reader.cc:40:10
    #2 0x7f12 in __libc_start_call_main csu/../sysdeps/nptl/libc_start_call_main.h:58:16
    #3 0x7f13  (/lib/x86_64-linux-gnu/libc.so.6+0x27249) (BuildId: 51657f818beb1ae70372216a99b7412b8a100a20)

0x502000000014 is located 0 bytes after 4-byte region [0x502000000010,0x502000000014)
allocated by thread T0 here:
    #0 0x55a in malloc (/usr/bin/server+0xa1234)
    #1 0x55b in make(int) /src/make.cc:3

SUMMARY: AddressSanitizer: heap-buffer-overflow /build/compiler-rt/x.cpp:112:3 in __interceptor_memcpy
Shadow bytes around the buggy address:
  0x501ffffffd80: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
==4711==ABORTING
)";

TEST(SanitizerReports, TheTitleIsTheFirstFunctionThatIsNotOfTheSanitizer) {
  const auto reports = reports_in(kOverflow);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].title,
            "heap-buffer-overflow in wsapi::(anonymous namespace)::Reader::operator()");
  EXPECT_EQ(reports[0].kind, FaultKind::kSanitizer);
  EXPECT_THAT(reports[0].detail,
              HasSubstr("#1 wsapi::(anonymous namespace)::Reader::operator() reader.cc:40\n"));
  EXPECT_THAT(reports[0].detail, HasSubstr("#3 ? libc.so.6\n"));
  EXPECT_THAT(reports[0].detail, HasSubstr("#0 malloc server\n"));
  EXPECT_THAT(reports[0].detail, Not(HasSubstr("Shadow")));
}

TEST(SanitizerReports, KindsOfEachSanitizer) {
  EXPECT_THAT(
      titles_in("==1==ERROR: AddressSanitizer: SEGV on unknown address 0x0 (pc 0x5 sp 0x6)\n"
                "    #0 0x1 in Peer::run() /src/peer.cc:9:1\n"
                "SUMMARY: AddressSanitizer: SEGV /src/peer.cc:9:1 in Peer::run()\n"),
      ElementsAre("SEGV in Peer::run"));
  EXPECT_THAT(
      titles_in("==1==ERROR: AddressSanitizer: attempting double-free on 0x60 in thread T0:\n"
                "    #0 0x1 in free (/usr/bin/s+0x1)\n    #1 0x1 in drop /src/peer.c:9\n"),
      ElementsAre("attempting double-free in drop"));
  EXPECT_THAT(titles_in("==5==ERROR: LeakSanitizer: detected memory leaks\n\n"
                        "Direct leak of 100 byte(s) in 1 object(s) allocated from:\n"
                        "    #0 0x1 in malloc (/usr/bin/s+0x1)\n"
                        "    #1 0x1 in parse_call /src/call.c:33:7\n\n"
                        "SUMMARY: AddressSanitizer: 100 byte(s) leaked in 1 allocation(s).\n"),
              ElementsAre("memory leak in parse_call"));
  EXPECT_THAT(
      titles_in("WARNING: ThreadSanitizer: data race (pid=12)\n"
                "  Write of size 4 at 0x7b by thread T1:\n"
                "    #0 Counter::add(int) /src/counter.h:4:11 (server+0x4b)\n\n"
                "SUMMARY: ThreadSanitizer: data race /src/counter.h:4:11 in Counter::add\n"),
      ElementsAre("data race in Counter::add"));
  EXPECT_THAT(titles_in("==9==WARNING: MemorySanitizer: use-of-uninitialized-value\n"
                        "    #0 0x1 in f /src/f.c:1:1\n"),
              ElementsAre("use-of-uninitialized-value in f"));
}

TEST(SanitizerReports, RuntimeErrorsOneAfterTheOther) {
  EXPECT_THAT(
      titles_in("/src/a.c:7:3: runtime error: signed integer overflow: 2147483647 + 1 cannot be\n"
                "    #0 0x1 in add /src/a.c:7:3\n"
                "b.c:9:1: runtime error: load of misaligned address 0x7f01 for type 'int', which\n"
                "an ordinary line\n"),
      ElementsAre("signed integer overflow at a.c:7",
                  "load of misaligned address 0xN for type 'int', which at b.c:9"));
}

TEST(SanitizerReports, OrdinaryLinesAreNoReports) {
  SanitizerReports reports;
  std::vector<FaultReport> out;
  for (const char* const line :
       {"ERROR: cannot open", "WARNING: old", "#0 0x1 in f", "SUMMARY: x"}) {
    EXPECT_FALSE(reports.feed(line, out));
  }
  reports.finish(out);
  EXPECT_TRUE(out.empty());
}

TEST(SanitizerReports, AreBounded) {
  SanitizerReports reports;
  std::vector<FaultReport> out;
  EXPECT_TRUE(reports.feed("==1==ERROR: AddressSanitizer: x on address 0x1", out));
  for (int i = 0; i < 100'000; ++i) EXPECT_TRUE(reports.feed(std::string(4000, 'x'), out));
  reports.finish(out);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_LE(out[0].detail.size(), 8000U);
}

}  // namespace
}  // namespace wsapi
