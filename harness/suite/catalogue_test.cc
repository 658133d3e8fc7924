// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "codec/decode.h"
#include "codec/frame.h"
#include "codec/hex.h"
#include "harness/suite/requirements.h"
#include "harness/suite/script.h"
#include "harness/text/columns.h"

namespace wsapi {
namespace {

Catalogue catalogue_of(const std::vector<std::string>& ids) {
  Catalogue catalogue;
  for (const std::string& id : ids) catalogue.cases.emplace_back().id = id;
  return catalogue;
}

TEST(CatalogueTest, FindsById) {
  const Catalogue catalogue = catalogue_of({"a/1", "a/2"});
  EXPECT_EQ(catalogue.find("a/2"), &catalogue.cases[1]);
  EXPECT_EQ(catalogue.find("a/*"), nullptr);
  EXPECT_EQ(catalogue.find(""), nullptr);
}

std::string text_of(const WireBytes& bytes) {
  const std::vector<std::byte> all = bytes.expand();
  return to_hex(all);
}

// All that a step sends and expects.
std::string text_of(const std::vector<Step>& steps) {
  std::string out;
  for (const Step& step : steps) {
    out += sentence_of(step);
    if (const auto* const sent = std::get_if<SendPayload>(&step.action)) {
      out += text_of(sent->payload);
    } else if (const auto* const octets = std::get_if<SendStream>(&step.action)) {
      out += text_of(octets->bytes);
    } else if (const auto* const repeat = std::get_if<Repeat>(&step.action)) {
      out += text_of(repeat->steps);
    }
    out += '\n';
  }
  return out;
}

class WholeCatalogueTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::vector<FileError> errors;
    catalogue_ = new Catalogue(load_catalogue(WSAPI_SOURCE_VECTORS_DIR, errors));
    for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  }
  static void TearDownTestSuite() { delete catalogue_; }

  static Catalogue* catalogue_;
};
Catalogue* WholeCatalogueTest::catalogue_ = nullptr;

TEST_F(WholeCatalogueTest, IdsAreUnique) {
  std::set<std::string> ids;
  for (const TestCase& one : catalogue_->cases) EXPECT_TRUE(ids.insert(one.id).second) << one.id;
  EXPECT_GT(ids.size(), 5000U);
}

TEST_F(WholeCatalogueTest, EachCaseIsComplete) {
  for (const TestCase& one : catalogue_->cases) {
    EXPECT_NE(one.id.find('/'), std::string::npos) << one.id;
    EXPECT_TRUE(one.purpose.ends_with('.')) << one.id << ": " << one.purpose;
    EXPECT_FALSE(one.clause.empty()) << one.id;
    EXPECT_FALSE(one.revisions.empty()) << one.id;
    EXPECT_EQ(steps_of(one).empty(), one.role != Role::kServer) << one.id;
    EXPECT_TRUE(one.id.starts_with(case_id(one.role, ""))) << one.id;
  }
}

TEST_F(WholeCatalogueTest, HoldsEachSource) {
  for (const char* id :
       {"server/call/minimal", "server/call/minimal~cut@8", "server/call/minimal~len(verb)=n-1",
        "server/version-offer/1-behind-the-list~count=0", "server/frame/ping-one-byte",
        "server/frame/ping-one-byte~pong-payload", "server/frame/rsv1~close-code",
        "server/version-offer/offer-and-call-in-one-write", "server/misdirected/reply~cut@1",
        "client/reply/minimal~cut@8", "client/misdirected/call", "codec/call/minimal",
        "codec/reply/minimal", "codec/frame/rsv1"}) {
    EXPECT_NE(catalogue_->find(id), nullptr) << id;
  }
}

TEST_F(WholeCatalogueTest, EachRevisionHasCases) {
  for (const Revision revision : kRevisions) {
    EXPECT_GT(std::ranges::count_if(catalogue_->cases,
                                    [&](const TestCase& one) {
                                      return std::ranges::find(one.revisions, revision) !=
                                             one.revisions.end();
                                    }),
              100)
        << name(revision);
  }
}

TEST_F(WholeCatalogueTest, ExplanationsFitTheTerminal) {
  for (std::size_t i = 0; i < catalogue_->cases.size(); i += 7) {
    const TestCase& one = catalogue_->cases[i];
    const std::string text = explain(one);
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      EXPECT_LE(line.size(), kColumns) << one.id << ": " << line;
    }
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
      return c == '\n' || (c >= 0x20 && c < 0x7f);
    })) << one.id;
  }
}

