// SPDX-License-Identifier: Apache-2.0

#include "harness/calibrate/calibration.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "harness/calibrate/child.h"

namespace wsapi {
namespace {

using std::chrono::steady_clock;

// Right peers answer however busy the machine is; of wrong ones the wait is lost time. In seconds.
const char* patience_with(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::kReference:
    case SubjectKind::kVariant: return "5";
    case SubjectKind::kDefect: return "1";
    case SubjectKind::kNullPeer: return "0.3";
  }
  return "5";
}

// What variants are not tried with, as it is very many or takes long: the derived cases of a
// message, which are alike, and those of thousands of messages or connections.
constexpr std::array kLongCases{"*~*",
                                "server/stress/*",
                                "server/call/4095-pending",
                                "server/call/seventy-thousand",
                                "server/event/three-thousand-subscriptions",
                                "server/frame/64-million-bytes-in-fragments",
                                "server/version-offer/refused-a-thousand-times"};

// A few may be wrong because the machine was busy with the others: they are tried again, alone.
constexpr std::ptrdiff_t kMaxTriedAgain = 10;

constexpr int kNoCase = 4;  // the exit status of a run to which no case applies

// How the subject is served.
std::vector<std::string> peer_options(const Subject& subject) {
  std::vector<std::string> words;
  if (subject.kind == SubjectKind::kNullPeer) {
    words = {"--builtin", subject.name};
  } else if (subject.kind == SubjectKind::kVariant) {
    words = {"--variant", subject.name};
  } else if (subject.kind == SubjectKind::kDefect) {
    words = {"--defect", subject.name};
  }
  words.insert(words.end(), {"--revision", std::string(name(subject.revision))});
  return words;
}

Judgement run_on(const Subject& subject, const CalibrationOptions& options,
                 const std::string& report_path) {
  const bool is_defect = subject.kind == SubjectKind::kDefect;
  if (is_defect && rules_with_cases(*subject.deviation, options.rules).empty()) {
    return judge(subject, nullptr, kNoCase);
  }
  std::vector<std::string> command = command_of(subject, options);
  command.insert(command.end(), {"--report", "json:" + report_path});
  const auto start = steady_clock::now();
  const ChildEnd end = run_child(command, options.limit);
  const std::chrono::duration<double> time = steady_clock::now() - start;
  std::optional<SuiteReport> report;
  if (std::ifstream in(report_path); in) report = read_suite_report(in);
  std::error_code ignored;
  std::filesystem::remove(report_path, ignored);
  Judgement judgement = judge(subject, report ? &*report : nullptr, end.exit_status);
  judgement.seconds = time.count();
  if (end.timed_out) {
    judgement.is_right = false;
    judgement.why = "the run took too long";
  }
  if (!report && !end.last_words.empty()) judgement.examples.push_back(end.last_words);
  return judgement;
}

}  // namespace

std::vector<std::string> rules_with_cases(const Deviation& defect,
                                          const std::set<std::string>& rules) {
  std::vector<std::string> used = rules_of(defect);
  std::erase_if(used, [&](const std::string& rule) { return !rules.contains(rule); });
  return used;
}

std::vector<std::string> command_of(const Subject& subject, const CalibrationOptions& options) {
  std::vector<std::string> command{options.program, "run", "--quiet"};
  const std::vector<std::string> peer = peer_options(subject);
  if (subject.harms_process) {
    std::string served = options.program + " serve {address}";
    for (const std::string& word : peer) served += " " + word;
    command.insert(command.end(), {"--exec", served});
    command.insert(command.end(), {"--revision", std::string(name(subject.revision))});
  } else {
    command.insert(command.end(), peer.begin(), peer.end());
  }
  command.insert(command.end(), {"--timeout", patience_with(subject.kind)});
  command.insert(command.end(), {"--jobs", "32", "--max-per-finding", "2"});
  if (!options.vectors.empty()) command.insert(command.end(), {"--vectors", options.vectors});
  if (subject.deviation != nullptr && !options.whole) {
    for (const std::string_view glob : subject.deviation->cases) {
      command.insert(command.end(), {"--select", std::string{glob}});
    }
    if (!subject.deviation->cases.empty()) return command;
    if (subject.kind == SubjectKind::kVariant) {
      for (const char* const glob : kLongCases) command.insert(command.end(), {"--exclude", glob});
      return command;
    }
    for (const std::string& rule : rules_with_cases(*subject.deviation, options.rules)) {
      command.insert(command.end(), {"--clause", rule});
    }
  }
  return command;
}

std::vector<Judgement> calibrate(const std::vector<Subject>& subjects,
                                 const CalibrationOptions& options,
                                 const OnJudgement& on_judgement) {
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("wsapi-calibrate-{}", ::getpid());
  std::filesystem::create_directories(folder);
  std::vector<Judgement> judgements(subjects.size());
  std::mutex mutex;
  std::condition_variable has_more;
  std::vector<std::size_t> ended;
  std::size_t next = 0;
  const auto work = [&] {
    for (;;) {
      std::size_t index = 0;
      {
        const std::lock_guard lock(mutex);
        if (next == subjects.size()) return;
        index = next++;
      }
      Judgement judgement =
          run_on(subjects[index], options, (folder / fmt::format("{}.json", index)).string());
      const std::lock_guard lock(mutex);
      judgements[index] = std::move(judgement);
      ended.push_back(index);
      has_more.notify_one();
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < options.jobs; ++i) threads.emplace_back(work);
  for (std::size_t told = 0; told < subjects.size(); ++told) {
    std::unique_lock lock(mutex);
    has_more.wait(lock, [&] { return ended.size() > told; });
    const Judgement& judgement = judgements[ended[told]];
    lock.unlock();
    on_judgement(judgement, told + 1, subjects.size());
  }
  threads.clear();
  const auto wrong = std::ranges::count(judgements, false, &Judgement::is_right);
  for (std::size_t i = 0; i < subjects.size() && wrong <= kMaxTriedAgain; ++i) {
    if (judgements[i].is_right) continue;
    judgements[i] = run_on(subjects[i], options, (folder / "again.json").string());
    on_judgement(judgements[i], subjects.size(), subjects.size());
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return judgements;
}

}  // namespace wsapi
