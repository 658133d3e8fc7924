// SPDX-License-Identifier: Apache-2.0
//
// What a calibration came to, for people and for programs.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/calibrate/calibration.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxShown = 300;  // characters

std::string rule_of(const Judgement& one) {
  return one.subject.deviation == nullptr ? "" : std::string(one.subject.deviation->rule);
}

std::string line_of(const Judgement& one) {
  return fmt::format("{:<5} {:<9} {:<36} {:<8} {:<27} {:>6} passed {:>6} failed {:>5.1f} s\n",
                     one.is_right ? "right" : "WRONG", name(one.subject.kind), one.subject.name,
                     name(one.subject.revision), rule_of(one), one.passed, one.failed, one.seconds);
}

std::string details_of(const Judgement& one) {
  std::string out = fmt::format("      {}\n", printable(one.why, kMaxShown));
  if (one.subject.deviation != nullptr) {
    out += fmt::format("      {}\n", one.subject.deviation->summary);
  }
  for (const std::string& example : one.examples) {
    out += fmt::format("        {}\n", printable(example, kMaxShown));
  }
  return out;
}

}  // namespace

std::string lines_of(const Judgement& judgement) {
  return line_of(judgement) + (judgement.is_right ? "" : details_of(judgement));
}

std::string totals_text(const std::vector<Judgement>& judgements) {
  const Totals totals = totals_of(judgements);
  std::string out =
      fmt::format("{} of {} subjects are right; {} of {} defects killed by a case of their rule",
                  totals.right, totals.subjects, totals.killed, totals.defects);
  if (totals.with_findings > 0) {
    out += fmt::format("; {} of {} come to {} findings at most", totals.with_few_findings,
                       totals.with_findings, kMaxFindings);
  }
  return out + "\n";
}

std::string matrix_json(const std::vector<Judgement>& judgements) {
  nlohmann::ordered_json subjects = nlohmann::ordered_json::array();
  for (const Judgement& one : judgements) {
    nlohmann::ordered_json examples = nlohmann::ordered_json::array();
    for (const std::string& example : one.examples)
      examples.push_back(printable(example, kMaxShown));
    subjects.push_back({{"kind", name(one.subject.kind)},
                        {"name", one.subject.name},
                        {"revision", name(one.subject.revision)},
                        {"rule", rule_of(one)},
                        {"right", one.is_right},
                        {"why", printable(one.why, kMaxShown)},
                        {"passed", one.passed},
                        {"failed", one.failed},
                        {"own_failed", one.own_failed},
                        {"findings", one.findings},
                        {"examples", std::move(examples)},
                        {"seconds", one.seconds}});
  }
  const nlohmann::ordered_json json{
      {"format", "wsapi-conform-calibration"}, {"version", 1}, {"subjects", std::move(subjects)}};
  return json.dump(1) + "\n";
}

}  // namespace wsapi
