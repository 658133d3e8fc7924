// SPDX-License-Identifier: Apache-2.0

// Reports of results that are made by hand.

#include "harness/load/load_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/text/columns.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

const std::string kHostile = "\x1b[31m \xff \"'\\ {} %s \xe2\x80\xae" + std::string(500, 'y');

class LoadReportTest : public testing::Test {
 protected:
  LoadReportTest() {
    context_.target = "unix:@test";
    context_.revision_note = "as told";
    context_.options.connections = 4;
    context_.options.plan.verb = "echo";
    context_.options.plan.expects_error = false;
    result_.opened = 4;
    result_.tally.window = {1s, 11s};
    result_.tally.sent = result_.tally.answered = 1000;
    for (std::uint64_t i = 1; i <= 1000; ++i) {
      result_.tally.latency.record(i * 1000);
      result_.tally.service_time.record(i * 100);
    }
    result_.tally.replies = 1005;
    result_.tally.bytes_sent = 41'000;
    result_.tally.bytes_received = 71'234'567;
  }

  void with_rate(double rate, std::uint64_t intended, bool is_kept) {
    context_.options.rate = rate;
    result_.intended = intended;
    result_.is_rate_kept = is_kept;
  }

  void add_error(LoadError error, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      result_.tally.add_error(error, [] { return kHostile; });
    }
  }

  // The report, which is kept for the validator.
  [[nodiscard]] Json json() const {
    std::ostringstream out;
    write_load_report(out, result_, context_);
    for (const char c : out.str()) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f));
    Json report = Json::parse(out.str());
    reports_.push_back(out.str());
    return report;
  }

  [[nodiscard]] std::string text() const {
    const std::string all = load_head_text(context_) + load_text(result_, context_);
    std::istringstream lines(all);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), kColumns) << line;
      EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    }
    return all;
  }

  // All reports that the tests made, by the validator that others use, too.
  static void TearDownTestSuite() {
    std::string command = WSAPI_SOURCE_VECTORS_DIR "/../ci/check_schemas --load-report";
    std::vector<std::filesystem::path> files;
    for (const std::string& report : reports_) {
      files.push_back(std::filesystem::temp_directory_path() /
                      ("wsapi-load-report-" + std::to_string(::getpid()) + "-" +
                       std::to_string(files.size()) + ".json"));
      std::ofstream(files.back()) << report;
      command += " " + files.back().string();
    }
    if (!files.empty()) {
      EXPECT_EQ(std::system(command.c_str()), 0);
    }
    for (const auto& file : files) std::filesystem::remove(file);
  }

  static inline std::vector<std::string> reports_;
  LoadResult result_;
  LoadContext context_;
};

TEST_F(LoadReportTest, JsonWithoutARate) {
  const Json report = json();
  EXPECT_EQ(report.at("exit_status"), 0);
  EXPECT_EQ(report.at("seconds"), 10.0);
  EXPECT_EQ(report.at("calls_per_second"), 100.5);
  EXPECT_EQ(report.at("rate_kept"), nullptr);
  EXPECT_EQ(report.at("parameters").at("rate"), nullptr);
  EXPECT_EQ(report.at("calls").at("intended"), nullptr);
  EXPECT_EQ(report.at("calls").at("unsent"), 0);
  EXPECT_EQ(report.at("bytes").at("sent_per_second"), 4100.0);
  EXPECT_FALSE(report.at("latency_ns").at("corrected"));
  EXPECT_FALSE(report.contains("unreachable"));
}

