// SPDX-License-Identifier: Apache-2.0
#pragma once

// The profile that a command was told, and what it changes.

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "codec/revision.h"
#include "harness/profile/profile.h"
#include "harness/run/probe.h"
#include "harness/suite/test_case.h"

namespace wsapi {

class ProfileOption {
 public:
  // False, with messages, where the file cannot be used. An empty path: there is no profile.
  [[nodiscard]] bool read(const std::string& path);

  // Null where there is none.
  [[nodiscard]] const Profile* get() const noexcept { return profile_ ? &*profile_ : nullptr; }

  // What the option says, or else the profile.
  [[nodiscard]] std::string address(const std::string& target) const;
  [[nodiscard]] std::optional<Revision> revision(const std::string& option) const;
  [[nodiscard]] double answer_seconds(double option) const;

  // The cases as they are for the implementation; those that are returned live in this object.
  [[nodiscard]] std::vector<const TestCase*> applied(std::vector<const TestCase*> cases);
  // What the profile claims instead of what was asked about verbs.
  void claim(ProbeResult& found) const;

 private:
  std::optional<Profile> profile_;
  std::deque<TestCase> cases_;
};

}  // namespace wsapi
