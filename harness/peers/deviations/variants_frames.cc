// SPDX-License-Identifier: Apache-2.0
//
// Right frames that are unusual, and noise that a client has to pass over.

#include <algorithm>
#include <random>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/variants.h"

namespace wsapi {
namespace {

using namespace changes;
using std::chrono::milliseconds;

Change edit_frames(void (*f)(Deviant&, FrameHeader&)) {
  return on_frame_out([f](Deviant& d, FrameHeader header, OctetView payload) {
    f(d, header);
    d.pass_frame(header, payload);
  });
}

// Data frames go out as several: f cuts the payload.
Change cut_messages(void (*f)(Deviant&, OctetView, const std::function<void(OctetView, bool)>&)) {
  return on_frame_out([f](Deviant& d, const FrameHeader& header, OctetView payload) {
    if (is_control(header)) return d.pass_frame(header, payload);
    FrameHeader part = header;
    f(d, payload, [&](OctetView piece, bool is_last) {
      part.fin = is_last;
      d.pass_frame(part, piece);
      part.opcode = code(Opcode::kContinuation);
    });
  });
}

void in_two(OctetView payload, const std::function<void(OctetView, bool)>& emit,
            const std::function<void()>& between) {
  emit(payload.first(payload.size() / 2), false);
  between();
  emit(payload.subspan(payload.size() / 2), true);
}

void send_control(Deviant& d, Opcode opcode, std::string_view text) {
  d.pass_frame({.opcode = code(opcode)}, octets_of(text));
}

// Before each message that goes out.
Change before_messages(void (*f)(Deviant&)) {
  return every_out([f](Deviant& d, OctetView octets) {
    f(d);
    d.pass_out(octets);
  });
}

bool has_begun(Deviant& d) { return d.is_legacy() || d.own.flag; }

void send_unrelated_broadcast(Deviant& d) {
  if (!has_begun(d)) return;
  EventBroadcast message{.name = "variant/noise", .data = {"{\"n\":1}"}, .uuid = {}, .hop = 9};
  message.uuid.bytes.fill(static_cast<std::byte>(++d.shared.count & 0xff));
  message.uuid.bytes[6] = std::byte{0x40};
  message.uuid.bytes[0] = static_cast<std::byte>(d.shared.count >> 8U & 0xff);
  d.pass_out(message);
}

constexpr std::string_view kLongest =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
    "4567890123456789012345678901234";
static_assert(kLongest.size() == kMaxControlPayloadSize);

std::vector<Deviation> shape_variants() {
  return {
      {"masked-frames", "frames-masking", "All frames are masked, with another key each.",
       edit_frames([](Deviant& d, FrameHeader& header) {
         std::mt19937 random(static_cast<std::uint32_t>(++d.shared.count));
         MaskKey& key = header.mask.emplace();
         for (std::byte& one : key) one = static_cast<std::byte>(random() & 0xff);
       })},
      {"mask-key-of-zeros", "frames-masking", "All frames are masked with the key 0.",
       edit_frames([](Deviant&, FrameHeader& header) { header.mask = MaskKey{}; })},
      {"masked-in-turn", "frames-masking", "Every second frame is masked.",
       edit_frames([](Deviant& d, FrameHeader& header) {
         constexpr MaskKey kKey{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
         if (++d.own.count % 2 == 0) header.mask = kKey;
       })},
      {"lengths-of-16-bits", "frames-length", "Messages have a length of 16 bits at least.",
       edit_frames([](Deviant&, FrameHeader& header) {
         if (!is_control(header)) header.length_form = LengthForm::k16Bit;
       })},
      {"lengths-of-64-bits", "frames-length", "All messages have a length of 64 bits.",
       edit_frames([](Deviant&, FrameHeader& header) {
         if (!is_control(header)) header.length_form = LengthForm::k64Bit;
       })},
      {"two-fragments", "frames-fragmentation", "Each message comes in two fragments.",
       cut_messages(
           [](Deviant&, OctetView payload, const auto& emit) { in_two(payload, emit, [] {}); })},
      {"fragments-of-one-octet", "frames-fragmentation",
       "The first 32 octets of each message come in fragments of one.",
       cut_messages([](Deviant&, OctetView payload, const auto& emit) {
         for (int i = 0; i < 32 && payload.size() > 1; ++i) {
           emit(payload.first(1), false);
           payload = payload.subspan(1);
         }
         emit(payload, true);
       })},
      {"empty-fragments", "frames-fragmentation",
       "Each message begins and ends with an empty fragment.",
       cut_messages([](Deviant&, OctetView payload, const auto& emit) {
         emit(payload.first(0), false);
         emit(payload, false);
         emit(payload.first(0), true);
       })},
      {"pings-between-fragments", "control-ping",
       "Each message comes in two fragments with a PING between them.",
       cut_messages([](Deviant& d, OctetView payload, const auto& emit) {
         in_two(payload, emit, [&] { send_control(d, Opcode::kPing, "between"); });
       })},
      {"pongs-between-fragments", "control-pong",
       "Each message comes in two fragments with a PONG between them.",
       cut_messages([](Deviant& d, OctetView payload, const auto& emit) {
         in_two(payload, emit, [&] { send_control(d, Opcode::kPong, ""); });
       })},
      {"masked-fragments-with-long-lengths", "frames-fragmentation",
       "Each message comes in two masked fragments with lengths of 64 bits.",
       cut_messages([](Deviant& d, OctetView payload, const auto&) {
         constexpr MaskKey kKey{std::byte{9}, std::byte{8}, std::byte{7}, std::byte{6}};
         FrameHeader header{.fin = false, .mask = kKey, .length_form = LengthForm::k64Bit};
         d.pass_frame(header, payload.first(payload.size() / 3));
         header.fin = true;
         header.opcode = code(Opcode::kContinuation);
         d.pass_frame(header, payload.subspan(payload.size() / 3));
       })},
      {"writes-of-one-octet", "frames-pieces",
       "The first 512 octets of what waits are written one by one.", Change{.write_size = 1}},
      {"writes-of-seven-octets", "frames-pieces",
       "The first 512 octets of what waits are written in pieces of seven.",
       Change{.write_size = 7}},
  };
}

std::vector<Deviation> noise_variants() {
  return {
      {"ping-before-each-message", "control-ping", "A PING comes before each message.",
       before_messages([](Deviant& d) { send_control(d, Opcode::kPing, "are you there"); })},
      {"empty-ping-before-each-message", "control-ping", "An empty PING comes before each message.",
       before_messages([](Deviant& d) { send_control(d, Opcode::kPing, ""); })},
      {"longest-ping-before-each-message", "control-ping",
       "A PING of 125 octets comes before each message.",
       before_messages([](Deviant& d) { send_control(d, Opcode::kPing, kLongest); })},
      {"pong-before-each-message", "control-pong",
       "A PONG that nobody asked for comes before each message.",
       before_messages([](Deviant& d) { send_control(d, Opcode::kPong, "heartbeat"); })},
      {"pong-after-each-message", "control-pong",
       "A PONG that nobody asked for comes after each message.",
       every_out([](Deviant& d, OctetView octets) {
         d.pass_out(octets);
         send_control(d, Opcode::kPong, "");
       })},
      {"empty-message-before-each-message", "frames-empty-message",
       "An empty message comes before each message.",
       before_messages([](Deviant& d) { d.pass_out(OctetView{}); })},
      {"empty-message-after-each-message", "frames-empty-message",
       "An empty message comes after each message.", every_out([](Deviant& d, OctetView octets) {
         d.pass_out(octets);
         d.pass_out(OctetView{});
       })},
      {"ping-at-the-start", "control-ping", "A PING comes before VERSION SET.",
       on_connect([](Deviant& d) { send_control(d, Opcode::kPing, "welcome"); })},
      {"pong-at-the-start", "control-pong", "A PONG comes before VERSION SET.",
       on_connect([](Deviant& d) { send_control(d, Opcode::kPong, "welcome"); })},
      {"empty-message-at-the-start", "frames-empty-message",
       "An empty message comes before VERSION SET.",
       on_connect([](Deviant& d) { d.pass_out(OctetView{}); })},
      {"ping-every-ten-milliseconds", "control-ping", "A PING comes every ten milliseconds.",
       on_connect([](Deviant& d) {
         d.own.kept.clear();
         struct Again {
           static void ping(Deviant& self) {
             if (!self.link().is_open() || ++self.own.count > 500) return;
             send_control(self, Opcode::kPing, "again");
             self.link().later(milliseconds(10), [&self] { ping(self); });
           }
         };
         Again::ping(d);
       })},
      {"unrelated-broadcasts", "events-broadcast",
       "A BROADCAST of another event comes before each message but the first.",
       every_out([](Deviant& d, OctetView octets) {
         send_unrelated_broadcast(d);
         d.own.flag = true;
         d.pass_out(octets);
       })},
      {"noise-of-all-kinds", "control-pong",
       "PINGs, PONGs, empty messages and BROADCASTs come around each message, which is in two "
       "fragments.",
       cut_messages([](Deviant& d, OctetView payload, const auto& emit) {
         in_two(payload, emit, [&] {
           send_control(d, Opcode::kPing, "p");
           send_control(d, Opcode::kPong, "");
         });
       }) + every_out([](Deviant& d, OctetView octets) {
         send_unrelated_broadcast(d);
         d.own.flag = true;
         d.pass_out(OctetView{});
         d.pass_out(octets);
         send_control(d, Opcode::kPong, "");
       })},
      {"everything-late",
       "calls-any-order",
       "All that is sent is sent 200 milliseconds late, in the same order.",
       on_frame_out([](Deviant& d, const FrameHeader& header, OctetView payload) {
         d.own.kept.push_back(encode_frame(header, payload));
         d.link().later(milliseconds(200), [&d] {
           if (d.own.kept.empty()) return;
           const Octets frame = std::move(d.own.kept.front());
           d.own.kept.pop_front();
           d.link().queue(frame);
         });
       }) + Change{.finish_delay = milliseconds(220)},
       {},
       DeviationRevisions::kAny,
       false,
       // One after another, thousands of answers would take long.
       {"server/basic/*", "server/describe*", "server/session-*", "server/token-*",
        "server/frame/*fragment*"}},
      {"end-late", "control-close", "A connection is ended 20 milliseconds late.",
       Change{.options = [](ReferenceServerOptions& o) { o.max_connections = 8192; },
              .finish_delay = milliseconds(20)}},
      {"close-without-code", "control-close", "A CLOSE is answered by one without a code.",
       on_control(FrameEventKind::kClose,
                  [](Deviant& d, const FrameEvent&) {
                    d.pass_frame({.opcode = code(Opcode::kClose)}, {});
                    d.link().finish();
                    return true;
                  })},
      {"close-always-1000", "control-close", "A CLOSE is answered by one with the code 1000.",
       on_control(FrameEventKind::kClose,
                  [](Deviant& d, const FrameEvent&) {
                    d.pass_frame({.opcode = code(Opcode::kClose)}, octets_of("\x03\xe8"));
                    d.link().finish();
                    return true;
                  })},
      {"close-with-reason", "control-close", "A CLOSE that is sent has a reason.",
       on_frame_out([](Deviant& d, const FrameHeader& header, OctetView payload) {
         if (header.opcode != code(Opcode::kClose) || payload.size() != 2) {
           return d.pass_frame(header, payload);
         }
         Octets longer(payload.begin(), payload.end());
         const auto reason = octets_of("goodbye");
         longer.insert(longer.end(), reason.begin(), reason.end());
         d.pass_frame(header, longer);
       })},
      {"pong-before-close", "control-close", "A PONG comes before a CLOSE.",
       on_frame_out([](Deviant& d, const FrameHeader& header, OctetView payload) {
         if (header.opcode == code(Opcode::kClose)) send_control(d, Opcode::kPong, "");
         d.pass_frame(header, payload);
       })},
  };
}

}  // namespace

std::vector<Deviation> frame_variants() {
  std::vector<Deviation> all = shape_variants();
  std::ranges::move(noise_variants(), std::back_inserter(all));
  return all;
}

}  // namespace wsapi
