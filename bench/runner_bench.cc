// SPDX-License-Identifier: Apache-2.0
//
// Whole runs of the suite on the reference server, over a Unix socket, by the number of cases at
// once. The server runs on a thread of its own in this process, so time and memory are those of
// both, and the memory includes the catalogue.

#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "bench/measure.h"
#include "bench/suite_bench.h"
#include "harness/net/wire.h"
#include "harness/peers/builtin.h"
#include "harness/peers/peer_thread.h"
#include "harness/result/disposition.h"
#include "harness/run/applicability.h"
#include "harness/run/runner.h"
#include "harness/suite/catalogue.h"
#include "harness/suite/requirements.h"

namespace wsapi::bench {
namespace {

// One case out of this many is run: some of each file and each rule of derivation, in the order of
// the catalogue.
constexpr std::size_t kStride = 25;

// Cases that call `delay` wait for what they ask for, up to half a second: that is no cost of ours.
bool waits_on_purpose(const std::vector<Step>& steps) {
  return std::ranges::any_of(steps, [](const Step& step) {
    if (const auto* const repeat = std::get_if<Repeat>(&step.action)) {
      return waits_on_purpose(repeat->steps);
    }
    const auto* const sent = std::get_if<SendMessage>(&step.action);
    return sent != nullptr && sent->message.value("verb", "") == "delay";
  });
}

// What the reference server in this process offers.
const Capabilities& capabilities() {
  static const Capabilities kAll = [] {
    Capabilities out;
    for (const std::string_view verb : kTestApiVerbs) {
      out.offered.push_back(verb_requirement(verb));
    }
    return out;
  }();
  return kAll;
}

// Those that apply, and can run beside others.
std::vector<const TestCase*> chosen_cases(const Catalogue& catalogue) {
  std::vector<const TestCase*> applicable;
  for (const TestCase& one : catalogue.cases) {
    const bool applies =
        one.role == Role::kServer && !why_not_applicable(one, capabilities()).has_value();
    if (applies && !one.alone && !waits_on_purpose(steps_of(one))) applicable.push_back(&one);
  }
  std::vector<const TestCase*> chosen;
  for (std::size_t i = 0; i < applicable.size(); i += kStride) chosen.push_back(applicable[i]);
  return chosen;
}

const std::vector<const TestCase*>& cases() {
  static const Catalogue catalogue = [] {
    std::vector<FileError> errors;
    Catalogue loaded = load_catalogue(vectors_folder(""), errors);
    require(errors.empty(), "loading the catalogue");
    return loaded;
  }();
  static const std::vector<const TestCase*> chosen = chosen_cases(catalogue);
  return chosen;
}

void run_once(const Address& address, std::size_t jobs) {
  RunOptions options;
  options.access.open_wire = connecting_to(address);
  options.offered = capabilities().offered;
  options.jobs = jobs;
  asio::io_context io(1);
  SuiteRun run(cases(), options, RunHeader{}, {});
  Summary summary;
  asio::co_spawn(io, run.run(), [&](const std::exception_ptr& error, const RunRecords& records) {
    require(!error, "running");
    summary = summary_of(records);
  });
  io.run();
  require(summary.cases == cases().size() && summary.count(Disposition::kPassed) == summary.cases,
          "passing every case");
}

// From here on the peak is that of what comes. Where the system does not allow that, it is the
// peak of the program so far.
void forget_peak_rss() {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

double peak_rss_kb() {
  rusage usage{};
  require(::getrusage(RUSAGE_SELF, &usage) == 0, "getrusage");
  return static_cast<double>(usage.ru_maxrss);
}

void measure_run(benchmark::State& state) {
  const auto jobs = static_cast<std::size_t>(state.range(0));
  const Address address =
      std::get<Address>(parse_address(fmt::format("unix:@suite-bench-{}", ::getpid())));
  const std::size_t case_count = cases().size();
  forget_peak_rss();
  const PeerThread server(
      [&](asio::io_context& io) { return make_builtin(io, address, BuiltinPeer{}); });
  require(server.error().empty(), "listening");
  for (auto _ : state) run_once(address, jobs);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * case_count));
  state.counters["cases"] = static_cast<double>(case_count);
  state.counters["peak_rss_kb"] = peak_rss_kb();
}

}  // namespace

void add_runner_benchmarks() {
  add_benchmark("suite/run/jobs", measure_run)
      ->RangeMultiplier(2)
      ->Range(1, 64)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace wsapi::bench
