// SPDX-License-Identifier: Apache-2.0

// The writebuf rules of protocol section 6: the two limits, sharing of parts, and that a failure
// leaves everything as it was.

#include "codec/write_buf.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "codec/encode.h"
#include "codec/test_bytes.h"

namespace wsapi {
namespace {

using enum ErrorCode;
using Sizes = std::vector<std::size_t>;

Sizes part_sizes(const WriteBuf& out) {
  Sizes sizes;
  for (const iovec& part : out.parts()) sizes.push_back(part.iov_len);
  return sizes;
}

std::string content(const WriteBuf& out) { return to_hex(gather(out.parts())); }

// Everything that can be seen of a WriteBuf.
struct State {
  std::vector<std::pair<const void*, std::size_t>> parts;
  std::size_t scalar_size;
  std::string bytes;
  friend bool operator==(const State&, const State&) = default;
};

State state_of(const WriteBuf& out) {
  State state{.parts = {}, .scalar_size = out.scalar_size(), .bytes = content(out)};
  for (const iovec& part : out.parts()) state.parts.emplace_back(part.iov_base, part.iov_len);
  return state;
}

// `count` parts, none of them of scalars.
void put_parts(WriteBuf& out, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(out.put(chars("x")), kNone);
}

TEST(WriteBuf, StartsEmptyAndIsEmptyAfterClear) {
  WriteBuf out;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(out.parts().empty());
    EXPECT_EQ(out.part_count(), 0u);
    EXPECT_EQ(out.scalar_size(), 0u);
    EXPECT_EQ(out.size(), 0u);
    EXPECT_EQ(out.put_u16(1), kNone);
    EXPECT_EQ(out.put(chars("x")), kNone);
    EXPECT_EQ(out.size(), 3u);
    out.clear();
  }
}

TEST(WriteBuf, ScalarsAreLittleEndianAndNeighboursShareAPart) {
  WriteBuf out;
  EXPECT_EQ(out.put_u8(0xfe), kNone);
  EXPECT_EQ(out.put_u16(0x1234), kNone);
  EXPECT_EQ(out.put_u32(0x89abcdef), kNone);
  EXPECT_EQ(content(out), "fe3412efcdab89");
  EXPECT_EQ(part_sizes(out), Sizes{7});
}

TEST(WriteBuf, PutIsByReference) {
  const std::string text = "text";
  WriteBuf out;
  EXPECT_EQ(out.put(chars(text)), kNone);
  ASSERT_EQ(out.part_count(), 1u);
  EXPECT_EQ(out.parts()[0].iov_base, static_cast<const void*>(text.data()));
  EXPECT_EQ(out.parts()[0].iov_len, 4u);
  EXPECT_EQ(out.scalar_size(), 0u);
}

TEST(WriteBuf, ScalarsAreCopied) {
  WriteBuf out;
  auto scalars = bytes("0102");
  EXPECT_EQ(out.putbuf(scalars), kNone);
  scalars.assign(2, std::byte{0xff});
  EXPECT_EQ(content(out), "0102");
}

TEST(WriteBuf, APutBetweenScalarsEndsTheSharing) {
  WriteBuf out;
  EXPECT_EQ(out.put(chars("ab")), kNone);
  EXPECT_EQ(out.put_u8(1), kNone);
  EXPECT_EQ(out.put_u16(2), kNone);
  EXPECT_EQ(out.put(chars("c")), kNone);
  EXPECT_EQ(out.put(chars("d")), kNone);
  EXPECT_EQ(out.put_u8(3), kNone);
  EXPECT_EQ(out.put_u8(4), kNone);
  EXPECT_EQ(part_sizes(out), (Sizes{2, 3, 1, 1, 2}));
  EXPECT_EQ(content(out),
            "6162010200"
            "6364"
            "0304");
}

TEST(WriteBuf, NothingIsPutOfNoBytes) {
  WriteBuf out;
  EXPECT_EQ(out.put({}), kNone);
  EXPECT_EQ(out.putbuf({}), kNone);
  EXPECT_EQ(out.part_count(), 0u);
  // Between scalars it does not end their sharing, and it succeeds where nothing else would fit.
  EXPECT_EQ(out.put_u8(1), kNone);
  EXPECT_EQ(out.put({}), kNone);
  EXPECT_EQ(out.put_u8(2), kNone);
  EXPECT_EQ(part_sizes(out), Sizes{2});
  put_parts(out, 31);
  EXPECT_EQ(out.put({}), kNone);
  EXPECT_EQ(out.putbuf({}), kNone);
}

TEST(WriteBuf, Holds32PartsAndRefusesThe33rd) {
  WriteBuf out;
  put_parts(out, 32);
  const State before = state_of(out);
  EXPECT_EQ(before.parts.size(), 32u);
  EXPECT_EQ(out.put(chars("y")), kTooManyParts);
  EXPECT_EQ(out.put_u8(1), kTooManyParts);
  EXPECT_EQ(out.putbuf(chars("z")), kTooManyParts);
  EXPECT_EQ(state_of(out), before);
}

TEST(WriteBuf, AScalarMayGrowThe32ndPart) {
  WriteBuf out;
  put_parts(out, 31);
  EXPECT_EQ(out.put_u8(1), kNone);
  EXPECT_EQ(out.put_u32(2), kNone);
  EXPECT_EQ(out.part_count(), 32u);
  EXPECT_EQ(out.parts()[31].iov_len, 5u);
}

TEST(WriteBuf, Holds128BytesOfScalarsAndRefusesThe129th) {
  WriteBuf out;
  for (std::uint32_t i = 0; i < 31; ++i) EXPECT_EQ(out.put_u32(i), kNone);
  EXPECT_EQ(out.put_u16(31), kNone);
  EXPECT_EQ(out.put_u8(0), kNone);
  const State before = state_of(out);  // 127 bytes
  EXPECT_EQ(out.put_u16(1), kScalarBufferFull);
  EXPECT_EQ(out.put_u32(1), kScalarBufferFull);
  EXPECT_EQ(state_of(out), before);
  EXPECT_EQ(out.put_u8(9), kNone);
  EXPECT_EQ(part_sizes(out), Sizes{128});
  const State full = state_of(out);
  EXPECT_EQ(out.put_u8(1), kScalarBufferFull);
  EXPECT_EQ(state_of(out), full);
  EXPECT_EQ(out.put(chars("x")), kNone);  // which needs no scalar buffer
  EXPECT_EQ(out.put_u8(1), kScalarBufferFull);
}

TEST(WriteBuf, OnePutbufFillsTheScalarBuffer) {
  const std::vector<std::byte> block(129, std::byte{0x5a});
  WriteBuf out;
  EXPECT_EQ(out.putbuf(block), kScalarBufferFull);
  EXPECT_EQ(out.part_count(), 0u);
  EXPECT_EQ(out.putbuf(std::span(block).first(128)), kNone);
  EXPECT_EQ(out.size(), 128u);
}

// Only a part that ends where the next scalar will be may grow. Memory around the WriteBuf, and
// memory beside its scalar buffer, must not be taken for that.
TEST(WriteBuf, MemoryBesideTheBufferDoesNotGrow) {
  struct {
    std::array<std::byte, 4> front{};
    WriteBuf out;
    std::array<std::byte, 4> back{};
  } s;
  const auto use = [&](std::span<const std::byte> first, std::span<const std::byte> second) {
    s.out.clear();
    EXPECT_EQ(s.out.put(first), kNone);
    EXPECT_EQ(s.out.put_u8(1), kNone);
    EXPECT_EQ(s.out.put(second), kNone);
    EXPECT_EQ(s.out.put_u8(2), kNone);
    EXPECT_EQ(part_sizes(s.out), (Sizes{4, 1, 4, 1}));
    EXPECT_EQ(content(s.out),
              "0000000001"
              "0000000002");
  };
  use(s.front, s.back);
  use(s.back, s.front);
  // Scalars up to the very end of their buffer, and then the memory behind the object.
  s.out.clear();
  const std::vector<std::byte> all(128);
  EXPECT_EQ(s.out.putbuf(all), kNone);
  EXPECT_EQ(s.out.put(s.back), kNone);
  EXPECT_EQ(part_sizes(s.out), (Sizes{128, 4}));
}

// The last part's own description lies right in front of the scalar buffer.
TEST(WriteBuf, TheFirstScalarBeginsAPartWhateverLiesInFrontOfTheBuffer) {
  WriteBuf out;
  put_parts(out, 32);
  const auto front = std::as_bytes(out.parts().last(1));
  out.clear();
  EXPECT_EQ(out.put(front), kNone);
  EXPECT_EQ(out.put_u8(2), kNone);
  EXPECT_EQ(part_sizes(out), (Sizes{sizeof(iovec), 1}));
}

TEST(WriteBuf, StringIsLengthTextAndNul) {
  const std::string text = "ab";
  WriteBuf out;
  EXPECT_EQ(out.put_string(text), kNone);
  EXPECT_EQ(content(out),
            "03000000"
            "616200");
  EXPECT_EQ(part_sizes(out), (Sizes{4, 2, 1}));
  EXPECT_EQ(out.parts()[1].iov_base, static_cast<const void*>(text.data()));
}

TEST(WriteBuf, TheEmptyStringIsOnePartOfFiveBytes) {
  WriteBuf out;
  EXPECT_EQ(out.put_string(""), kNone);
  EXPECT_EQ(content(out), "0100000000");
  EXPECT_EQ(part_sizes(out), Sizes{5});
}

TEST(WriteBuf, NullStringIsLengthZeroOrAString) {
  WriteBuf out;
  EXPECT_EQ(out.put_nullstring(std::nullopt), kNone);
  EXPECT_EQ(out.put_nullstring(""), kNone);
  EXPECT_EQ(out.put_nullstring("a"), kNone);
  EXPECT_EQ(content(out),
            "00000000"
            "0100000000"
            "020000006100");
}

TEST(WriteBuf, ALengthWithItsNulMustFit32Bits) {
  constexpr std::size_t kMax = std::numeric_limits<std::uint32_t>::max();
  const char c = 'x';
  WriteBuf out;
  // Only the sizes count: put does not look at the memory.
  for (const std::size_t size : {kMax, kMax + 1, 2 * kMax}) {
    EXPECT_EQ(out.put_string(std::string_view(&c, size)), kStringTooLong);
    EXPECT_EQ(out.part_count(), 0u);
  }
  EXPECT_EQ(out.put_string(std::string_view(&c, kMax - 1)), kNone);
  EXPECT_EQ(to_hex(gather(out.parts().first(1))), "ffffffff");
  EXPECT_EQ(out.size(), 4 + kMax);
}

struct FailureCase {
  std::string_view what;
  std::size_t scalars;  // bytes, put first
  std::size_t parts;    // put then
  bool scalar_last;     // one more byte of scalars
  std::string_view text;
  ErrorCode code;
};

TEST(WriteBuf, AStringThatFailsAtAnyStepLeavesEverythingAsItWas) {
  for (const FailureCase& c : std::vector<FailureCase>{
           {"length: no part", 0, 32, false, "ab", kTooManyParts},
           {"text: no part", 0, 31, false, "ab", kTooManyParts},
           {"text: no part, the length grew the last one", 0, 31, true, "ab", kTooManyParts},
           {"NUL: no part", 0, 30, false, "ab", kTooManyParts},
           {"NUL: no part, the length grew the last one", 0, 30, true, "ab", kTooManyParts},
           {"length: no room", 125, 0, false, "ab", kScalarBufferFull},
           {"NUL: no room, the length grew the only part", 124, 0, false, "ab", kScalarBufferFull},
           {"NUL: no room, the length had a part of its own", 124, 1, false, "ab",
            kScalarBufferFull},
           {"NUL of an empty text: no room", 124, 0, false, "", kScalarBufferFull},
           {"all at once", 124, 30, false, "ab", kTooManyParts},
       }) {
    SCOPED_TRACE(c.what);
    const std::vector<std::byte> scalars(c.scalars, std::byte{0x11});
    WriteBuf out;
    ASSERT_EQ(out.putbuf(scalars), kNone);
    put_parts(out, c.parts);
    if (c.scalar_last) {
      ASSERT_EQ(out.put_u8(0x22), kNone);
    }
    const State before = state_of(out);
    EXPECT_EQ(out.put_string(c.text), c.code);
    EXPECT_EQ(state_of(out), before);
    EXPECT_EQ(out.put_nullstring(c.text), c.code);
    EXPECT_EQ(state_of(out), before);
  }
}

TEST(WriteBuf, AMarkIsAStateToReturnTo) {
  WriteBuf out;
  const WriteBuf::Mark empty = out.mark();
  EXPECT_EQ(out.put_u8(1), kNone);
  const State one = state_of(out);
  const WriteBuf::Mark mark = out.mark();
  EXPECT_EQ(out.put_u32(2), kNone);
  EXPECT_EQ(out.put_string("ab"), kNone);
  out.rollback(mark);
  EXPECT_EQ(state_of(out), one);
  EXPECT_EQ(out.put_u8(3), kNone);  // behind it all goes on as if nothing had been
  EXPECT_EQ(content(out), "0103");
  EXPECT_EQ(part_sizes(out), Sizes{2});
  out.rollback(empty);
  EXPECT_EQ(out.part_count(), 0u);
  EXPECT_EQ(out.size(), 0u);
}

TEST(WriteBuf, TheFrameHeaderIsThatOfOneFinalUnmaskedBinaryFrame) {
  const std::vector<std::pair<std::size_t, std::string_view>> rows = {
      {0, "8200"},       {1, "8201"},         {125, "827d"},
      {126, "827e007e"}, {65535, "827effff"}, {65536, "827f0000000000010000"},
  };
  for (const auto& [size, header] : rows) {
    const std::vector<std::byte> payload(size, std::byte{0x77});
    WriteBuf out;
    ASSERT_EQ(out.put(payload), kNone);
    for (int i = 0; i < 2; ++i) {  // may be called again
      const auto framed = out.framed_parts();
      ASSERT_EQ(framed.size(), 1 + out.part_count());
      EXPECT_EQ(to_hex(gather(framed.first(1))), header);
      EXPECT_EQ(gather(framed.subspan(1)), payload);
    }
  }
}

TEST(WriteBuf, EverySizeOfSevenBitsIsInTheSecondByteOfTheHeader) {
  const std::vector<std::byte> payload(125);
  for (std::size_t size = 0; size <= payload.size(); ++size) {
    WriteBuf out;
    ASSERT_EQ(out.put(std::span(payload).first(size)), kNone);
    const auto header = gather(out.framed_parts().first(1));
    EXPECT_EQ(header, (std::vector{std::byte{0x82}, static_cast<std::byte>(size)}));
  }
}

TEST(WriteBuf, TheFrameHeaderTakesNoneOfThe32Parts) {
  WriteBuf out;
  put_parts(out, 32);
  const State before = state_of(out);
  const auto framed = out.framed_parts();
  EXPECT_EQ(framed.size(), 33u);
  EXPECT_EQ(to_hex(gather(framed.first(1))), "8220");
  EXPECT_EQ(state_of(out), before);
}

TEST(WriteBuf, AHeaderIsOfTheMessageAsItIsNow) {
  WriteBuf out;
  EXPECT_EQ(out.put_u8(1), kNone);
  EXPECT_EQ(to_hex(gather(out.framed_parts())), "820101");
  EXPECT_EQ(out.put_u8(2), kNone);
  EXPECT_EQ(to_hex(gather(out.framed_parts())), "82020102");
}

}  // namespace
}  // namespace wsapi
