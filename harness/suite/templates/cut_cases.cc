// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/templates/cut_cases.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/frame.h"
#include "harness/suite/requirements.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

constexpr MaskKey kMask{std::byte{0x37}, std::byte{0xfa}, std::byte{0x21}, std::byte{0x3d}};
constexpr std::size_t kPayloadPlaces = 4;  // one for each octet of the mask key

struct Shape {
  std::string_view name;
  std::string_view length;  // in words
  bool is_masked;
  std::size_t header_size;  // bytes
  std::size_t text_size;    // bytes of the args' text; the rest of the call adds less than 60
  std::uint16_t call_id;    // two bytes that differ, so that each of them tells
};

constexpr Shape kShapes[] = {
    {"plain-7", "7-bit", false, 2, 8, 0x0102},
    {"masked-7", "7-bit", true, 6, 8, 0x0103},
    {"plain-16", "16-bit", false, 4, 200, 0x0104},
    {"masked-16", "16-bit", true, 8, 200, 0x0105},
    {"plain-64", "64-bit", false, 10, 66000, 0x0106},
    {"masked-64", "64-bit", true, 14, 66000, 0x0107},
};

// Where the frame is cut, in words. The parts of the header follow RFC 6455 section 5.2.
std::string place_of(const Shape& shape, std::size_t at) {
  const std::size_t key_size = shape.is_masked ? kMask.size() : 0;
  const std::size_t key_begin = shape.header_size - key_size;
  if (at > shape.header_size) {
    return fmt::format("after {} of the payload's bytes", at - shape.header_size);
  }
  if (at == shape.header_size) return "between header and payload";
  if (at > key_begin) return fmt::format("after {} of the mask key's bytes", at - key_begin);
  if (shape.is_masked && at == key_begin) return "before the mask key";
  if (at == 1) return "after its first byte";
  return fmt::format("after {} of the extended length's bytes", at - 2);
}

// Text in which each byte differs from those near it, so that an error of position shows.
std::string text_of(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>('a' + i % 23);
  return out;
}

template <typename Action>
Step on_main(Action action) {
  return Step{.connection = "main", .action = std::move(action)};
}

TestCase cut_case(const Shape& shape, std::size_t at, bool echoes) {
  TestCase out;
  out.id = case_id(Role::kServer,
                   fmt::format("{}{}{}@{}", kCutPrefix, shape.name, echoes ? "-echo" : "", at));
  out.derived = true;
  out.purpose = fmt::format(
      "{} frame with a {} length arrives cut {}: {}.", shape.is_masked ? "A masked" : "An unmasked",
      shape.length, place_of(shape, at),
      echoes ? "echo must give back what the frame holds" : "its call is answered by its id");
  out.clause = "frames-pieces";
  out.revisions = {Revision::k2020_01, Revision::k2020_03};
  if (echoes) out.requirements = {verb_requirement("echo")};
  const nlohmann::json args{{"json", text_of(shape.text_size)}};
  SendMessage send{.message = {{"message", "call"},
                               {"call_id", shape.call_id},
                               {"verb", echoes ? "echo" : "no-such-verb"},
                               {"session_id", 0},
                               {"token_id", 0},
                               {"args", args},
                               {"credentials", nullptr}},
                   .frame = {}};
  if (shape.is_masked) send.frame.mask = kMask;
  send.frame.cuts = {at};
  Pattern reply{{"message", "reply"}, {"call_id", shape.call_id}, {"error", {{"present", true}}}};
  if (echoes) {
    reply["error"] = nullptr;
    reply["data"] = args;
  }
  out.script = script_of({on_main(Connect{}), on_main(std::move(send)),
                          on_main(Expect{.mode = Expect::Mode::kAll, .patterns = {reply}}),
                          on_main(Barrier{})});
  return out;
}

}  // namespace

std::vector<TestCase> cut_cases() {
  std::vector<TestCase> cases;
  for (const Shape& shape : kShapes) {
    for (const bool echoes : {false, true}) {
      for (std::size_t at = 1; at <= shape.header_size + kPayloadPlaces; ++at) {
        cases.push_back(cut_case(shape, at, echoes));
      }
    }
  }
  return cases;
}

}  // namespace wsapi
