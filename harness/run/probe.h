// SPDX-License-Identifier: Apache-2.0
#pragma once

// Finds out, before the cases are run, what is at the target's address: whether anything answers,
// in which revision, and which verbs of the test API it has. It asks; it does not judge.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/net/clock.h"
#include "harness/net/wire.h"

namespace wsapi {

enum class TestApiMode : std::uint8_t { kAuto, kFull, kNone };

struct ProbeOptions {
  OpenWire open_wire;
  std::optional<Revision> revision;  // empty: find it out by a DESCRIBE
  TestApiMode test_api = TestApiMode::kAuto;
  std::chrono::milliseconds timeout{5000};
  std::shared_ptr<Clock> clock = std::make_shared<LiveClock>();
};

struct ProbeResult {
  std::string unreachable;  // why no connection can be made; empty where one can
  Revision revision = kReferenceRevision;
  std::string revision_note;         // how it was found, in words
  std::vector<std::string> offered;  // requirements that are met: "verb:echo"
  std::string test_api_note;

  // Whether it has all verbs of the test API.
  [[nodiscard]] bool has_test_api() const;
};

[[nodiscard]] asio::awaitable<ProbeResult> probe(ProbeOptions options);

}  // namespace wsapi
