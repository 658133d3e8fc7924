// SPDX-License-Identifier: Apache-2.0

// Messages in general, negotiation, requests, sessions and tokens: for each rule what breaks it,
// and what is like it and right.

#include "codec/wire_rules_test_tools.h"

namespace wsapi {
namespace {

using test::kClient;
using test::kServer;
using test::Wire;

constexpr std::string_view kOffer = R"("version-offer","identifier":390861833,"versions":[1])";
constexpr std::string_view kSet = R"("version-set","version":1)";

Wire opening(Revision revision = Revision::k2020_03) { return Wire(revision, WireStart::kOpening); }

TEST(WireRulesMessages, UnknownOperation) {
  EXPECT_EQ(Wire().payload(kClient, "5a01").broken(), "client unknown-operation");
  EXPECT_EQ(Wire().payload(kServer, "5a01").broken(), "server unknown-operation");
  EXPECT_EQ(Wire().call(1).broken(), "");
}

TEST(WireRulesMessages, WrongDirection) {
  EXPECT_EQ(Wire().payload(kServer, "44 0100").broken(), "server wrong-direction");
  EXPECT_EQ(Wire().payload(kClient, "7601").broken(), "client wrong-direction");
  // Those of legacy have other meanings (section 5).
  EXPECT_EQ(Wire(Revision::kLegacy).payload(kClient, "76 01").broken(), "client unknown-operation");
}

TEST(WireRulesMessages, Undecodable) {
  Wire wire;
  wire.payload(kClient, "44 01");
  EXPECT_EQ(wire.broken(), "client undecodable");
  const WireViolation& violation = wire.rules().violations().front();
  EXPECT_EQ(violation.message, "DESCRIBE");
  EXPECT_EQ(to_string(violation),
            "undecodable (must) by the client at octet 0, message 0: DESCRIBE, error truncated, "
            "field description_id, at 1: a message has all of its fields");
}

TEST(WireRulesMessages, AnEmptyMessageIsNoMessage) {
  Wire wire = opening();
  EXPECT_EQ(wire.payload(kClient, "").payload(kServer, "").client(kOffer).broken(), "");
}

TEST(WireRulesMessages, BytesAfterTheMessage) {
  EXPECT_EQ(Wire().payload(kClient, "44 0100 00").broken(), "client bytes-after-message");
  // Those after the list of an offer are ignored.
  EXPECT_EQ(opening().payload(kClient, "56 09144c17 01 01 05").broken(), "");
}

TEST(WireRulesMessages, Texts) {
  EXPECT_EQ(Wire().payload(kServer, "45 0100 02000000 ff 00").broken(), "server text-not-utf-8");
  EXPECT_EQ(Wire().payload(kServer, "45 0100 04000000 610062 00").broken(), "server text-with-nul");
  EXPECT_EQ(Wire().payload(kServer, "45 0100 03000000 c3a9 00").broken(), "");
}

TEST(WireRulesNegotiation, OfferMissing) {
  EXPECT_EQ(opening().call(1).describe(2).broken(), "client offer-missing");
  // Still known peers take what comes before it, and answer.
  EXPECT_EQ(opening().call(1).client(kOffer).reply(1).server(kSet).broken(),
            "client offer-missing");
  EXPECT_EQ(opening().client(kOffer).call(1).server(kSet).reply(1).broken(), "");
  EXPECT_EQ(Wire(Revision::kLegacy, WireStart::kOpening)
                .client(R"("legacy-describe","description_id":7)")
                .broken(),
            "");
}

TEST(WireRulesNegotiation, OfferTwice) {
  // Each may be answered.
  EXPECT_EQ(opening().client(kOffer).server(kSet).client(kOffer).server(kSet).broken(),
            "client offer-twice");
}

TEST(WireRulesNegotiation, OfferInvalid) {
  EXPECT_EQ(opening().client(R"("version-offer","identifier":1,"versions":[1])").broken(),
            "client offer-invalid");
  EXPECT_EQ(opening().client(R"("version-offer","identifier":390861833,"versions":[])").broken(),
            "client offer-invalid");
  EXPECT_EQ(opening().payload(kClient, "56 0914").broken(), "client undecodable");
  EXPECT_EQ(opening()
                .client(R"("version-offer","identifier":390861833,"versions":[3,1,1])")
                .server(kSet)
                .broken(),
            "");
}

TEST(WireRulesNegotiation, VersionSet) {
  EXPECT_EQ(opening().server(kSet).broken(), "server version-set-without-offer");
  EXPECT_EQ(opening().client(kOffer).server(kSet).server(kSet).broken(),
            "server version-set-twice");
  EXPECT_EQ(Wire().server(kSet).broken(), "server version-set-twice");
  EXPECT_EQ(opening().client(kOffer).server(R"("version-set","version":2)").broken(),
            "server version-set-not-offered");
  EXPECT_EQ(
      opening().client(R"("version-offer","identifier":1,"versions":[1])").server(kSet).broken(),
      "client offer-invalid, server version-set-to-bad-offer");
}

TEST(WireRulesNegotiation, AServerThatRefusesMaySendWhatItLikes) {
  EXPECT_EQ(opening()
                .client(R"("version-offer","identifier":390861833,"versions":[2])")
                .payload(kServer, "ff 6e6f")
                .reply(9)
                .broken(),
            "");
}

TEST(WireRulesNegotiation, AnotherVersionThatWasAgreedOnIsNotJudged) {
  Wire wire = opening();
  wire.client(R"("version-offer","identifier":390861833,"versions":[3,1])");
  wire.server(R"("version-set","version":3)").payload(kClient, "ff").payload(kServer, "ff");
  EXPECT_EQ(wire.broken(), "");
  EXPECT_EQ(wire.rules().left_out(), std::vector<std::string_view>{"messages of another version"});
}

TEST(WireRulesNegotiation, AnswerBeforeVersionSet) {
  EXPECT_EQ(opening().client(kOffer).call(1).reply(1).server(kSet).broken(),
            "server answer-before-version-set");
  // A broadcast reaches every client, and a client need not wait.
  EXPECT_EQ(opening().client(kOffer).call(1).broadcast(9).server(kSet).reply(1).broken(), "");
}

TEST(WireRulesRequests, IdZero) {
  EXPECT_EQ(Wire().call(0).broken(), "client request-id-zero");
  EXPECT_EQ(Wire().describe(0).broken(), "client request-id-zero");
  // The server answers it all the same (section 7).
  EXPECT_EQ(Wire().call(0).reply(0).broken(), "client request-id-zero");
}

TEST(WireRulesRequests, IdPending) {
  EXPECT_EQ(Wire().call(7).call(7).broken(), "client request-id-pending");
  EXPECT_EQ(Wire().call(7).describe(7).broken(), "client request-id-pending");
  // Both are answered.
  EXPECT_EQ(Wire().call(7).call(7).reply(7).reply(7).broken(), "client request-id-pending");
  EXPECT_EQ(Wire().call(7).reply(7).call(7).reply(7).broken(), "");
}

TEST(WireRulesRequests, TooManyPending) {
  Wire wire;
  for (unsigned id = 1; id <= 4095; ++id) wire.call(id);
  EXPECT_EQ(wire.broken(), "");
  EXPECT_EQ(wire.rules().pending_count(), 4095U);
  EXPECT_EQ(wire.describe(4096).broken(), "client too-many-pending");
}

TEST(WireRulesRequests, Replies) {
  EXPECT_EQ(Wire().reply(3).broken(), "server reply-not-pending");
  EXPECT_EQ(Wire().describe(3).reply(3).broken(), "server reply-not-pending");
  EXPECT_EQ(Wire().call(3).reply(3).reply(3).broken(), "server reply-twice");
  EXPECT_EQ(Wire().call(1).call(2).reply(2).reply(1).broken(), "");
  // No answer, for the connection may end.
  EXPECT_EQ(Wire().call(1).finish().broken(), "");
}

TEST(WireRulesRequests, AMalformedReplyCompletesItsCall) {
  EXPECT_EQ(Wire().call(3).payload(kServer, "6b 0300").reply(3).broken(),
            "server undecodable, server reply-twice");
}

TEST(WireRulesRequests, ReplyToAMalformedCall) {
  EXPECT_EQ(Wire().payload(kClient, "4b 0500 00000000").reply(5).broken(),
            "client undecodable, server reply-to-malformed-call");
  EXPECT_EQ(Wire().payload(kClient, "4b 0500 00000000").call(5).reply(5).broken(),
            "client undecodable");
}

TEST(WireRulesRequests, Descriptions) {
  EXPECT_EQ(Wire().description(3).broken(), "server description-not-pending");
  EXPECT_EQ(Wire().call(3).description(3).broken(), "server description-not-pending");
  EXPECT_EQ(Wire().describe(3).description(3).description(3).broken(), "server description-twice");
  for (const Revision revision : {Revision::k2020_01, Revision::k2020_03}) {
    EXPECT_EQ(Wire(revision).describe(3).description(3).broken(), "") << name(revision);
  }
}

TEST(WireRulesRequests, TheWidthOfTheOtherRevision) {
  EXPECT_EQ(Wire(Revision::k2020_03)
                .describe(3)
                .payload(kServer, "64 03000000 05000000 6e756c6c00")
                .description(3)
                .broken(),
            "server description-id-width, server description-twice");
  EXPECT_EQ(
      Wire(Revision::k2020_01).describe(3).payload(kServer, "64 0300 05000000 6e756c6c00").broken(),
      "server description-id-width");
  // Not pending in either width.
  EXPECT_EQ(Wire(Revision::k2020_01).payload(kServer, "64 0300 05000000 6e756c6c00").broken(),
            "server undecodable");
}

TEST(WireRulesSessions, Unknown) {
  EXPECT_EQ(Wire().call(1, 5).broken(), "client session-unknown");
  EXPECT_EQ(Wire().call(1, 0, 5).broken(), "client token-unknown");
  EXPECT_EQ(Wire().bind("session", 5).bind("token", 5).call(1, 5, 5).broken(), "");
  EXPECT_EQ(
      Wire().bind("session", 5).client(R"("session-remove","session_id":5)").call(1, 5).broken(),
      "client session-unknown");
  EXPECT_EQ(Wire().bind("token", 5).client(R"("token-remove","token_id":5)").call(1, 0, 5).broken(),
            "client token-unknown");
}

TEST(WireRulesSessions, UnknownSessionServed) {
  EXPECT_EQ(Wire().call(1, 5).reply(1).broken(),
            "client session-unknown, server unknown-session-served");
  EXPECT_EQ(Wire().call(1, 5).reply(1, R"("unknown-session")").broken(), "client session-unknown");
  // One that was removed may have been served before; an unknown token is no token.
  EXPECT_EQ(Wire()
                .bind("session", 5)
                .client(R"("session-remove","session_id":5)")
                .call(1, 5)
                .reply(1)
                .call(2, 0, 9)
                .reply(2)
                .broken(),
            "client session-unknown, client token-unknown");
}

TEST(WireRulesSessions, IdZero) {
  EXPECT_EQ(Wire().bind("session", 0).broken(), "client session-id-zero");
  EXPECT_EQ(Wire().bind("token", 0).broken(), "client token-id-zero");
}

TEST(WireRulesSessions, BoundTwice) {
  EXPECT_EQ(Wire().bind("session", 2).bind("session", 2).broken(), "client session-bound-twice");
  EXPECT_EQ(Wire().bind("token", 2).bind("token", 2).broken(), "client token-bound-twice");
  EXPECT_EQ(Wire()
                .bind("session", 2)
                .client(R"("session-remove","session_id":2)")
                .bind("session", 2)
                .bind("token", 2)
                .client(R"("session-remove","session_id":77)")
                .broken(),
            "");
}

TEST(WireRulesLegacy, RequestsHaveIdsOfAnyValue) {
  const std::string call =
      R"("legacy-call","call_id":4026531841,"verb":"v","session":"s","args":"1","credentials":null)";
  const std::string reply =
      R"("legacy-reply","call_id":4026531841,"error":null,"info":null,"data":"1")";
  EXPECT_EQ(Wire(Revision::kLegacy).client(call).server(reply).broken(), "");
  EXPECT_EQ(Wire(Revision::kLegacy).server(reply).broken(), "server reply-not-pending");
}

}  // namespace
}  // namespace wsapi
