// SPDX-License-Identifier: Apache-2.0
//
// ReadBuf against a slow, obvious model of it. Input: a byte n, n bytes that are operations, and
// the bytes that are read.

#include "codec/read_buf.h"

#include <limits>

#include "fuzz/check.h"
#include "fuzz/exact_memory.h"
#include "fuzz/under_test.h"

namespace wsapi::fuzz {
namespace {

using Bytes = std::span<const std::byte>;

// What an operation must give.
struct Expected {
  ErrorCode code = ErrorCode::kNone;
  std::uint64_t value = 0;  // of an integer; where a view begins
  std::uint64_t size = 0;   // of a view
  bool null = false;
};

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
// Never inlined, for the engine would learn from it. Reads byte by byte, and computes with 64 bits,
// in which no 32-bit length can overflow.
class Model {
 public:
  explicit Model(Bytes bytes, std::uint64_t position) : bytes_(bytes), position_(position) {}

  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t left() const { return bytes_.size() - position_; }

  [[gnu::noinline]] Expected integer(std::uint64_t width) {
    if (left() < width) return {.code = ErrorCode::kTruncated};
    Expected expected{.value = integer_at(position_, width)};
    position_ += width;
    return expected;
  }

  [[gnu::noinline]] Expected view(std::uint64_t size) {
    if (left() < size) return {.code = ErrorCode::kTruncated};
    Expected expected{.value = position_, .size = size};
    position_ += size;
    return expected;
  }

  [[gnu::noinline]] Expected text(bool may_be_null) {
    constexpr std::uint64_t kLengthSize = 4;
    if (left() < kLengthSize) return {.code = ErrorCode::kTruncated};
    const std::uint64_t length = integer_at(position_, kLengthSize);
    if (length == 0) {
      if (!may_be_null) return {.code = ErrorCode::kStringLengthZero};
      position_ += kLengthSize;
      return {.null = true};
    }
    const std::uint64_t begin = position_ + kLengthSize;
    const std::uint64_t end = begin + length;
    if (end > bytes_.size()) return {.code = ErrorCode::kLengthBeyondEnd};
    if (bytes_[end - 1] != std::byte{0}) return {.code = ErrorCode::kStringWithoutNul};
    position_ = end;
    return {.value = begin, .size = length - 1};
  }

 private:
  [[nodiscard]] std::uint64_t integer_at(std::uint64_t at, std::uint64_t width) const {
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < width; ++i) {
      value += std::to_integer<std::uint64_t>(bytes_[at + i]) << (8 * i);
    }
    return value;
  }

  Bytes bytes_;
  std::uint64_t position_;
};

// Touches every byte of the view of `read`, which is in `bytes` as well.
[[gnu::noinline]] void check_view(Bytes view, const Expected& expected, Bytes read, Bytes bytes) {
  check(view.size() == expected.size, "a view has the size that the model says");
  check(view.data() == read.data() + expected.value, "a view lies in the input, and begins there");
  check(same_bytes(view, bytes.subspan(expected.value, expected.size)),
        "a view has the bytes of the input");
}
WSAPI_FUZZ_NOT_UNDER_TEST_END

class Run {
 public:
  // `read` is in memory of its own; `bytes` are the same for the model.
  Run(Bytes read, Bytes bytes) : read_(read), bytes_(bytes), readbuf_(read), model_(bytes, 0) {}

  void operate(std::uint8_t operation) {
    const unsigned argument = operation >> 3U;
    switch (operation & 7U) {
      case 0: integer<char>(&ReadBuf::get_char); break;
      case 1: integer<std::uint8_t>(&ReadBuf::get_u8); break;
      case 2: integer<std::uint16_t>(&ReadBuf::get_u16); break;
      case 3: integer<std::uint32_t>(&ReadBuf::get_u32); break;
      case 4: string(); break;
      case 5: nullstring(); break;
      case 6: raw(argument); break;
      default: edge(argument); break;
    }
    check(readbuf_.offset() == model_.position(), "the cursor is where the model is");
    check(readbuf_.remaining() == model_.left(), "as many bytes remain as the model has left");
  }

 private:
  template <typename Integer>
  void integer(ErrorCode (ReadBuf::*get)(Integer&)) {
    constexpr auto kBefore = static_cast<Integer>(0x5a5a5a5aU);
    Integer value = kBefore;
    const ErrorCode code = (readbuf_.*get)(value);
    const Expected expected = model_.integer(sizeof(Integer));
    check(code == expected.code, "an integer fails as the model says");
    check(value == (code == ErrorCode::kNone ? static_cast<Integer>(expected.value) : kBefore),
          "an integer is little-endian; a failure does not write it");
  }

  void string() {
    constexpr std::string_view kBefore = "before";
    std::string_view text = kBefore;
    const ErrorCode code = readbuf_.get_string(text);
    const Expected expected = model_.text(false);
    check(code == expected.code, "a string fails as the model says");
    if (code == ErrorCode::kNone) {
      check_view(std::as_bytes(std::span(text)), expected, read_, bytes_);
    } else {
      check(text.data() == kBefore.data() && text.size() == kBefore.size(),
            "a failure does not write the string");
    }
  }

  void nullstring() {
    constexpr std::string_view kBefore = "before";
    std::optional<std::string_view> text = kBefore;
    const ErrorCode code = readbuf_.get_nullstring(text);
    const Expected expected = model_.text(true);
    check(code == expected.code, "a nullstring fails as the model says");
    if (code != ErrorCode::kNone) {
      check(text && text->data() == kBefore.data() && text->size() == kBefore.size(),
            "a failure does not write the nullstring");
      return;
    }
    check(text.has_value() != expected.null, "length 0 is the null string, and nothing else is");
    if (text) check_view(std::as_bytes(std::span(*text)), expected, read_, bytes_);
  }

  void raw(std::size_t size) {
    Bytes bytes = bytes_;
    const ErrorCode code = readbuf_.get_bytes(size, bytes);
    const Expected expected = model_.view(size);
    check(code == expected.code, "raw bytes fail as the model says");
    if (code == ErrorCode::kNone) {
      check_view(bytes, expected, read_, bytes_);
    } else {
      check(bytes.data() == bytes_.data() && bytes.size() == bytes_.size(),
            "a failure does not write the view");
    }
  }

  // Sizes at which checks go wrong, and another start.
  void edge(unsigned argument) {
    constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();
    constexpr std::size_t kMax32 = std::numeric_limits<std::uint32_t>::max();
    switch (argument & 7U) {
      case 0: raw(readbuf_.remaining()); break;
      case 1: raw(readbuf_.remaining() + 1); break;
      case 2: raw(kHuge); break;
      case 3: raw(kHuge - readbuf_.offset() + 1); break;  // added to the offset: 0
      case 4: raw(kMax32); break;
      case 5: raw(kMax32 + 1); break;
      default: {
        const std::size_t start = std::min<std::size_t>(argument, read_.size());
        readbuf_ = ReadBuf(read_, start);
        model_ = Model(bytes_, start);
      }
    }
  }

  Bytes read_;
  Bytes bytes_;
  ReadBuf readbuf_;
  Model model_;
};

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi::fuzz;
  static ExactMemory memory;
  const auto input = as_bytes(data, size);
  if (input.empty()) return 0;
  const auto rest = input.subspan(1);
  const std::size_t count = std::min<std::size_t>(data[0], rest.size());
  const auto bytes = rest.subspan(count);
  Run run(memory.copy(bytes), bytes);
  for (const std::byte operation : rest.first(count)) {
    run.operate(std::to_integer<std::uint8_t>(operation));
  }
  return 0;
}
