// SPDX-License-Identifier: Apache-2.0

#include "harness/judge/known_differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace wsapi::recorded {
namespace {

using nlohmann::json;

struct EntryError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string text_of(const json& entry, const char* name) {
  const auto found = entry.find(name);
  const bool is_text = found != entry.end() && found->is_string() && *found != "";
  if (!is_text) throw EntryError(fmt::format("{} is missing, or is not a text", name));
  return found->get<std::string>();
}

std::vector<std::string> cases_of(const json& entry) {
  if (!entry.contains("cases")) return {text_of(entry, "case")};
  const json& list = entry.at("cases");
  if (entry.contains("case")) throw EntryError("there are both case and cases");
  if (!list.is_array() || list.empty()) throw EntryError("cases is not a list, or is empty");
  std::vector<std::string> cases;
  for (const json& name : list) {
    if (!name.is_string()) throw EntryError("cases has an entry that is not a text");
    cases.push_back(name.get<std::string>());
  }
  return cases;
}

void add_entry(const json& entry, KnownDifferences& known) {
  constexpr std::string_view kMembers[] = {"file", "case",   "cases", "expected",
                                           "seen", "clause", "why"};
  if (!entry.is_object()) throw EntryError("the entry is not an object");
  for (const auto& [name, value] : entry.items()) {
    if (std::ranges::find(kMembers, name) == std::end(kMembers)) {
      throw EntryError("the member " + name + " is unknown");
    }
  }
  (void)text_of(entry, "why");
  known.clauses.push_back(text_of(entry, "clause"));
  for (std::string& name : cases_of(entry)) {
    Finding finding{text_of(entry, "file"), std::move(name), text_of(entry, "expected"),
                    text_of(entry, "seen")};
    if (known.findings.contains(finding)) throw EntryError("the case comes twice: " + finding.name);
    known.findings.insert(std::move(finding));
  }
}

}  // namespace

KnownDifferences read_known_differences(const std::filesystem::path& path,
                                        std::vector<FileError>& errors) {
  KnownDifferences known;
  const std::string file = path.filename().string();
  const json whole = read_json_file(path, errors);
  if (whole.is_null()) return known;
  const auto list = whole.find("differences");
  if (list == whole.end() || !list->is_array()) {
    errors.push_back({file, "/differences", "is missing, or is not a list"});
    return known;
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    try {
      add_entry(list->at(i), known);
    } catch (const EntryError& error) {
      errors.push_back({file, fmt::format("/differences/{}", i), error.what()});
    }
  }
  return known;
}

}  // namespace wsapi::recorded
