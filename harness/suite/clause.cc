// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/clause.h"

#include <algorithm>
#include <array>

namespace wsapi {
namespace {

// The headings of vectors/PROTOCOL.md; clause_test.cc compares them with the page.
struct Heading {
  std::string_view anchor;  // with which the anchors below the heading begin
  char section;
  std::string_view title;
};
constexpr std::array kHeadings{
    Heading{"transport", '1', "Transport"},
    Heading{"frames", '1', "Frames"},
    Heading{"control", '1', "Control frames"},
    Heading{"addresses", '1', "Addresses"},
    Heading{"primitives", '2', "Primitives"},
    Heading{"messages", '3', "Messages"},
    Heading{"behaviour", '4', "Behaviour"},
    Heading{"negotiation", '4', "Version negotiation"},
    Heading{"calls", '4', "Calls"},
    Heading{"sessions", '4', "Sessions and tokens"},
    Heading{"events", '4', "Events"},
    Heading{"descriptions", '4', "Descriptions"},
    Heading{"unknown", '4', "Unknown and misdirected messages"},
    Heading{"revisions", '5', "Revisions"},
    Heading{"legacy", '5', "The legacy revision"},
    Heading{"buffers", '6', "Readbuf and writebuf"},
    Heading{"classes", '7', "What is lenient, what is wrong"},
    Heading{"known-peers", '8', "Known peers"},
    Heading{"peers", '8', "Known peers"},  // the rules below it
    Heading{"faults", '8', "Faults that implementations of this kind have had"},
};

bool lies_in(std::string_view clause, std::string_view anchor) noexcept {
  return clause.starts_with(anchor) &&
         (clause.size() == anchor.size() || clause[anchor.size()] == '-');
}

const Heading* heading_of(std::string_view clause) noexcept {
  const auto* const heading = std::ranges::find_if(
      kHeadings, [&](const Heading& one) { return lies_in(clause, one.anchor); });
  return heading == kHeadings.end() ? nullptr : heading;
}

}  // namespace

bool clause_matches(std::string_view wanted, std::string_view clause) noexcept {
  if (lies_in(clause, wanted)) return true;
  const Heading* const heading = heading_of(clause);
  return heading != nullptr && wanted == std::string_view(&heading->section, 1);
}

std::string section_text(std::string_view clause) {
  const Heading* const heading = heading_of(clause);
  if (heading == nullptr) return std::string{clause};
  return std::string(1, heading->section).append(" ").append(heading->title);
}

std::string clause_text(std::string_view clause) {
  std::string out{clause};
  const Heading* const heading = heading_of(clause);
  if (heading == nullptr) return out;
  return out.append(" (section ").append(1, heading->section).append(", ").append(heading->title) +
         ")";
}

}  // namespace wsapi
