// SPDX-License-Identifier: Apache-2.0

#include "harness/doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/net/event_loop.h"
#include "harness/peers/builtin.h"
#include "harness/peers/peer_thread.h"
#include "harness/suite/requirements.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Profile profile_of(const std::string& members) {
  nlohmann::json file =
      nlohmann::json::parse(R"({"kind":"profile","name":"n","version":"1",)" + members + "}");
  std::vector<FileError> errors;
  auto profile = read_profile(file, "p", errors);
  for (const FileError& error : errors) ADD_FAILURE() << to_string(error);
  return profile.value_or(Profile{});
}

std::string all_verbs() {
  std::string out;
  for (const std::string_view verb : kTestApiVerbs) {
    out.append(out.empty() ? "\"" : ",\"").append(verb).append("\":true");
  }
  return "{" + out + "}";
}

DoctorReport examined(const Profile* profile, const BuiltinPeer& peer = {}) {
  static int count = 0;
  const std::string text =
      "unix:@wsapi-doctor-test-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  const Address address = std::get<Address>(parse_address(text));
  const PeerThread server([&](asio::io_context& io) { return make_builtin(io, address, peer); });
  EXPECT_EQ(server.error(), "");
  // A time limit passes: nothing is answered, or the offer is not.
  const bool is_slow = peer.name != kReferencePeer || peer.revision == Revision::kLegacy;
  return run_to_end(examine({.open_wire = connecting_to(address),
                             .profile = profile,
                             .timeout = is_slow ? 5s : 60s,
                             .quiet_time = 10ms}));
}

std::vector<std::string> findings_of(const DoctorReport& report) {
  std::vector<std::string> out;
  for (const DoctorLine& line : report.lines) {
    if (line.diagnosis != Diagnosis::kFinding) continue;
    out.push_back(line.subject);
    EXPECT_NE(line.change, "");
  }
  EXPECT_EQ(report.has_findings(), !out.empty());
  return out;
}

TEST(Doctor, ARightProfileHoldsInEachRevision) {
  for (const Revision revision : kRevisions) {
    const Profile profile = profile_of(
        R"("revision":")" + std::string(name(revision)) +
        R"(","noise":{"messages_per_second":0},"implements":{"description":true,"verbs":)" +
        all_verbs() + "}");
    const DoctorReport report = examined(&profile, {.revision = revision});
    EXPECT_EQ(report.unreachable, "");
    EXPECT_THAT(findings_of(report), IsEmpty()) << name(revision);
    EXPECT_EQ(report.lines.size(), 4 + kTestApiVerbs.size());
    for (const DoctorLine& line : report.lines) {
      EXPECT_NE(line.diagnosis, Diagnosis::kSkipped) << line.subject << ": " << line.text;
    }
  }
}

TEST(Doctor, AClaimThatDoesNotHoldIsAFinding) {
  const Profile profile = profile_of(
      R"("revision":"2020-03","implements":{"description":false,"verbs":
         {"echo":{"verb":"fail"},"fail":true,"delay":{"verb":"nothing"}}})");
  const DoctorReport report = examined(&profile);
  EXPECT_THAT(findings_of(report),
              ElementsAre("revision", "description", "verb echo", "verb delay", "verb whoami",
                          "verb subscribe", "verb unsubscribe", "verb emit", "verb broadcast",
                          "verb remove", "verb mute"));
  EXPECT_THAT(report.lines.at(0).text, HasSubstr("it is 2020-01 (by its DESCRIPTION)"));
  EXPECT_EQ(report.lines.at(0).change, "set revision to \"2020-01\"");
}

TEST(Doctor, VerbsThatAreNotThereMayBeDenied) {
  const Profile profile = profile_of(R"("implements":{"verbs":{}})");
  EXPECT_THAT(findings_of(examined(&profile, {.test_api = false})), IsEmpty());
}

TEST(Doctor, WithoutAProfileItTellsWhatThereIs) {
  const DoctorReport report = examined(nullptr);
  EXPECT_THAT(findings_of(report), IsEmpty());
  for (const DoctorLine& line : report.lines) {
    EXPECT_EQ(line.diagnosis, Diagnosis::kSeen) << line.subject << ": " << line.text;
  }
}

TEST(Doctor, AServerThatAnswersNothingHasNoRoundTrip) {
  const Profile profile = profile_of(R"("implements":{"verbs":{"echo":true}})");
  EXPECT_THAT(findings_of(examined(&profile, {.name = "close"})),
              ElementsAre("verb echo", "round trip"));
}

TEST(Doctor, NothingThatListens) {
  const Address nowhere = std::get<Address>(parse_address("unix:@wsapi-doctor-test-nowhere"));
  const DoctorReport report = run_to_end(examine({.open_wire = connecting_to(nowhere)}));
  EXPECT_THAT(report.unreachable, HasSubstr("cannot connect"));
  EXPECT_THAT(report.lines, IsEmpty());
}

}  // namespace
}  // namespace wsapi
