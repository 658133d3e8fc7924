// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the tests of recorded behaviour share: findings, the differences that are known, and the
// vectors that have the same bytes as a recorded message.

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/judge/recorded_traffic.h"
#include "harness/suite/derive.h"
#include "harness/suite/json_file.h"
#include "harness/suite/vectors.h"

namespace wsapi::recorded {

// A row in which a binder did not do what the rules say.
struct Finding {
  std::string file;
  std::string name;  // of the row
  std::string expected;
  std::string seen;

  friend auto operator<=>(const Finding&, const Finding&) = default;
};

inline void PrintTo(const Finding& finding, std::ostream* out) {
  *out << finding.file << ": " << finding.name << ": expected " << finding.expected << ", seen "
       << finding.seen;
}

using Findings = std::multiset<Finding>;
using Counts = std::map<std::string, int>;

// The findings that known_differences.json tells of, in the files of that role ("server-"). They
// must be equal to what a test finds: no entry covers more than one finding, or none.
inline Findings known_differences(std::string_view role) {
  std::vector<FileError> errors;
  const auto json = read_json_file(kFolder / "known_differences.json", errors);
  const JsonSchema schema(kVectorsFolder / "schema" / "recorded-differences.schema.json", errors);
  Findings findings;
  if (schema.check(json, "known_differences.json", errors)) {
    for (const auto& entry : json.at("differences")) {
      Finding finding{entry.at("file"), entry.at("case"), entry.at("expected"), entry.at("seen")};
      if (finding.file.starts_with(role)) findings.insert(std::move(finding));
    }
  }
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  return findings;
}

// The message vectors, golden and derived, by revision and bytes.
class VectorIndex {
 public:
  VectorIndex() {
    std::vector<FileError> errors;
    for (const MessageVector& vector : load_vectors(kVectorsFolder, errors).messages) {
      add(vector);
      for (const MessageVector& derived : derive(vector)) add(derived);
    }
    for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  }

  [[nodiscard]] const std::vector<MessageVector>& find(Revision revision,
                                                       const Bytes& bytes) const {
    static const std::vector<MessageVector> kNone;
    const auto found = vectors_.find({revision, bytes});
    return found == vectors_.end() ? kNone : found->second;
  }

 private:
  static constexpr std::size_t kMaxSize = 1024;  // bytes; no longer message was recorded

  void add(const MessageVector& vector) {
    if (vector.bytes.size() > kMaxSize) return;
    for (const Revision revision : vector.revisions) {
      vectors_[{revision, vector.bytes.expand()}].push_back(vector);
    }
  }

  std::map<std::pair<Revision, Bytes>, std::vector<MessageVector>> vectors_;
};

// How many recorded messages have the bytes of vectors, and of which.
struct Links {
  int golden = 0;
  int derived = 0;  // the bytes of derived vectors alone
  std::set<std::string> golden_ids;

  void add(const std::vector<MessageVector>& vectors) {
    bool any_golden = false;
    for (const MessageVector& vector : vectors) {
      if (vector.id.find('~') != std::string::npos) continue;
      golden_ids.insert(vector.id);
      any_golden = true;
    }
    if (!vectors.empty()) ++(any_golden ? golden : derived);
  }
};

}  // namespace wsapi::recorded
