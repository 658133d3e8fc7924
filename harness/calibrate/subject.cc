// SPDX-License-Identifier: Apache-2.0

#include "harness/calibrate/subject.h"

#include <algorithm>
#include <array>

#include "harness/peers/builtin.h"
#include "harness/peers/deviations/defects.h"
#include "harness/peers/deviations/variants.h"
#include "harness/peers/null_answers.h"
#include "harness/suite/clause.h"

namespace wsapi {
namespace {

// What null peers keep of the protocol by doing what they do: cases, and rules.
struct Passes {
  std::string_view null_peer;
  std::vector<std::string_view> patterns;
  std::vector<std::string_view> rules = {};
};

constexpr std::string_view kNegotiation = "server/basic/negotiation";

std::vector<std::string_view> kept_by_refusing() {
  return {"transport",         "frames",  "control",      "primitives", "messages",
          "negotiation",       "calls",   "sessions",     "unknown",    "legacy",
          "events-unexpected", "classes", "peers-session"};
}

const std::vector<Passes>& all_passes() {
  static const std::vector<Passes> kAll{
      // Right for as many connections as the first cases need.
      {"fifty", {"*"}},
      // They answer the offer as they should.
      {"yes", {kNegotiation}},
      {"negotiates", {kNegotiation}},
      {"twice", {kNegotiation}},
      // Frames, negotiation and messages without an answer are right; a call gets an error,
      // whatever
      // it says, which is right where the verb does not exist.
      {"refuses", {}, kept_by_refusing()},
      // Right for the first call of each connection, and many cases make no other.
      {"repeats", {}, kept_by_refusing()},
  };
  return kAll;
}

constexpr std::array kRevisionOrder{Revision::k2020_01, Revision::k2020_03, Revision::kLegacy};

}  // namespace

std::string_view name(SubjectKind kind) noexcept {
  switch (kind) {
    case SubjectKind::kReference: return "reference";
    case SubjectKind::kNullPeer: return "null-peer";
    case SubjectKind::kVariant: return "variant";
    case SubjectKind::kDefect: return "defect";
  }
  return "";
}

std::vector<Subject> subjects(std::optional<Revision> revision, const std::string& only) {
  std::vector<Subject> all;
  const auto add = [&](Subject subject) {
    if (only.empty() || matches(only, subject.name)) all.push_back(std::move(subject));
  };
  const Revision usual = revision.value_or(kReferenceRevision);
  add({SubjectKind::kReference, std::string(kReferencePeer), usual});
  for (const std::string& peer : builtin_names()) {
    if (peer == kReferencePeer) continue;
    add({SubjectKind::kNullPeer, peer, usual, nullptr, harms_process({.name = peer})});
  }
  const auto add_table = [&](SubjectKind kind, const std::vector<Deviation>& table) {
    for (const Deviation& one : table) {
      const auto used = std::ranges::find_if(kRevisionOrder, [&](Revision candidate) {
        return (!revision || candidate == *revision) && is_of(one, candidate);
      });
      if (used == kRevisionOrder.end()) continue;
      add({kind, std::string(one.name), *used, &one, one.harms_process});
    }
  };
  add_table(SubjectKind::kVariant, variants());
  add_table(SubjectKind::kDefect, defects());
  return all;
}

std::vector<std::string> rules_of(const Deviation& defect) {
  std::vector<std::string> rules{std::string(defect.rule)};
  rules.insert(rules.end(), defect.siblings.begin(), defect.siblings.end());
  return rules;
}

bool may_pass(std::string_view null_peer, std::string_view id, std::string_view clause) {
  const auto entry = std::ranges::find(all_passes(), null_peer, &Passes::null_peer);
  if (entry == all_passes().end()) return false;
  return std::ranges::any_of(entry->patterns,
                             [&](std::string_view pattern) { return matches(pattern, id); }) ||
         std::ranges::any_of(entry->rules,
                             [&](std::string_view rule) { return clause_matches(rule, clause); });
}

bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() != '*') {
    return !name.empty() && pattern.front() == name.front() &&
           matches(pattern.substr(1), name.substr(1));
  }
  for (std::size_t skipped = 0; skipped <= name.size(); ++skipped) {
    if (matches(pattern.substr(1), name.substr(skipped))) return true;
  }
  return false;
}

}  // namespace wsapi
