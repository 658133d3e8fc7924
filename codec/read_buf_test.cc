// SPDX-License-Identifier: Apache-2.0

// The readbuf rules of protocol section 6: each primitive at every boundary, and that a failure
// neither moves the cursor nor touches the output.

#include "codec/read_buf.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/test_bytes.h"

namespace wsapi {
namespace {

constexpr std::string_view kUntouched = "untouched";

// Reads one primitive from each prefix of its bytes: all but the whole must fail as `truncated`.
template <typename Value>
void expect_whole_or_nothing(std::string_view hex, ErrorCode (ReadBuf::*get)(Value&) noexcept,
                             Value before, Value expected) {
  const auto whole = bytes(hex);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    // A copy of exactly that size: a read beyond it is seen by the sanitizer.
    const std::vector<std::byte> prefix(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(size));
    ReadBuf in(prefix);
    Value value = before;
    const bool complete = size == whole.size();
    EXPECT_EQ(name((in.*get)(value)), complete ? "none" : "truncated") << hex << ", " << size;
    EXPECT_EQ(value, complete ? expected : before);
    EXPECT_EQ(in.offset(), complete ? size : 0);
    EXPECT_EQ(in.remaining(), complete ? 0 : size);
  }
}

TEST(ReadBuf, ScalarsAreLittleEndianAndFailOnEveryPrefix) {
  expect_whole_or_nothing<char>("4b", &ReadBuf::get_char, '?', 'K');
  expect_whole_or_nothing<char>("ff", &ReadBuf::get_char, '?', '\xff');
  expect_whole_or_nothing<std::uint8_t>("80", &ReadBuf::get_u8, 7, 0x80);
  expect_whole_or_nothing<std::uint16_t>("0180", &ReadBuf::get_u16, 7, 0x8001);
  expect_whole_or_nothing<std::uint32_t>("09144c17", &ReadBuf::get_u32, 7, 0x174C1409);
  expect_whole_or_nothing<std::uint32_t>("fffffffe", &ReadBuf::get_u32, 7, 0xFEFFFFFF);
}

TEST(ReadBuf, ScalarsAreReadFromBehindTheCursor) {
  const auto input = bytes("01 0200 03000000 04");
  ReadBuf in(input);
  std::uint8_t a = 0;
  std::uint16_t b = 0;
  std::uint32_t c = 0;
  EXPECT_EQ(in.get_u8(a), ErrorCode::kNone);
  EXPECT_EQ(in.get_u16(b), ErrorCode::kNone);
  EXPECT_EQ(in.get_u32(c), ErrorCode::kNone);
  EXPECT_EQ(a, 1);
  EXPECT_EQ(b, 2);
  EXPECT_EQ(c, 3u);
  EXPECT_EQ(in.offset(), 7u);
  EXPECT_EQ(in.get_u16(b), ErrorCode::kTruncated);
  EXPECT_EQ(in.offset(), 7u);
}

TEST(ReadBuf, RawBytesAreAViewOfExactlyTheSizeOrNothing) {
  const auto input = bytes("00 01 02 03");
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{4},
                                 std::size_t{5}, std::size_t{0xffffffff}, ~std::size_t{0}}) {
    ReadBuf in(input);
    std::span<const std::byte> out;
    if (size <= input.size()) {
      EXPECT_EQ(in.get_bytes(size, out), ErrorCode::kNone);
      EXPECT_EQ(out.data(), input.data());
      EXPECT_EQ(out.size(), size);
      EXPECT_EQ(in.offset(), size);
    } else {
      EXPECT_EQ(in.get_bytes(size, out), ErrorCode::kTruncated);
      EXPECT_EQ(out.data(), nullptr);
      EXPECT_EQ(in.offset(), 0u);
    }
  }
}

TEST(ReadBuf, NoBytesOfAnEmptyInputAreNoError) {
  ReadBuf in({});
  std::span<const std::byte> out;
  EXPECT_EQ(in.get_bytes(0, out), ErrorCode::kNone);
  EXPECT_EQ(in.get_bytes(1, out), ErrorCode::kTruncated);
}

