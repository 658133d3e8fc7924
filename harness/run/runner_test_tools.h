// SPDX-License-Identifier: Apache-2.0
#pragma once

// For the tests of the runner: cases, runs against scripted servers, and what came of them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/peers/scripted_memory_server.h"
#include "harness/result/disposition.h"
#include "harness/run/runner.h"

namespace wsapi {

// A case that sends DESCRIBE with the number as id, and asks for the answer.
inline TestCase case_of(const std::string& id, std::uint16_t number = 1) {
  TestCase out;
  out.id = id;
  out.revisions = {Revision::k2020_01};
  std::vector<Step> steps;
  steps.push_back({.connection = "main", .action = Connect{}});
  const nlohmann::json describe{{"message", "describe"}, {"description_id", number}};
  steps.push_back({.connection = "main", .action = SendMessage{.message = describe, .frame = {}}});
  const Pattern answer{{"message", "description"}, {"description_id", number}};
  steps.push_back(
      {.connection = "main", .action = Expect{.mode = Expect::Mode::kAll, .patterns = {answer}}});
  out.script = script_of(std::move(steps));
  return out;
}

inline std::vector<TestCase> cases_of(std::size_t count) {
  std::vector<TestCase> cases;
  for (std::size_t i = 0; i < count; ++i) {
    cases.push_back(case_of("test/" + std::to_string(i), static_cast<std::uint16_t>(i + 1)));
  }
  return cases;
}

inline std::vector<const TestCase*> pointers_to(const std::vector<TestCase>& cases) {
  std::vector<const TestCase*> out;
  for (const TestCase& one : cases) out.push_back(&one);
  return out;
}

// On a server in memory, in virtual time.
inline RunRecords run(const std::vector<TestCase>& cases, RunOptions options, ServerScript script,
                      RunObserver* observer = nullptr) {
  std::vector<RunObserver*> observers;
  if (observer != nullptr) observers.push_back(observer);
  std::optional<SuiteRun> suite_run;
  return run_with_script(std::move(script), [&](OpenWire open, std::shared_ptr<Clock> clock) {
    options.access.open_wire = std::move(open);
    options.access.clock = std::move(clock);
    suite_run.emplace(pointers_to(cases), options, RunHeader{}, std::move(observers));
    return suite_run->run();
  });
}

inline std::size_t count_of(const RunRecords& records, Disposition disposition) {
  return summary_of(records).count(disposition);
}
inline std::string stopped_text(const RunRecords& records) {
  return records.end.stopped ? to_text(*records.end.stopped) : "";
}

inline RunOptions one_by_one() {
  RunOptions options;
  options.jobs = 1;
  options.access.timeout = std::chrono::seconds{10};
  return options;
}

inline Acts right(std::size_t, const std::string& payload) { return right_answers(payload); }

// Writes the events down in words.
class Events : public RunObserver {
 public:
  void run_begins(const RunHeader& header) override {
    add("run begins: " + std::to_string(header.cases.size()));
  }
  void case_begins(const CaseDefinition& test) override { add("begins " + test.id); }
  void case_ends(const CaseRecord& record) override {
    add("ends " + record.test.id + ": " + std::string{name(disposition_of(record))});
  }
  void run_ends(const RunEnd& end) override { add(end.stopped ? "run ends early" : "run ends"); }
  void progressed(std::size_t done, std::size_t all) override {
    add(std::to_string(done) + " of " + std::to_string(all));
  }
  [[nodiscard]] const std::vector<std::string>& said() const { return said_; }

 private:
  void add(std::string text) { said_.push_back(std::move(text)); }

  std::vector<std::string> said_;
};

}  // namespace wsapi