// A server case is counted because no other sends the same octets in the same steps.
TEST_F(WholeCatalogueTest, EachServerCaseDiffersFromEveryOther) {
  std::map<std::pair<Revision, std::string>, std::string> seen;
  for (const TestCase& one : catalogue_->cases) {
    if (one.role != Role::kServer) continue;
    const std::string steps = text_of(steps_of(one));
    for (const Revision revision : one.revisions) {
      const auto [other, is_new] = seen.emplace(std::pair(revision, steps), one.id);
      EXPECT_TRUE(is_new) << one.id << " repeats " << other->second << " in " << name(revision);
    }
  }
}

TEST_F(WholeCatalogueTest, AFilterMakesTheCasesThatItChooses) {
  CaseFilter filter;
  filter.select = {"server/call/*", "*/misdirected/*", "codec/reply/minimal",
                   "server/frame/ping-one-byte~*", "codec/frame/rsv1"};
  filter.exclude = {"*~cut@?"};
  CaseMatcher matcher(filter);
  std::vector<FileError> errors;
  const Catalogue some = load_catalogue(WSAPI_SOURCE_VECTORS_DIR, matcher, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_TRUE(matcher.unmatched().empty());
  CaseMatcher again(filter);
  std::vector<std::string> expected;
  for (const TestCase& one : catalogue_->cases) {
    if (again.matches_id(one.role, one.id) && again.matches_rest(one)) expected.push_back(one.id);
  }
  std::vector<std::string> ids;
  for (const TestCase& one : some.cases) ids.push_back(one.id);
  EXPECT_EQ(ids, expected);
  EXPECT_GT(ids.size(), 500U);
}

void add_verb_of(std::span<const std::byte> payload, std::set<std::string>& verbs) {
  const auto call = decode_as<Call>(payload, Revision::k2020_01);
  if (call) verbs.insert(std::string{call->verb});
}

void add_verbs_of_stream(const WireBytes& bytes, std::set<std::string>& verbs) {
  const std::vector<std::byte> octets = bytes.expand();
  std::span<const std::byte> rest = octets;
  FrameDecoder decoder;
  while (!rest.empty()) {
    const FrameEvent event = decoder.next(rest);
    if (event.kind == FrameEventKind::kViolation || event.kind == FrameEventKind::kClose) return;
    if (event.kind == FrameEventKind::kMessage) add_verb_of(event.payload, verbs);
  }
}

// The requirements stand in the files; they are those of the calls that the steps make.
void add_verbs(const std::vector<Step>& steps, std::set<std::string>& verbs) {
  for (const Step& step : steps) {
    if (const auto* const repeat = std::get_if<Repeat>(&step.action)) {
      add_verbs(repeat->steps, verbs);
    } else if (const auto* const send = std::get_if<SendMessage>(&step.action)) {
      std::string verb = send->message.value("verb", "");
      std::ranges::transform(verb, verb.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      verbs.insert(verb);
    } else if (const auto* const payload = std::get_if<SendPayload>(&step.action)) {
      add_verb_of(payload->payload.expand(), verbs);
    } else if (const auto* const stream = std::get_if<SendStream>(&step.action)) {
      add_verbs_of_stream(stream->bytes, verbs);
    } else if (const auto* const procedure = std::get_if<Procedure>(&step.action)) {
      if (procedure->with.contains("stream")) {
        add_verbs_of_stream(procedure->octets("stream"), verbs);
      }
    }
  }
}

TEST_F(WholeCatalogueTest, RequirementsAreThoseOfTheSteps) {
  std::size_t count = 0;
  for (const TestCase& one : catalogue_->cases) {
    if (one.requirements.empty()) continue;
    ++count;
    std::set<std::string> verbs;
    add_verbs(steps_of(one), verbs);
    std::vector<std::string> named = one.requirements;
    std::erase_if(named,
                  [](const std::string& text) { return !text.starts_with(kVerbRequirement); });
    std::vector<std::string> expected;
    for (const std::string& verb : verbs) {
      if (is_requirement(verb_requirement(verb))) expected.push_back(verb_requirement(verb));
    }
    EXPECT_EQ(named, expected) << one.id;
  }
  EXPECT_GT(count, 50U);
}

TEST(CatalogueTest, AFolderThatIsNotThereIsReported) {
  std::vector<FileError> errors;
  const Catalogue catalogue = load_catalogue("/nowhere/at/all", errors);
  EXPECT_TRUE(catalogue.cases.empty());
  EXPECT_GE(errors.size(), 3U);
  EXPECT_NE(to_string(errors.front()).find("/nowhere/at/all"), std::string::npos);
}

TEST(CatalogueTest, TheFolderIsTheGivenOneOrThatOfTheSources) {
  EXPECT_EQ(vectors_folder("/somewhere"), "/somewhere");
  EXPECT_EQ(vectors_folder(""), WSAPI_SOURCE_VECTORS_DIR);
}

}  // namespace
}  // namespace wsapi