TEST_F(LoadReportTest, JsonPercentilesAndBuckets) {
  with_rate(100, 1000, true);
  const Json report = json();
  const Json& latency = report.at("latency_ns");
  EXPECT_TRUE(latency.at("corrected"));
  EXPECT_FALSE(report.at("service_time_ns").at("corrected"));
  EXPECT_EQ(latency.at("count"), 1000);
  EXPECT_EQ(latency.at("min"), 1000);
  EXPECT_EQ(latency.at("max"), 1'000'000);
  EXPECT_EQ(latency.at("mean"), 500'500.0);
  const double precision = latency.at("relative_precision");
  EXPECT_NEAR(latency.at("percentiles").at("50"), 500e3, 500e3 * precision);
  EXPECT_NEAR(latency.at("percentiles").at("99.9"), 999e3, 999e3 * precision);
  EXPECT_NEAR(report.at("service_time_ns").at("percentiles").at("90"), 90e3, 90e3 * precision);
  std::uint64_t counted = 0;
  for (const Json& bucket : latency.at("buckets")) {
    EXPECT_LE(bucket.at("low"), bucket.at("high"));
    counted += bucket.at("count").get<std::uint64_t>();
  }
  EXPECT_EQ(counted, 1000U);
}

TEST_F(LoadReportTest, JsonOfARunThatMeasuredNothing) {
  result_ = LoadResult{};
  result_.unreachable = kHostile;
  const Json report = json();
  EXPECT_EQ(report.at("exit_status"), 3);
  EXPECT_EQ(report.at("calls_per_second"), 0.0);
  EXPECT_EQ(report.at("latency_ns").at("max"), nullptr);
  EXPECT_EQ(report.at("latency_ns").at("percentiles").at("99"), nullptr);
  EXPECT_TRUE(report.at("latency_ns").at("buckets").empty());
  EXPECT_TRUE(report.contains("unreachable"));
}

TEST_F(LoadReportTest, JsonErrors) {
  with_rate(200, 2000, false);
  for (std::size_t i = 0; i < kLoadErrorCount; ++i) add_error(static_cast<LoadError>(i), i);
  const Json report = json();
  EXPECT_EQ(report.at("exit_status"), 1);
  EXPECT_FALSE(report.at("rate_kept"));
  EXPECT_EQ(report.at("calls").at("unsent"), 1000);
  for (std::size_t i = 0; i < kLoadErrorCount; ++i) {
    const Json& error = report.at("errors").at(std::string{name(static_cast<LoadError>(i))});
    EXPECT_EQ(error.at("count"), i);
    EXPECT_EQ(error.contains("first"), i > 0);
  }
}

TEST_F(LoadReportTest, TextWithoutARateSaysThatNothingIsCorrected) {
  EXPECT_THAT(text(), AllOf(HasSubstr("4 connections, as many calls as are answered"),
                            HasSubstr("50 %           500.2"), HasSubstr("100.5 calls/s\n"),
                            HasSubstr("4.10 kB/s sent, 7.12 MB/s received"),
                            HasSubstr("errors      none\n"), HasSubstr("and so no"),
                            Not(HasSubstr("service time"))));
}

TEST_F(LoadReportTest, TextWithARateShowsBothTimes) {
  with_rate(100, 1000, true);
  EXPECT_THAT(text(), AllOf(HasSubstr("latency   service time\n"), HasSubstr("max"),
                            HasSubstr("100.5 calls/s of 100.0 calls/s: kept\n"),
                            HasSubstr("1000 intended, 1000 sent, 1000 answered"),
                            Not(HasSubstr("Without a rate"))));
}

TEST_F(LoadReportTest, TextSaysThatTheRateWasNotKept) {
  with_rate(200, 2000, false);
  EXPECT_THAT(text(), AllOf(HasSubstr("100.5 calls/s of 200.0 calls/s: NOT KEPT, 1000 calls could "
                                      "not be sent in time\n"),
                            HasSubstr("leaves out 1000")));
  EXPECT_THAT(load_line(result_, context_), HasSubstr("NOT KEPT"));
}

TEST_F(LoadReportTest, TextOfErrorsIsSafeAndNarrow) {
  for (std::size_t i = 0; i < kLoadErrorCount; ++i) add_error(static_cast<LoadError>(i), 1 + i);
  result_.tally.failed = 7;
  context_.options.plan.verb = kHostile;
  context_.target = kHostile;
  const std::string all = text();
  for (const char* const words : {"1 error reply: \\u001b[31m",
                                  "2 unexpected messages, the first: ", "3 undecodable messages",
                                  "4 calls without a reply in time", "5 calls cut off",
                                  "6 connections lost", "7 connections not opened", "7 failed"}) {
    EXPECT_THAT(all, HasSubstr(words));
  }
}

TEST_F(LoadReportTest, TextOfEarlyEnds) {
  result_.tally.window.end = 3s;
  EXPECT_THAT(text(), HasSubstr("ended early, as all connections were lost; 2.000 s"));
  result_.is_interrupted = true;
  result_.unanswered = 3;
  EXPECT_THAT(text(), AllOf(HasSubstr("interrupted; 2.000 s"), HasSubstr("3 not waited for")));
}

TEST_F(LoadReportTest, LineHasTheSums) {
  EXPECT_THAT(load_line(result_, context_),
              AllOf(HasSubstr("1000 calls answered, 0 errors, 100.5 calls/s"), HasSubstr("99 %")));
}

TEST(LoadReport, Durations) {
  EXPECT_EQ(duration_text(0), "0 ns");
  EXPECT_EQ(duration_text(999), "999 ns");
  EXPECT_EQ(duration_text(1000), "1.00 µs");
  EXPECT_EQ(duration_text(45'104), "45.10 µs");
  EXPECT_EQ(duration_text(12.345e6), "12.35 ms");
  EXPECT_EQ(duration_text(1.5e9), "1.500 s");
  EXPECT_EQ(duration_text(8.64e13), "86400.000 s");
}

// ---- The exit status

TEST(LoadExitStatus, GoodOnlyIfEverythingIs) {
  LoadResult result;
  EXPECT_EQ(exit_status(result), ExitStatus::kUnreachable);
  result.opened = 2;
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed) << "nothing was measured";
  result.tally.answered = 1;
  EXPECT_EQ(exit_status(result), ExitStatus::kOk);
  result.is_rate_kept = false;
  EXPECT_EQ(exit_status(result), ExitStatus::kFailed);
  result.is_rate_kept = true;
  for (std::size_t i = 0; i < kLoadErrorCount; ++i) {
    result.tally.errors = {};
    result.tally.errors[i] = 1;
    EXPECT_EQ(exit_status(result), ExitStatus::kFailed) << name(static_cast<LoadError>(i));
  }
  result.tally.errors[static_cast<std::size_t>(LoadError::kConnectionLost)] = 2;
  EXPECT_EQ(exit_status(result), ExitStatus::kUnreachable);
}

}  // namespace
}  // namespace wsapi
