// SPDX-License-Identifier: Apache-2.0
//
// WriteBuf against a flat model of it: the rules of protocol section 6, each looked at for itself.
// Input: a byte that chooses whose memory holds the scalars, then operations, each a byte and what
// it needs: sizes, values, texts.

#include "codec/write_buf.h"

#include <array>
#include <optional>

#include "codec/encode.h"
#include "fuzz/check.h"
#include "fuzz/exact_memory.h"
#include "fuzz/models/writebuf_model.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kMaxOperations = 96;
constexpr std::size_t kMaxTextSize = 31;  // bytes, of one operation

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Fills the fields of a message from the input.
class Filler {
 public:
  explicit Filler(Choices& choices) : choices_(choices) {}

  template <std::unsigned_integral Integer>
  void fill(Integer& value) {
    value = static_cast<Integer>(choices_.byte() * 0x01010101U);
  }
  void fill(std::string_view& value) { value = text_of(some_bytes()); }
  void fill(OptionalString& value) { fill(value.text.emplace()); }
  void fill(Object& value) { fill(value.text); }
  void fill(NullString& value) {
    if (choices_.byte() % 2 == 0) return;
    value = text_of(some_bytes());
  }
  void fill(Uuid& value) { value.bytes.fill(static_cast<std::byte>(choices_.byte())); }
  void fill(VersionList& value) {
    static constexpr std::array<std::byte, 256> kTooMany{};
    value.versions = choices_.byte() == 0xff ? Bytes(kTooMany) : some_bytes();
  }
  // Now and then wider than the 16 bits that some revisions have for it.
  void fill(Id& value) {
    const std::uint8_t byte = choices_.byte();
    value.value = byte * (byte < 0xf0 ? 0x101U : 0x1001U);
  }

 private:
  Bytes some_bytes() { return choices_.bytes(choices_.byte() % (kMaxTextSize + 1)); }

  Choices& choices_;
};

class Run {
 public:
  Run(WriteBuf& out, std::size_t capacity, std::size_t max_copied_size, Choices choices)
      : out_(out), model_(capacity, max_copied_size), choices_(choices) {}

  void operate() {
    const std::uint8_t operation = choices_.byte();
    const WritebufModel before = model_;
    const bool good = change(operation);
    if (!good) check(model_ == before, "the model does not change by a failure");
    model_.check_same(out_);
  }

  [[nodiscard]] bool done() const { return choices_.done(); }

 private:
  // What the operation gives is what the model gives; returns whether that is no failure.
  bool same(ErrorCode code, ErrorCode expected) {
    check(code == expected, "an operation fails exactly when the rules say so");
    check(!name(code).empty(), "each code has a name");
    return code == ErrorCode::kNone;
  }

  bool change(std::uint8_t operation) {
    switch (operation % 14) {
      case 0: return put(choices_.bytes(choices_.byte() % (kMaxTextSize + 1)));
      case 1: return putbuf(choices_.bytes(choices_.byte()));
      case 2: return same(out_.put_u8(operation), model_.put_u8(operation));
      case 3: return same(out_.put_u16(operation), model_.put_u16(operation));
      case 4: return same(out_.put_u32(operation), model_.put_u32(operation));
      case 5: return string(text_of(choices_.bytes(operation / 14)));
      case 6: return nullstring(operation);
      case 7: return many_scalars(operation);
      case 8: mark_ = out_.mark(), model_mark_ = model_; return true;
      case 9: return rollback();
      case 10:
        if (operation / 14 == 0) return clear();
        return many_parts(operation);
      case 11: return too_long();
      case 12: return message(false);
      default: return message(true);
    }
  }

  bool put(Bytes bytes) { return same(out_.put(bytes), model_.put(bytes)); }
  bool putbuf(Bytes bytes) { return same(out_.putbuf(bytes), model_.putbuf(bytes)); }
  bool string(std::string_view text) {
    return same(out_.put_string(text), model_.put_string(text));
  }
  bool nullstring(std::uint8_t operation) {
    std::optional<std::string_view> text;
    if (operation / 14 > 0) text = text_of(choices_.bytes(operation / 14 - 1));
    return same(out_.put_nullstring(text), model_.put_nullstring(text));
  }

  // To come near the limits with few bytes of input.
  bool many_scalars(std::uint8_t operation) {
    static constexpr std::array<std::byte, 128> kZeros{};
    return putbuf(Bytes(kZeros).first(std::size_t{7} * (operation / 14)));
  }
  bool many_parts(std::uint8_t operation) {
    bool good = true;
    for (int i = 0; i < operation / 14; ++i) good = put(kOneByte);
    return good || operation / 14 > 1;  // those before the failure stay
  }

  bool rollback() {
    if (!mark_) return true;
    // A mark is of use as long as nothing before it was taken away.
    out_.rollback(*mark_);
    model_ = model_mark_;
    return true;
  }
  bool clear() {
    out_.clear();
    model_.clear();
    mark_.reset();
    return true;
  }
  bool too_long() {
    // Never read: only the size is looked at.
    const std::string_view text(text_of(kOneByte).data(), WriteBuf::kTextSizeLimit);
    return same(out_.put_string(text), ErrorCode::kStringTooLong);
  }

  bool message(bool framed) {
    const std::size_t wanted = choices_.byte() % kMessageCount;
    const Revision revision = kRevisions[choices_.byte() % kRevisions.size()];
    bool good = false;
    std::size_t index = 0;
    any_message_type([&]<typename Message>(std::type_identity<Message>) {
      if (index++ != wanted) return false;
      good = message<Message>(revision, framed);
      return true;
    });
    return good;
  }

  template <WsapiMessage Message>
  bool message(Revision revision, bool framed) {
    // Parts refer to the uuid within: it must live as long as the parts do.
    check(message_count_ < kMaxOperations, "there is room for the message");
    Message& filled = messages_[message_count_++].template emplace<Message>();
    Filler filler(choices_);
    (void)with_format<Message>(revision, false, [&](auto format) {
      return all_fields<Message, format()>([&](const auto& field) {
        filler.fill(filled.*field.member);
        return true;
      });
    });
    const Error error =
        framed ? encode_framed(filled, revision, out_) : encode(filled, revision, out_);
    const Error expected = model_.encode(filled, revision, framed);
    check(error == expected, "encoding fails exactly when the rules say so");
    return error.ok();
  }

  static constexpr std::array kOneByte{std::byte{'x'}};
  static inline std::array<AnyMessage, kMaxOperations> messages_;

  WriteBuf& out_;
  WritebufModel model_;
  Choices choices_;
  std::optional<WriteBuf::Mark> mark_;
  WritebufModel model_mark_{0, 0};
  std::size_t message_count_ = 0;
};

void run(WriteBuf& out, std::size_t capacity, Choices choices) {
  Run run(out, capacity, out.max_copied_size(), choices);
  for (std::size_t i = 0; i < kMaxOperations && !run.done(); ++i) run.operate();
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  static fuzz::ExactMemory memory;
  fuzz::Choices choices(fuzz::as_bytes(data, size));
  const std::uint8_t kind = choices.byte();
  if (kind < 0x80) {
    WriteBuf out;
    fuzz::run(out, WriteBuf::kScalarCapacity, choices);
  } else {
    const std::size_t capacity = std::size_t{kind & 0x1fU} * 33;
    static_assert(0x1f * 33 <= fuzz::WritebufModel::kMaxCapacity);
    WriteBuf out(memory.room(capacity), std::size_t{kind & 0x60U} * 2);
    fuzz::run(out, capacity, choices);
  }
  return 0;
}
WSAPI_FUZZ_NOT_UNDER_TEST_END
