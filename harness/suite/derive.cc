// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/derive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "codec/decode.h"

namespace wsapi {
namespace {

constexpr std::size_t kWholeCutSize = 96;  // bytes; longer messages are cut at both ends only
constexpr std::size_t kCutsAtStart = 64;
constexpr std::size_t kCutsAtEnd = 8;
constexpr std::array<std::size_t, 2> kTailSizes{1, 4};
constexpr std::byte kTailByte{0x7a};
constexpr std::byte kNulReplacement{0x78};
constexpr std::size_t kLengthSize = 4;

// Where a text field stands in the bytes.
struct TextField {
  std::string_view name;
  std::size_t length_offset = 0;
  std::uint32_t length = 0;  // as on the wire
  bool nullable = false;
};

struct Layout {
  std::vector<TextField> texts;
  std::optional<std::size_t> count_offset;  // of the versions of an offer
  std::size_t message_size = 0;
};

template <typename T>
constexpr bool kIsText = std::is_same_v<T, std::string_view> || std::is_same_v<T, NullString> ||
                         std::is_same_v<T, Object>;

std::uint32_t little_endian_32(std::span<const std::byte> bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kLengthSize; ++i) {
    value |= std::to_integer<std::uint32_t>(bytes[offset + i]) << (8 * i);
  }
  return value;
}

std::vector<std::byte> little_endian_32(std::uint32_t value) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i < kLengthSize; ++i) {
    out.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xff));
  }
  return out;
}

Layout layout_of(std::span<const std::byte> bytes, const MessageInfo& info, Revision revision) {
  Layout layout;
  any_message_type([&]<typename Message>(std::type_identity<Message>) {
    if (Message::kInfo.name != info.name) return false;
    ReadBuf in(bytes);
    char operation = 0;
    Message message;
    const bool whole =
        in.get_char(operation) == ErrorCode::kNone &&
        decode_fields(
            in, revision, message,
            [&]<typename T>(std::string_view name, std::size_t begin, std::size_t, const T&) {
              if constexpr (kIsText<T>) {
                layout.texts.push_back(
                    {name, begin, little_endian_32(bytes, begin), std::is_same_v<T, NullString>});
              } else if constexpr (std::is_same_v<T, VersionList>) {
                layout.count_offset = begin;
              }
            })
            .ok();
    layout.message_size = in.offset();
    return whole;
  });
  return layout;
}

// `describe/minimal`; also `description/minimal-16`, as there are two widths of that one.
bool is_minimal(std::string_view id) {
  const std::string_view words = id.substr(id.find('/') + 1);
  return words == "minimal" || words.starts_with("minimal-");
}

class Deriver {
 public:
  Deriver(const MessageVector& base, const MessageInfo& info)
      : base_(base),
        info_(info),
        is_offer_(info.name == VersionOffer::kInfo.name),
        bytes_(base.bytes.expand()),
        layout_(layout_of(bytes_, info, base.revisions.front())) {}

  std::vector<MessageVector> derive() {
    if (layout_.message_size == bytes_.size()) cuts();
    for (const TextField& text : layout_.texts) {
      lengths(text);
      terminator(text);
    }
    if (layout_.count_offset) counts(*layout_.count_offset);
    if (is_minimal(base_.id)) operations();
    tails();
    return std::move(out_);
  }

 private:
  // A vector like the base with other bytes; invalid, and a server is silent about it or, if it is
  // an offer, hangs up.
  MessageVector& add(std::string rule, WireBytes bytes, std::string purpose) {
    MessageVector vector;
    vector.id = base_.id + "~" + std::move(rule);
    vector.purpose = std::move(purpose);
    vector.clause = "7";
    vector.revisions = base_.revisions;
    vector.direction = base_.direction;
    vector.bytes = std::move(bytes);
    vector.vector_class = VectorClass::kInvalid;
    vector.reaction = is_offer_ ? Reaction::kHangUp : Reaction::kSilence;
    vector.derive = false;
    vector.canonical = false;
    return out_.emplace_back(std::move(vector));
  }

  void cuts() {
    const std::size_t size = bytes_.size();
    for (std::size_t n = 0; n < size; ++n) {
      if (size > kWholeCutSize && n >= kCutsAtStart && n < size - kCutsAtEnd) continue;
      auto& vector = add(
          fmt::format("cut@{}", n), base_.bytes.cut(n),
          fmt::format("{} cut after {} of {} bytes must not be understood.", info_.title, n, size));
      // No byte at all is an empty message, which is dropped before anyone asks what it was.
      if (n == 0) vector.reaction = Reaction::kSilence;
    }
  }

