// SPDX-License-Identifier: Apache-2.0
//
// What harms the process that serves the connections.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "harness/peers/deviations/changes.h"
#include "harness/peers/deviations/defects.h"

namespace wsapi {
namespace {

using namespace changes;
using enum FrameFate;

// The process may not be given more than this, whatever a length claims.
constexpr std::size_t kMaxTouched = 512U << 20U;

void touch(std::size_t size) {
  constexpr std::size_t kPage = 4096;
  void* const memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  for (std::size_t at = 0; at < size; at += kPage) static_cast<volatile char*>(memory)[at] = 1;
  ::munmap(memory, size);
}

// Memory that stays in use.
void leak(Deviant& d, std::size_t size) { d.shared.kept.emplace_back(size, std::byte{0x5a}); }

[[noreturn]] void fault() {
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
  std::abort();
}

void spin() {
  static const std::atomic<bool> kGoesOn{true};
  while (kGoesOn.load(std::memory_order_relaxed)) {
  }
}

void say_fault(const char* line) {
  std::fputs(line, stderr);
  std::fflush(stderr);
}

// Calibration runs these cases alone: all that are about the harm that a server may come to take
// long.
struct ShownBy {
  std::string_view defect;
  std::vector<std::string_view> cases;
};

std::vector<ShownBy> shown_by() {
  return {
      {"leak-per-malformed-call", {"server/resources/memory-*"}},
      {"leak-of-100-octets-per-malformed", {"server/resources/memory-*"}},
      {"leak-per-connection", {"server/resources/memory-*"}},
      {"leak-per-fragment", {"server/resources/memory-*"}},
      {"leak-per-call", {"server/resources/memory-*"}},
      {"descriptor-per-connection", {"server/resources/left-c*", "server/resources/left-reset*"}},
      {"threads-per-connection", {"server/resources/left-c*", "server/resources/left-reset*"}},
      {"memory-by-claim", {"server/resources/touched-*"}},
      {"memory-by-string-length", {"server/resources/touched-*"}},
      {"spin-on-empty-fragment", {"server/frame/*fragment*"}},
      {"spin-after-fragment", {"server/frame/*fragment*", "server/resources/idle-*"}},
      {"crash-on-token-remove", {"server/token-*", "server/session/*"}},
      {"crash-on-unexpected", {"server/event*"}},
      {"crash-on-long-verb", {"server/call/*verb*"}},
      {"crash-on-wrong-direction", {"server/misdirected/*"}},
      {"crash-on-end-with-waiting-call", {"server/flow/*"}},
      {"exit-on-fragment-flood", {"server/frame/*fragment*"}},
      {"hang-on-malformed-session", {"server/session/*", "server/session-create/*cut*"}},
      {"child-crashes", {"server/frame/*"}},
      {"trapped-fault-on-stderr", {"server/call/*"}},
      {"runtime-error-on-stderr", {"server/call/*"}},
      {"crash-after-many-connections", {"server/resources/left-*"}},
      {"crash-on-two-ends-at-once", {"server/flow/*", "server/stress/*"}},
  };
}

}  // namespace

std::vector<Deviation> process_defects() {
  std::vector<Deviation> all{
      {"crash-on-token-remove",
       "classes-no-harm",
       "TOKEN REMOVE is a segmentation fault.",
       before_in<TokenRemove>([](Deviant&, const TokenRemove&) { fault(); }),
       {"sessions-remove", "sessions-not-answered", "faults"},
       DeviationRevisions::kOfVersion1},
      {"crash-on-unexpected",
       "classes-no-harm",
       "EVENT UNEXPECTED of an id that does not exist aborts the process.",
       before_in<EventUnexpected>([](Deviant&, const EventUnexpected& m) {
         if (m.event_id > 1000) std::abort();
       }),
       {"events-unexpected", "faults"},
       DeviationRevisions::kOfVersion1},
      {"crash-on-long-verb",
       "classes-no-harm",
       "A verb of more than 255 octets is a segmentation fault.",
       before_in<Call>([](Deviant&, const Call& m) {
         if (m.verb.size() > 255) fault();
       }),
       {"primitives-string", "messages-call", "faults"}},
      {"crash-on-wrong-direction",
       "classes-no-harm",
       "An EVENT PUSH that comes to the server aborts the process.",
       every_in([](Deviant& d, OctetView octets) {
         if (has_operation_of<EventPush>(octets, d.revision())) std::abort();
         d.pass_in(octets);
       }),
       {"unknown-direction", "faults"}},
      {"crash-on-end-with-waiting-call",
       "classes-no-harm",
       "The end of a connection whose call waits is a segmentation fault 20 ms later.",
       Change{.ended =
                  [](Deviant& d) {
                    if (d.own.count > 0) d.shared.flag = true;
                  },
              .octets_in =
                  [](Deviant& d, Octets&) {
                    if (d.shared.flag) fault();
                  },
              .message_in =
                  [](Deviant& d, OctetView octets) {
                    const auto call = decode_as<Call>(octets, d.revision());
                    if (call && lower(call->verb) == "delay") ++d.own.count;
                    d.pass_in(octets);
                  },
              .message_out =
                  [](Deviant& d, OctetView octets) {
                    const auto reply = decode_as<Reply>(octets, d.revision());
                    if (reply && lower(d.call(reply->call_id).verb) == "delay") --d.own.count;
                    d.pass_out(octets);
                  }},
       {"calls-disconnected", "calls-one-reply", "faults"}},
      {"exit-on-fragment-flood",
       "classes-no-harm",
       "More than 50 fragments of one message end the process with status 1.",
       on_header([](Deviant& d, FrameHeader& header) {
         if (is_control(header)) return kPassed;
         d.own.count = header.fin ? 0 : d.own.count + 1;
         if (d.own.count > 50) std::_Exit(1);
         return kPassed;
       }),
       {"frames-fragmentation", "frames-limit", "faults"}},
      {"hang-on-malformed-session",
       "classes-no-harm",
       "A malformed SESSION CREATE stops the process for ever.",
       on_malformed<SessionCreate>([](Deviant&, OctetView) { ::pause(); }),
       {"classes-truncated", "classes-string-nul", "classes-string-length", "faults"},
       DeviationRevisions::kOfVersion1},
      {"spin-on-empty-fragment",
       "classes-no-harm",
       "An empty fragment makes the process spin, and nothing more is served.",
       on_header([](Deviant&, FrameHeader& header) {
         if (!header.fin && !is_control(header) && header.payload_size == 0) spin();
         return kPassed;
       }),
       {"frames-fragmentation", "faults"}},
      {"spin-after-fragment",
       "classes-no-harm",
       "After a fragmented message a thread spins; all is served on.",
       on_header([](Deviant& d, FrameHeader& header) {
         if (is_control(header) || header.fin || d.shared.flag) return kPassed;
         d.shared.flag = true;
         std::thread(spin).detach();
         return kPassed;
       }),
       {"frames-fragmentation", "faults"}},
      {"leak-per-malformed-call",
       "classes-no-harm",
       "Each malformed CALL leaves 4 KiB of memory in use.",
       on_malformed<Call>([](Deviant& d, OctetView octets) {
         leak(d, 4096);
         d.pass_in(octets);
       }),
       {"faults", "calls-malformed"}},
      {"leak-of-100-octets-per-malformed",
       "classes-no-harm",
       "Each malformed message leaves 100 octets of memory in use.",
       every_in([](Deviant& d, OctetView octets) {
         if (!octets.empty() && !decode(octets, d.revision(), Direction::kToServer)) leak(d, 100);
         d.pass_in(octets);
       }),
       {"faults", "calls-malformed"}},
      {"leak-per-connection",
       "classes-no-harm",
       "Each connection leaves 1 KiB of memory in use.",
       on_end([](Deviant& d) { leak(d, 1024); }),
       {"faults"}},
      {"leak-per-fragment",
       "classes-no-harm",
       "Each fragment leaves 4 KiB of memory in use.",
       on_header([](Deviant& d, FrameHeader& header) {
         if (!is_control(header) && (!header.fin || header.opcode == 0)) leak(d, 4096);
         return kPassed;
       }),
       {"faults", "frames-fragmentation"}},
      {"leak-per-call",
       "classes-no-harm",
       "Each CALL leaves 512 octets of memory in use.",
       before_in<Call>([](Deviant& d, const Call&) { leak(d, 512); }),
       {"faults"}},
      {"descriptor-per-connection",
       "classes-no-harm",
       "Each connection leaves a descriptor open.",
       on_end([](Deviant&) { (void)::open("/dev/null", O_RDONLY | O_CLOEXEC); }),
       {"faults"}},
      {"memory-by-claim",
       "frames-length",
       "Memory is touched for the length that a frame claims, up to 512 MiB.",
       on_header([](Deviant&, FrameHeader& header) {
         if (header.payload_size > kDefaultMaxPayloadSize) {
           touch(
               static_cast<std::size_t>(std::min<std::uint64_t>(header.payload_size, kMaxTouched)));
         }
         return kPassed;
       }),
       {"classes-no-harm", "faults"}},
      {"memory-by-string-length",
       "classes-no-harm",
       "Memory is touched for the length that a verb claims, up to 512 MiB.",
       every_in([](Deviant& d, OctetView octets) {
         constexpr std::size_t kLengthAt = 3;
         if (has_operation_of<Call>(octets, d.revision()) && octets.size() >= kLengthAt + 4) {
           std::uint32_t size = 0;
           for (std::size_t i = 4; i > 0; --i) {
             size = size << 8U | std::to_integer<std::uint32_t>(octets[kLengthAt + i - 1]);
           }
           if (size > kDefaultMaxPayloadSize) touch(std::min<std::size_t>(size, kMaxTouched));
         }
         d.pass_in(octets);
       }),
       {"classes-string-length", "faults"},
       DeviationRevisions::kOfVersion1},
      {"child-crashes",
       "classes-no-harm",
       "A violation is handled by a child process that dies by a segmentation fault after 60 ms.",
       on_control(FrameEventKind::kViolation,
                  [](Deviant&, const FrameEvent&) {
                    const pid_t child = ::fork();
                    if (child == 0) {
                      ::usleep(60'000);
                      fault();
                    }
                    if (child > 0) ::waitpid(child, nullptr, 0);
                    return false;
                  }),
       {"faults", "frames-violation"}},
      {"trapped-fault-on-stderr",
       "classes-no-harm",
       "A CALL of the empty verb is a segmentation fault that the process traps and reports.",
       before_in<Call>([](Deviant&, const Call& m) {
         if (m.verb.empty()) say_fault("CRITICAL: signal 11 (SIGSEGV) caught, job aborted\n");
       }),
       {"faults", "primitives-string"}},
      {"runtime-error-on-stderr",
       "classes-no-harm",
       "A call id above 32,767 is undefined behaviour that is reported on standard error.",
       before_in<Call>([](Deviant&, const Call& m) {
         if (m.call_id > 0x7fff) {
           say_fault(
               "server.c:211:9: runtime error: left shift of 32768 by 16 places cannot be "
               "represented in type 'int'\n");
         }
       }),
       {"faults", "primitives-integers", "messages-call"}},
      {"threads-per-connection",
       "classes-no-harm",
       "Each connection leaves a thread that sleeps for ever.",
       on_end([](Deviant& d) {
         if (++d.shared.count < 2000) std::thread([] { ::pause(); }).detach();
       }),
       {"faults"}},
      {"crash-after-many-connections",
       "classes-no-harm",
       "The 1,000th connection aborts the process.",
       on_connect([](Deviant& d) {
         if (d.number() == 1000) std::abort();
       }),
       {"faults"}},
      {"crash-on-two-ends-at-once",
       "classes-no-harm",
       "Two connections with half a frame that end within a millisecond are a segmentation fault.",
       Change{.ended =
                  [](Deviant& d) {
                    if (!d.own.position.in_frame()) return;
                    const auto now = static_cast<std::uint64_t>(
                        std::chrono::steady_clock::now().time_since_epoch().count());
                    if (now - std::exchange(d.shared.count, now) < 1'000'000) fault();
                  },
              .octets_in = [](Deviant& d, Octets& octets) { d.own.position.pass(octets); }},
       {"faults"}},
  };
  for (Deviation& one : all) one.harms_process = true;
  for (ShownBy& row : shown_by()) {
    const auto defect = std::ranges::find(all, row.defect, &Deviation::name);
    if (defect != all.end()) defect->cases = std::move(row.cases);
  }
  return all;
}

}  // namespace wsapi
