// SPDX-License-Identifier: Apache-2.0
#pragma once

// Runs the script of one case against the implementation under test, and gives the verdict. There
// is no other way to run a case.

#include <chrono>
#include <cstdint>
#include <string>

#include "codec/revision.h"
#include "harness/net/address.h"
#include "harness/net/transport.h"
#include "harness/result/verdict.h"
#include "harness/suite/script.h"
#include "harness/tester/lower_tester.h"

namespace wsapi {

// Where and how the implementation under test is spoken to.
struct IutAccess {
  Address address;
  Revision revision = kReferenceRevision;
  std::chrono::milliseconds timeout{5000};  // of everything that is waited for, once each
  CorpusExport* corpus = nullptr;           // gets what passes on each connection
};

// What became of a case.
struct Outcome {
  Verdict verdict;
  Fate fate = Fate::kNotObserved;
  double milliseconds = 0;
  // No connection could be made: of the IUT, not of the case.
  bool unreachable = false;
  // Nothing was answered before a deadline in opening a connection, or in the liveness check.
  bool unresponsive = false;
  ConformanceLog log;
};

// `unique` is a text that no other run of a case uses; scripts see it as $unique, for the names of
// what they create in the IUT.
[[nodiscard]] asio::awaitable<Outcome> run_case(const TestCase& test_case, const IutAccess& access,
                                                std::string unique);

// One good call on a fresh connection; the verdict is none where it is answered.
[[nodiscard]] asio::awaitable<Outcome> check_liveness(const IutAccess& access);

}  // namespace wsapi
