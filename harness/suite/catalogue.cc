// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/catalogue.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "harness/suite/derive.h"
#include "harness/suite/scenario.h"
#include "harness/suite/templates/vector_cases.h"
#include "harness/text/printable.h"

namespace wsapi {

void for_each_with_derived(const std::vector<MessageVector>& vectors,
                           const std::function<void(const MessageVector&)>& visit) {
  for (const MessageVector& vector : vectors) {
    visit(vector);
    for (const MessageVector& derived : derive(vector)) visit(derived);
  }
}

const TestCase* Catalogue::find(std::string_view id) const {
  const auto it = std::ranges::find(cases, id, &TestCase::id);
  return it == cases.end() ? nullptr : &*it;
}

Catalogue load_catalogue(const std::filesystem::path& folder, std::vector<FileError>& errors) {
  Catalogue catalogue;
  // Scenarios come first: some wait for a delay, and the rest can be run meanwhile.
  catalogue.cases = load_scenarios(folder, errors);
  const VectorSet vectors = load_vectors(folder, errors);
  for_each_with_derived(vectors.messages, [&](const MessageVector& vector) {
    catalogue.cases.push_back(to_case(vector));
  });
  for (const FrameVector& vector : vectors.frames) {
    std::ranges::move(to_cases(vector), std::back_inserter(catalogue.cases));
  }
  std::set<std::string_view> ids;
  for (const TestCase& test_case : catalogue.cases) {
    if (ids.insert(test_case.id).second) continue;
    errors.push_back({folder.string(), "", "two cases have the id " + printable(test_case.id)});
  }
  return catalogue;
}

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  // The usual two cursors: on a mismatch, the last `*` takes one character more.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::vector<const TestCase*> choose(const Catalogue& catalogue,
                                    const std::vector<std::string>& select,
                                    const std::vector<std::string>& exclude,
                                    std::vector<std::string>& unmatched) {
  std::set<std::string_view> used;
  const auto any_match = [&](const std::vector<std::string>& patterns, std::string_view id) {
    bool any = false;
    for (const std::string& pattern : patterns) {
      if (!glob_matches(pattern, id)) continue;
      any = true;
      used.insert(pattern);
    }
    return any;
  };
  std::vector<const TestCase*> chosen;
  for (const TestCase& test_case : catalogue.cases) {
    const bool selected = select.empty() || any_match(select, test_case.id);
    const bool excluded = any_match(exclude, test_case.id);
    if (selected && !excluded) chosen.push_back(&test_case);
  }
  for (const auto* const patterns : {&select, &exclude}) {
    std::ranges::copy_if(*patterns, std::back_inserter(unmatched),
                         [&](const std::string& pattern) { return !used.contains(pattern); });
  }
  return chosen;
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
