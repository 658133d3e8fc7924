// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/profile_option.h"

#include <fmt/format.h>

#include "harness/cli/default_timeout.h"
#include "harness/cli/print_error.h"
#include "harness/profile/apply_profile.h"

namespace wsapi {

bool ProfileOption::read(const std::string& path) {
  if (path.empty()) return true;
  std::vector<FileError> errors;
  profile_ = load_profile(path, errors);
  print_errors(errors);
  return profile_.has_value();
}

std::string ProfileOption::address(const std::string& target) const {
  return target.empty() && profile_ ? profile_->address : target;
}

std::optional<Revision> ProfileOption::revision(const std::string& option) const {
  const auto told = parse_revision(option);
  return !told && profile_ ? profile_->revision : told;
}

double ProfileOption::answer_seconds(double option) const {
  if (option != kDefaultTimeout || !profile_) return option;
  return profile_->answer_seconds.value_or(option);
}

std::vector<const TestCase*> ProfileOption::applied(std::vector<const TestCase*> cases) {
  if (!profile_) return cases;
  for (const TestCase*& test_case : cases) {
    test_case = &cases_.emplace_back(apply_profile(*test_case, *profile_));
  }
  return cases;
}

void ProfileOption::claim(ProbeResult& found) const {
  if (!profile_) return;
  found.offered = profile_->offered();
  found.test_api_note = fmt::format("{} verbs by the profile of {} {}", found.offered.size(),
                                    profile_->name, profile_->version);
}

}  // namespace wsapi
