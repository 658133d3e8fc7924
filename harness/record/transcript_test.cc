// SPDX-License-Identifier: Apache-2.0

// What a transcript keeps, where it stops, and its view as a conformance log.

#include "harness/record/transcript.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/hex.h"
#include "harness/record/conformance_log.h"

namespace wsapi {
namespace {

using namespace std::chrono_literals;
using Kind = Transcript::Kind;

std::vector<std::byte> hex(std::string_view text) { return from_hex(text).value(); }

// One line for each entry: connection, direction, size, note.
std::vector<std::string> lines_of(const ConformanceLog& log) {
  std::vector<std::string> out;
  for (const LogEntry& entry : log.entries()) {
    out.push_back(entry.connection + " " + entry.direction + " " + std::to_string(entry.size) +
                  " " + entry.note);
  }
  return out;
}

std::vector<std::string> log_of(const Transcript& transcript) {
  return lines_of(conformance_log(transcript, Revision::k2020_01));
}

using Lines = std::vector<std::string>;

TEST(TranscriptTest, KeepsOctetsTimesAndWrites) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  const std::uint32_t other = transcript.open("b", 5us);
  const std::uint32_t action = transcript.next_action();
  transcript.add_sent(main, action, true, hex("8203"), 10us);
  transcript.add_received(other, hex("8a00"), 12us);
  transcript.add_sent(main, action, true, hex("440200"), 20us);
  transcript.add(main, Kind::kPeerEnded, 30us);
  ASSERT_EQ(transcript.events().size(), 6U);
  EXPECT_EQ(transcript.connections(), (Lines{"main", "b"}));
  const Transcript::Event& second = transcript.events()[4];
  EXPECT_EQ(to_hex(transcript.octets(second)), "440200");
  EXPECT_EQ(second.time, 20us);
  EXPECT_EQ(second.action, action);
  EXPECT_EQ(second.connection, main);
  EXPECT_EQ(to_hex(transcript.octets(transcript.events()[3])), "8a00");
  EXPECT_NE(transcript.next_action(), action);
  EXPECT_EQ(transcript.left_out_octets(), 0U);
}

TEST(TranscriptTest, AfterTheBoundOctetsAreCountedAndNothingIsKept) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  const std::vector<std::byte> most(Transcript::kMaxOctets - 2);
  transcript.add_received(main, most, 1us);
  transcript.add_received(main, hex("01020304"), 2us);
  transcript.add_sent(main, transcript.next_action(), false, hex("05"), 3us);
  ASSERT_EQ(transcript.events().size(), 4U);
  EXPECT_EQ(to_hex(transcript.octets(transcript.events()[2])), "0102");
  EXPECT_EQ(transcript.events()[2].left_out, 2U);
  EXPECT_EQ(transcript.octets(transcript.events()[3]).size(), 0U);
  EXPECT_EQ(transcript.left_out_octets(), 3U);
}

TEST(TranscriptTest, EventsAreBounded) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  for (std::size_t i = 0; i < Transcript::kMaxEvents + 1; ++i) {
    transcript.add_received(main, hex("8a00"), 0us);
  }
  EXPECT_EQ(transcript.events().size(), Transcript::kMaxEvents);
  EXPECT_EQ(transcript.left_out_events(), 2U);
  EXPECT_EQ(transcript.left_out_octets(), 4U);
  EXPECT_EQ(conformance_log(transcript, Revision::k2020_01).left_out(),
            Transcript::kMaxEvents + 2 - ConformanceLog::kMaxEntries);
}

TEST(ConformanceLogTest, ShowsMessagesFramesAndEvents) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  transcript.add_sent(main, transcript.next_action(), true, hex("8203440200"), 7us);
  transcript.add_sent(main, transcript.next_action(), true, hex("82027601"), 8us);
  transcript.add_sent(main, transcript.next_action(), false, hex("8203440200"), 9us);
  transcript.add_received(main, hex("8202 76"), 10us);
  transcript.add_received(main, hex("01 8900 8a0161 8201ff 880203e8"), 11us);
  transcript.add(main, Kind::kDeadlinePassed, 12us);
  transcript.add(main, Kind::kWriteFailed, 13us, "Broken pipe");
  transcript.add(main, Kind::kPeerEnded, 14us);
  transcript.add(main, Kind::kPeerReset, 15us);
  const ConformanceLog log = conformance_log(transcript, Revision::k2020_01);
  EXPECT_EQ(lines_of(log),
            (Lines{"main - 0 connected", "main > 3 DESCRIBE", "main > 2 VERSION SET (misdirected)",
                   "main > 5 octets of the stream", "main < 2 VERSION SET", "main < 0 PING",
                   "main < 1 PONG", "main < 1 unknown-operation", "main < 0 CLOSE 1000",
                   "main - 0 deadline passed", "main - 0 the peer takes no more bytes: Broken pipe",
                   "main < 0 end of stream", "main < 0 connection reset"}));
  EXPECT_EQ(log.entries()[1].time_us, 7);
  EXPECT_EQ(to_hex(log.entries()[1].head), "440200");
}

TEST(ConformanceLogTest, AMessageInPiecesAndFragmentsIsOneEntry) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  const std::uint32_t other = transcript.open("companion", 0us);
  const std::uint32_t action = transcript.next_action();
  transcript.add_sent(main, action, true, hex("0281 01020304"), 1us);
  transcript.add_sent(other, transcript.next_action(), true, hex("8203440300"), 2us);
  transcript.add_sent(main, action, true, hex("45 80020200"), 3us);
  EXPECT_EQ(log_of(transcript), (Lines{"main - 0 connected", "companion - 0 connected",
                                       "main > 3 DESCRIBE", "companion > 3 DESCRIBE"}));
}

TEST(ConformanceLogTest, AViolationEndsTheReadingOfThatConnectionOnly) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  const std::uint32_t other = transcript.open("b", 0us);
  transcript.add_received(main, hex("c200 8a00"), 1us);
  transcript.add_received(main, hex("8a00"), 2us);
  transcript.add_received(other, hex("8a00"), 3us);
  EXPECT_EQ(log_of(transcript), (Lines{"main - 0 connected", "b - 0 connected",
                                       "main < 0 frame violation: rsv-bits", "b < 0 PONG"}));
}

TEST(ConformanceLogTest, OfAClientUnderTestTheDirectionsAreTheOtherWayRound) {
  Transcript transcript(Direction::kToClient);
  const std::uint32_t main = transcript.open("main", 0us);
  transcript.add_sent(main, transcript.next_action(), true, hex("82027601"), 1us);
  transcript.add_received(main, hex("8203440200"), 2us);
  EXPECT_EQ(log_of(transcript),
            (Lines{"main - 0 connected", "main > 2 VERSION SET", "main < 3 DESCRIBE"}));
}

TEST(ConformanceLogTest, SaysWhatWasNotRecorded) {
  Transcript transcript;
  const std::uint32_t main = transcript.open("main", 0us);
  transcript.add_sent(main, transcript.next_action(), false,
                      std::vector<std::byte>(Transcript::kMaxOctets + 3), 1us);
  EXPECT_EQ(log_of(transcript).back(), "main - 0 3 further bytes were not recorded");
}

}  // namespace
}  // namespace wsapi