struct StringCase {
  std::string_view what;
  std::string_view hex;
  std::string_view code;  // of get_string
  std::string text;       // as hexadecimal, where it succeeds
  std::size_t offset = 0;
};

const std::vector<StringCase> kStringCases = {
    {"no input", "", "truncated", ""},
    {"1 byte of the length", "01", "truncated", ""},
    {"3 bytes of the length", "010000", "truncated", ""},
    {"length 0", "00000000", "string-length-zero", ""},
    {"length 0, bytes behind", "00000000 6100", "string-length-zero", ""},
    {"empty string", "01000000 00", "none", "", 5},
    {"length 1, no byte", "01000000", "length-beyond-end", ""},
    {"length 1, no NUL", "01000000 61", "string-without-nul", ""},
    {"length n", "03000000 616200", "none", "6162", 7},
    {"length n - 1: its last byte is no NUL", "02000000 616200", "string-without-nul", ""},
    {"length n + 1", "04000000 616200", "length-beyond-end", ""},
    {"length n - 1 of two NULs", "02000000 610000", "none", "61", 6},
    {"NUL missing, but there behind the length", "02000000 6162 00", "string-without-nul", ""},
    {"NUL inside", "05000000 6100620000", "none", "61006200", 9},
    {"nothing but NULs", "02000000 0000", "none", "00", 6},
    {"not UTF-8", "03000000 ff8000", "none", "ff80", 7},
    {"length 0x100 with 1 byte", "00010000 00", "length-beyond-end", ""},
    {"length 0x7fffffff", "ffffff7f 6100", "length-beyond-end", ""},
    {"length 0x80000000", "00000080 6100", "length-beyond-end", ""},
    {"length 0xfffffffc: with the length 2^32", "fcffffff 6100", "length-beyond-end", ""},
    {"length 0xffffffff", "ffffffff 6100", "length-beyond-end", ""},
};

TEST(ReadBuf, StringCountsItsNulAndFailsWithoutMoving) {
  for (const StringCase& c : kStringCases) {
    SCOPED_TRACE(c.what);
    const auto input = bytes(c.hex);
    ReadBuf in(input);
    std::string_view text = kUntouched;
    EXPECT_EQ(name(in.get_string(text)), c.code);
    EXPECT_EQ(text, c.code == "none" ? text_of(c.text) : kUntouched);
    EXPECT_EQ(in.offset(), c.offset);
  }
}

TEST(ReadBuf, NullStringDiffersFromStringInLengthZeroAlone) {
  for (const StringCase& c : kStringCases) {
    SCOPED_TRACE(c.what);
    const auto input = bytes(c.hex);
    ReadBuf in(input);
    std::optional<std::string_view> text = kUntouched;
    const bool null = c.code == "string-length-zero";
    EXPECT_EQ(name(in.get_nullstring(text)), null ? "none" : c.code);
    EXPECT_EQ(text.has_value(), !null);
    if (!null) {
      EXPECT_EQ(text, c.code == "none" ? text_of(c.text) : kUntouched);
    }
    EXPECT_EQ(in.offset(), null ? 4 : c.offset);
  }
}

TEST(ReadBuf, StringsFailWithoutMovingBehindOtherValuesToo) {
  for (const StringCase& c : kStringCases) {
    if (c.code == "none") continue;
    SCOPED_TRACE(c.what);
    const auto input = bytes("2a" + std::string{c.hex});
    ReadBuf in(input);
    std::uint8_t first = 0;
    std::string_view text = kUntouched;
    EXPECT_EQ(in.get_u8(first), ErrorCode::kNone);
    EXPECT_EQ(name(in.get_string(text)), c.code);
    EXPECT_EQ(in.offset(), 1u);
  }
}

TEST(ReadBuf, TextsAreViewsIntoTheInput) {
  const auto input = bytes("03000000 616200");
  ReadBuf in(input);
  std::string_view text;
  ASSERT_EQ(in.get_string(text), ErrorCode::kNone);
  EXPECT_EQ(static_cast<const void*>(text.data()), static_cast<const void*>(input.data() + 4));
}

}  // namespace
}  // namespace wsapi
