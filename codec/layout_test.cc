// SPDX-License-Identifier: Apache-2.0

#include "codec/layout.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

constexpr Revision kOld = Revision::kLegacy;
constexpr Revision k01 = Revision::k2020_01;
constexpr Revision k03 = Revision::k2020_03;
constexpr Direction kUp = Direction::kToServer;
constexpr Direction kDown = Direction::kToClient;

// "name offset+size(content offset+size, nul at)" for each field, then the end of it all.
std::string shown(const MessageLayout& layout) {
  std::string out;
  for (const FieldLayout& field : layout.fields()) {
    out.append(field.name).append(" " + std::to_string(field.offset));
    out.append("+" + std::to_string(field.size));
    if (field.is_counted()) {
      out.append("(" + std::to_string(field.content_offset()));
      out.append("+" + std::to_string(field.content_size()));
      if (field.nul_offset()) out.append(" nul " + std::to_string(*field.nul_offset()));
      out.append(")");
    }
    out.append(" ");
  }
  return out + (layout.complete() ? "end " : "cut ") + std::to_string(layout.end());
}

struct LayoutCase {
  std::string_view what;
  Revision revision;
  Direction direction;
  std::string_view hex;
  std::string_view expected;
};
constexpr LayoutCase kCases[] = {
    {"ids of 16 bits", k01, kUp,
     "4b 0100 05000000 70696e6700 0000 0000 05000000 6e756c6c00 00000000",
     "call_id 1+2 verb 3+9(7+4 nul 11) session_id 12+2 token_id 14+2 args 16+9(20+4 nul 24) "
     "credentials 25+4(29+0) end 29"},
    {"the same message in legacy", kOld, kUp,
     "43 01000000 05000000 70696e6700 03000000 733100 05000000 6e756c6c00 02000000 6d00",
     "call_id 1+4 verb 5+9(9+4 nul 13) session 14+7(18+2 nul 20) args 21+9(25+4 nul 29) "
     "credentials 30+6(34+1 nul 35) end 36"},
    {"the id of DESCRIPTION in 2020-01", k01, kDown, "64 02000000 02000000 3100",
     "description_id 1+4 description 5+6(9+1 nul 10) end 11"},
    {"the id of DESCRIPTION in 2020-03", k03, kDown, "64 0200 02000000 3100",
     "description_id 1+2 description 3+6(7+1 nul 8) end 9"},
    {"raw bytes and u8", k01, kDown,
     "42 02000000 6100 02000000 3100 000102030405060708090a0b0c0d0e0f 09",
     "name 1+6(5+1 nul 6) data 7+6(11+1 nul 12) uuid 13+16 hop 29+1 end 30"},
    {"a list", k01, kUp, "56 09144c17 02 0301", "identifier 1+4 versions 5+3(6+2) end 8"},
    {"bytes after the message", k01, kUp, "44 0200 ffff", "description_id 1+2 end 3"},
    {"no field is whole", k01, kUp, "44 02", "cut 1"},
    {"a length beyond the end", k01, kDown, "45 0300 04000000 657674", "event_id 1+2 cut 3"},
    {"a length that would overflow", k01, kDown, "45 0300 ffffffff 00", "event_id 1+2 cut 3"},
    {"half a length", k01, kDown, "45 0300 0400", "event_id 1+2 cut 3"},
    {"a count beyond the end", k01, kUp, "56 09144c17 03 0301", "identifier 1+4 cut 5"},
    {"a text without its NUL is laid out", k01, kDown, "45 0300 02000000 6162",
     "event_id 1+2 name 3+6(7+1 nul 8) end 9"},
    {"a text of length 0 is laid out", k01, kDown, "45 0300 00000000",
     "event_id 1+2 name 3+4(7+0) end 7"},
    {"no byte", k01, kUp, "", "cut 0"},
    {"an unknown operation", k01, kUp, "00 0200", "cut 0"},
    {"an operation of the other direction", k01, kUp, "64 02000000 02000000 3100", "cut 0"},
};

TEST(Layout, SaysWhereEachFieldLies) {
  for (const LayoutCase& c : kCases) {
    const auto input = bytes(c.hex);
    EXPECT_EQ(shown(layout_of(input, c.revision, c.direction)), c.expected) << c.what;
  }
}

TEST(Layout, OfAKnownMessageDoesNotLookAtTheOperation) {
  const auto input = bytes("00 0200 05");
  EXPECT_EQ(shown(layout_of(input, k01, *find_message("describe"))), "description_id 1+2 end 3");
  EXPECT_EQ(shown(layout_of({}, k01, *find_message("describe"))), "cut 0");
}

}  // namespace
}  // namespace wsapi
