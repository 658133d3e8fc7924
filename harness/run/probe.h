// SPDX-License-Identifier: Apache-2.0
#pragma once

// Finds out, before the cases are run, what is at the target's address: whether anything answers,
// in which revision, which verbs of the test API it has, and how fast it answers. A peer that is no
// WSAPI server at all is named (diagnosis.h).

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/net/clock.h"
#include "harness/net/wire.h"
#include "harness/result/reason.h"

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
  // Why no case can be run although there is a connection: it is no WSAPI server, or it speaks
  // another revision than it was told.
  std::optional<Reason> hopeless = {};
  Revision revision = kReferenceRevision;
  std::string revision_note;           // how it was found, in words
  std::vector<Reason> contradictions;  // what it does that does not fit its revision
  // Requirements that are met: "verb:echo". A verb that is there and wrong is among them, so that
  // the cases that test it fail.
  std::vector<std::string> offered;
  std::vector<std::string> faulty_verbs;  // "whoami answers an error (invalid-request)"
  std::string test_api_note;
  bool has_echo = false;  // the verb echo brings back what it gets
  // The longest of some known-good calls, one after the other; 0 where it could not be measured.
  std::chrono::microseconds round_trip{0};

  // Whether it has all verbs of the test API.
  [[nodiscard]] bool has_test_api() const;
};

[[nodiscard]] asio::awaitable<ProbeResult> probe(ProbeOptions options);

}  // namespace wsapi
