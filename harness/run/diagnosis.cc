// SPDX-License-Identifier: Apache-2.0

#include "harness/run/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/frame.h"
#include "codec/hex.h"
#include "codec/message.h"
#include "harness/suite/message_words.h"
#include "harness/tester/known_good_requests.h"
#include "harness/tester/lower_tester.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxOctets = 1024;        // of an answer that are looked at
constexpr std::size_t kMaxShownOctets = 32;     // in hexadecimal
constexpr std::size_t kMaxShownText = 80;       // characters
constexpr std::chrono::milliseconds kRest{50};  // for what follows the first octets of an answer

constexpr std::string_view kUpgradeRequest =
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: d3NhcGktY29uZm9ybS1rZXk=\r\n\r\n";

// ClientHello of TLS 1.2 with two cipher suites (RFC 5246 section 7.4.1.2).
constexpr std::string_view kTlsGreeting =
    "16 0301 002f 01 00002b 0303"
    "0101010101010101010101010101010101010101010101010101010101010101"
    "00 0004 c02f 009c 01 00";

struct Answer {
  std::vector<std::byte> sent;
  std::vector<std::byte> came;
  bool is_open = true;  // the peer has not ended the connection
};

std::vector<std::byte> octets_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string_view text_of(std::span<const std::byte> octets) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as characters
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

bool is_text(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t'; });
}

// The first thing that the octets are as frames.
std::string words_of_frames(std::span<const std::byte> octets) {
  FrameDecoder decoder(FrameLimits{.max_payload_size = kMaxOctets});
  const FrameEvent event = decoder.next(octets);
  switch (event.kind) {
    case FrameEventKind::kMessage:
      return "its frames are right, but it answers the offer of version 1 with " +
             words_of(event.payload, kReferenceRevision, Direction::kToClient);
    case FrameEventKind::kClose: return "it closes each connection with a CLOSE frame";
    case FrameEventKind::kPing:
    case FrameEventKind::kPong:
    case FrameEventKind::kNeedMore: return "its frames are right, but no VERSION SET comes";
    case FrameEventKind::kViolation:
      return fmt::format("it sends octets that are no frames ({})", name(event.violation));
  }
  return "";
}

std::string shown(std::span<const std::byte> octets) {
  if (octets.empty()) return "";
  const std::string_view text = text_of(octets);
  if (is_text(text)) return '"' + printable(text, kMaxShownText) + '"';
  const auto head = octets.first(std::min(octets.size(), kMaxShownOctets));
  return to_hex(head, " ") + (head.size() < octets.size() ? " ..." : "");
}

asio::awaitable<Answer> ask(OpenWire open_wire, std::shared_ptr<Clock> clock,
                            std::vector<std::byte> request) {
  Answer out{.sent = std::move(request), .came = {}};
  const Deadline end = clock->after(kDiagnosisWait);
  WireResult opened = co_await open_wire(end);
  if (opened.wire == nullptr) {
    out.is_open = false;
    co_return out;
  }
  (void)co_await opened.wire->write_all(out.sent, end);
  std::array<std::byte, kMaxOctets> buffer{};
  Deadline until = end;
  while (out.came.size() < kMaxOctets) {
    const auto room = std::span(buffer).first(kMaxOctets - out.came.size());
    const ReadOutcome read = co_await opened.wire->read_some(room, until);
    out.is_open = read.status == ReadStatus::kData || read.status == ReadStatus::kTimeout;
    if (read.status != ReadStatus::kData) break;
    out.came.insert(out.came.end(), buffer.begin(),
                    buffer.begin() + static_cast<std::ptrdiff_t>(read.byte_count));
    until = std::min(end, clock->after(kRest));
  }
  co_return out;
}

Reason reason_of(std::string what, const Answer& answer) {
  Reason out{ReasonCode::kIutNotWsapi, {{"what", std::move(what)}}};
  if (std::string octets = shown(answer.came); !octets.empty()) {
    out.parts.emplace("octets", std::move(octets));
  }
  return out;
}

bool has_version(const Answer& answer) {
  FrameDecoder decoder;
  std::span<const std::byte> rest = answer.came;
  while (!rest.empty() && !decoder.ended()) {
    const FrameEvent event = decoder.next(rest);
    if (event.kind == FrameEventKind::kMessage &&
        has_operation_of<VersionSet>(event.payload, kReferenceRevision)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string protocol_of(std::span<const std::byte> came, std::span<const std::byte> sent) {
  if (came.empty()) return "";
  const std::string_view text = text_of(came);
  if (came.size() <= sent.size() && std::ranges::equal(came, sent.first(came.size()))) {
    return "it echoes what it is sent";
  }
  if (text.starts_with("HTTP/1.1 101") || text.starts_with("HTTP/1.1 426")) {
    return "it wants the opening handshake of WebSocket (an HTTP upgrade), which WSAPI does not "
           "have";
  }
  if (text.starts_with("HTTP/")) return "it speaks HTTP";
  if (text.starts_with("SSH-")) return "it speaks SSH";
  if (came.size() > 2 && (text[0] == '\x15' || text[0] == '\x16') && text[1] == '\x03') {
    return "it speaks TLS";
  }
  if (is_text(text)) return "it speaks a protocol of text lines";
  return words_of_frames(came);
}

asio::awaitable<std::optional<Reason>> diagnose(OpenWire open_wire, std::shared_ptr<Clock> clock) {
  // With a PING, which a peer that knows frames alone answers.
  std::vector<std::byte> greeting = frames_of(offer_bytes(), FrameShape{});
  for (const std::byte octet : ping_frame({})) greeting.push_back(octet);
  const Answer offer = co_await ask(open_wire, clock, std::move(greeting));
  if (has_version(offer)) co_return std::nullopt;
  const std::string by_offer = protocol_of(offer.came, offer.sent);
  // An HTTP server may want to be asked for the upgrade.
  if (!by_offer.empty() && by_offer != "it speaks HTTP") co_return reason_of(by_offer, offer);
  const Answer http = co_await ask(open_wire, clock, octets_of(kUpgradeRequest));
  const std::string by_http = protocol_of(http.came, http.sent);
  if (text_of(http.came).starts_with("HTTP/")) co_return reason_of(by_http, http);
  if (!by_offer.empty()) co_return reason_of(by_offer, offer);
  const Answer tls = co_await ask(open_wire, clock, from_hex(kTlsGreeting).value());
  const std::string by_tls = protocol_of(tls.came, tls.sent);
  if (by_tls == "it speaks TLS") co_return reason_of(by_tls, tls);
  if (!by_http.empty()) co_return reason_of(by_http, http);
  if (!offer.is_open) {
    co_return reason_of("it ends each connection at the offer, without an answer", offer);
  }
  co_return reason_of("it accepts connections and answers nothing", offer);
}

}  // namespace wsapi