  void lengths(const TextField& text) {
    const std::uint32_t n = text.length;
    struct Change {
      std::string_view name;
      std::uint32_t value;
    };
    const std::array changes{Change{"0", 0},
                             Change{"1", 1},
                             Change{"n-1", n - 1},
                             Change{"n+1", n + 1},
                             Change{"7fffffff", 0x7fffffff},
                             Change{"80000000", 0x80000000},
                             Change{"ffffffff", 0xffffffff}};
    std::set<std::uint32_t> done{n};
    for (const Change& change : changes) {
      if (n == 0 && (change.name == "n-1" || change.name == "n+1")) continue;
      if (!done.insert(change.value).second || still_a_text(text, change.value)) continue;
      add(fmt::format("len({})={}", text.name, change.name),
          base_.bytes.patched(text.length_offset, little_endian_32(change.value)),
          fmt::format("{} whose {} claims a length of {} instead of {} must not be understood.",
                      info_.title, text.name, change.value, n));
    }
  }

  // Whether the bytes would be a string, or null, with that length too.
  [[nodiscard]] bool still_a_text(const TextField& text, std::uint32_t length) const {
    if (length == 0) return text.nullable;
    const std::size_t text_offset = text.length_offset + kLengthSize;
    if (length > bytes_.size() - text_offset) return false;
    return bytes_[text_offset + length - 1] == std::byte{0};
  }

  void terminator(const TextField& text) {
    if (text.length == 0) return;
    add(fmt::format("nul({})", text.name),
        base_.bytes.patched(text.length_offset + kLengthSize + text.length - 1, {kNulReplacement}),
        fmt::format("{} whose {} does not end in NUL must not be understood.", info_.title,
                    text.name));
  }

  void counts(std::size_t offset) {
    const auto n = std::to_integer<std::size_t>(bytes_[offset]);
    const std::size_t list_size = bytes_.size() - offset - 1;
    struct Change {
      std::string_view name;
      std::size_t value;
    };
    std::set<std::size_t> done{n};
    for (const Change& change : {Change{"0", 0}, Change{"n+1", n + 1}, Change{"255", 255}}) {
      if (change.value > 255 || !done.insert(change.value).second) continue;
      if (change.value != 0 && change.value <= list_size) continue;
      auto& vector =
          add(fmt::format("count={}", change.name),
              base_.bytes.patched(offset, {static_cast<std::byte>(change.value)}),
              fmt::format("An offer that counts {} versions where {} are listed ends in a hang-up.",
                          change.value, list_size));
      if (change.value == 0) {
        vector.vector_class = VectorClass::kValid;
        vector.message = base_.message;
        (*vector.message)["versions"] = nlohmann::json::array();
        vector.clause = "4 Version negotiation";
      }
    }
  }

  void operations() {
    for (int operation = 0; operation < 256; ++operation) {
      const auto as_char = static_cast<char>(operation);
      const bool defined = std::ranges::any_of(base_.revisions, [&](Revision revision) {
        return std::ranges::any_of(kDirections, [&](Direction direction) {
          return find_operation(as_char, revision, direction) != nullptr;
        });
      });
      if (defined) continue;
      auto& vector = add(fmt::format("op={:02x}", operation),
                         base_.bytes.patched(0, {static_cast<std::byte>(operation)}),
                         fmt::format("The unknown operation {:02x} is ignored, and the connection "
                                     "stays.",
                                     operation));
      vector.clause = "4 Unknown and misdirected messages";
      vector.reaction = Reaction::kSilence;
      vector.error = ExpectedError{"unknown-operation", 0, "operation"};
    }
  }

  void tails() {
    for (const std::size_t size : kTailSizes) {
      auto& vector = add(
          fmt::format("tail@{}", size),
          base_.bytes.with_tail(std::vector<std::byte>(size, kTailByte)),
          fmt::format("{} with {} further bytes behind its end does no harm.", info_.title, size));
      vector.message = base_.message;
      vector.reaction = base_.reaction;
      if (is_offer_) {
        vector.vector_class = VectorClass::kValid;
        vector.clause = "4 Version negotiation";
      } else {
        vector.vector_class = VectorClass::kAcceptable;
        vector.outcomes = {.understood = true, .ignored = true, .closed = false};
      }
    }
  }

  const MessageVector& base_;
  const MessageInfo& info_;
  bool is_offer_;
  std::vector<std::byte> bytes_;
  Layout layout_;
  std::vector<MessageVector> out_;
};

}  // namespace

std::vector<MessageVector> derive(const MessageVector& vector) {
  if (!vector.derive || vector.vector_class != VectorClass::kValid || !vector.message) return {};
  const auto& name = vector.message->at("message").get_ref<const std::string&>();
  const MessageInfo* const info = find_message(name);
  if (info == nullptr) return {};
  return Deriver(vector, *info).derive();
}

}  // namespace wsapi
