// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/catalogue.h"

#include <algorithm>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "harness/suite/expansion.h"
#include "harness/suite/scenario.h"
#include "harness/suite/templates/cut_cases.h"
#include "harness/suite/templates/vector_cases.h"
#include "harness/suite/vectors.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

class Builder {
 public:
  Builder(CaseMatcher& matcher, Catalogue& catalogue) : matcher_(matcher), catalogue_(catalogue) {}

  void add_scenarios(std::vector<TestCase> scenarios) {
    for (TestCase& scenario : scenarios) {
      if (matcher_.matches_id(scenario.role, scenario.id)) add(std::move(scenario));
    }
  }

  void add_messages(const std::vector<MessageVector>& vectors) {
    const ExpansionFilter filter{
        .may_want = [this](std::string_view prefix) { return may_match(prefix); },
        .wants = [this](std::string_view id,
                        Direction direction) { return !roles_of(id, direction).empty(); }};
    (void)for_each_vector(vectors, filter, [this](const MessageVector& vector) {
      for (const Role role : roles_of(vector.id, vector.direction)) add(to_case(vector, role));
    });
  }

  void add_frames(const std::vector<FrameVector>& vectors) {
    for (const FrameVector& vector : vectors) {
      if (!may_match(vector.id)) continue;
      for (TestCase& test_case : to_cases(vector)) {
        if (matcher_.matches_id(test_case.role, test_case.id)) add(std::move(test_case));
      }
    }
    // They vary one vector, and are there where it is.
    if (std::ranges::find(vectors, kCutVector, &FrameVector::id) != vectors.end()) add_cuts();
  }

 private:
  void add_cuts() {
    if (!matcher_.may_match(Role::kServer, case_id(Role::kServer, kCutPrefix))) return;
    for (TestCase& test_case : cut_cases()) {
      if (matcher_.matches_id(test_case.role, test_case.id)) add(std::move(test_case));
    }
  }

  [[nodiscard]] bool may_match(std::string_view prefix) const {
    return std::ranges::any_of(
        kRoles, [&](Role role) { return matcher_.may_match(role, case_id(role, prefix)); });
  }

  // The roles for which the vector with that id is a case that is chosen by its id.
  [[nodiscard]] std::vector<Role> roles_of(std::string_view id, Direction direction) {
    std::vector<Role> roles;
    for (const Role role : {receiver_of(direction), Role::kCodec}) {
      if (matcher_.matches_id(role, case_id(role, id))) roles.push_back(role);
    }
    return roles;
  }

  void add(TestCase test_case) {
    if (matcher_.matches_rest(test_case)) catalogue_.cases.push_back(std::move(test_case));
  }

  CaseMatcher& matcher_;
  Catalogue& catalogue_;
};

// Vectors and scenarios share their groups, so the readers of neither see all ids.
void check_ids(const std::vector<TestCase>& scenarios, const VectorSet& vectors,
               const std::filesystem::path& folder, std::vector<FileError>& errors) {
  std::set<std::string> ids;
  for (const MessageVector& vector : vectors.messages) ids.insert(vector.id);
  for (const FrameVector& vector : vectors.frames) ids.insert(vector.id);
  for (const TestCase& scenario : scenarios) {
    const std::string id = scenario.id.substr(name(scenario.role).size() + 1);
    if (ids.insert(id).second) continue;
    errors.push_back({folder.string(), "", "two cases have the id '" + printable(id) + "'"});
  }
}

}  // namespace

const TestCase* Catalogue::find(std::string_view id) const {
  const auto it = std::ranges::find(cases, id, &TestCase::id);
  return it == cases.end() ? nullptr : &*it;
}

std::vector<const TestCase*> Catalogue::pointers() const {
  std::vector<const TestCase*> out;
  for (const TestCase& test_case : cases) out.push_back(&test_case);
  return out;
}

Catalogue load_catalogue(const std::filesystem::path& folder, CaseMatcher& matcher,
                         std::vector<FileError>& errors) {
  Catalogue catalogue;
  std::vector<TestCase> scenarios = load_scenarios(folder, errors);
  const VectorSet vectors = load_vectors(folder, errors);
  check_ids(scenarios, vectors, folder, errors);
  // Scenarios come first: some wait for a delay, and the rest can be run meanwhile.
  Builder builder(matcher, catalogue);
  builder.add_scenarios(std::move(scenarios));
  builder.add_messages(vectors.messages);
  builder.add_frames(vectors.frames);
  return catalogue;
}

Catalogue load_catalogue(const std::filesystem::path& folder, std::vector<FileError>& errors) {
  const CaseFilter all;
  CaseMatcher matcher(all);
  return load_catalogue(folder, matcher, errors);
}

std::filesystem::path vectors_folder(const std::string& given) {
  if (!given.empty()) return given;
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto installed = program.parent_path().parent_path() / WSAPI_INSTALLED_VECTORS_DIR;
    if (std::filesystem::is_directory(installed, error)) return installed;
  }
  return WSAPI_SOURCE_VECTORS_DIR;
}

}  // namespace wsapi
