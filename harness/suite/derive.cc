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

#include "codec/layout.h"
#include "codec/little_endian.h"

namespace wsapi {
namespace {

constexpr std::size_t kWholeCutSize = 96;  // bytes; longer messages are cut at both ends only
constexpr std::size_t kCutsAtStart = 64;
constexpr std::size_t kCutsAtEnd = 8;
constexpr std::array<std::size_t, 2> kTailSizes{1, 4};
constexpr std::byte kTailByte{0x7a};
constexpr std::byte kNulReplacement{0x78};
constexpr std::string_view kMinimal = "/minimal";

constexpr std::string_view kCutClause = "classes-truncated";
constexpr std::string_view kLengthClause = "classes-string-length";
constexpr std::string_view kNulClause = "classes-string-nul";
constexpr std::string_view kRefusalClause = "negotiation-refusal";
constexpr std::string_view kListClause = "negotiation-list";
constexpr std::string_view kUnknownClause = "unknown-operation";
constexpr std::string_view kMisdirectedClause = "unknown-direction";
constexpr std::string_view kTrailingClause = "classes-trailing-bytes";

std::vector<std::byte> little_endian_32(std::uint32_t value) {
  std::vector<std::byte> out(sizeof(value));
  store_little_endian(value, out.data());
  return out;
}

// What a derived vector has in place of the bytes of its base.
struct Edit {
  std::size_t cut = std::string::npos;  // bytes that are left
  std::size_t patch_offset = 0;
  std::vector<std::byte> patch;
  std::vector<std::byte> tail;
};

Edit cut_to(std::size_t size) {
  Edit edit;
  edit.cut = size;
  return edit;
}

Edit patched(std::size_t offset, std::vector<std::byte> patch) {
  Edit edit;
  edit.patch_offset = offset;
  edit.patch = std::move(patch);
  return edit;
}

Edit with_tail(std::size_t size) {
  Edit edit;
  edit.tail.assign(size, kTailByte);
  return edit;
}

class Deriver {
 public:
  Deriver(const MessageVector& base, const MessageInfo& info, DerivedSink& sink)
      : base_(base),
        info_(info),
        is_offer_(info.title == VersionOffer::kTitle),
        bytes_(base.bytes.expand()),
        layout_(layout_of(bytes_, base.revisions.front(), info)),
        sink_(sink) {}

  void derive() {
    if (layout_.end() == bytes_.size()) cuts();
    for (const FieldLayout& field : layout_.fields()) {
      if (field.is_text()) {
        lengths(field);
        terminator(field);
      } else if (field.is_counted()) {
        counts(field.offset);
      }
    }
    if (is_minimal(base_)) {
      operations();
      misdirected();
    }
    tails();
  }

 private:
  [[nodiscard]] DerivedKey key_of(std::string_view rule) const {
    DerivedKey key{.id = base_.id, .direction = base_.direction, .revisions = base_.revisions};
    key.id.append(kRuleSeparator).append(rule);
    return key;
  }

  // Offers a vector with edited bytes and, if it is wanted, makes it: invalid, and a server is
  // silent about it or, if it is an offer, hangs up. `finish` gives it a purpose and what else
  // differs.
  template <typename Finish>
  void add(DerivedKey key, const Edit& edit, Finish&& finish) {
    const std::span<const std::byte> kept =
        std::span(bytes_).first(std::min(edit.cut, bytes_.size()));
    edited_.assign(kept.begin(), kept.end());
    std::ranges::copy(edit.patch, edited_.begin() + static_cast<std::ptrdiff_t>(edit.patch_offset));
    edited_.insert(edited_.end(), edit.tail.begin(), edit.tail.end());
    if (!sink_.wants(key, edited_)) return;
    MessageVector vector;
    vector.id = std::move(key.id);
    vector.revisions = std::move(key.revisions);
    vector.direction = key.direction;
    vector.bytes = WireBytes(edited_);
    vector.vector_class = VectorClass::kInvalid;
    vector.reaction = is_offer_ ? Reaction::kHangUp : Reaction::kSilence;
    vector.derive = false;
    vector.derived = true;
    vector.canonical = false;
    finish(vector);
    sink_.add(std::move(vector));
  }

  void cuts() {
    const std::size_t size = bytes_.size();
    for (std::size_t n = 0; n < size; ++n) {
      if (size > kWholeCutSize && n >= kCutsAtStart && n < size - kCutsAtEnd) continue;
      add(key_of(fmt::format("cut@{}", n)), cut_to(n), [&](MessageVector& vector) {
        vector.clause = is_offer_ && n > 0 ? kRefusalClause : kCutClause;
        vector.purpose = fmt::format("{} cut after {} of {} bytes must not be understood.",
                                     info_.title, n, size);
        // No byte at all is an empty message, which is dropped before anyone asks what it was.
        if (n == 0) vector.reaction = Reaction::kSilence;
      });
    }
  }

  void lengths(const FieldLayout& text) {
    const auto n = static_cast<std::uint32_t>(text.end() - text.content_offset());
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
      add(key_of(fmt::format("len({})={}", text.name, change.name)),
          patched(text.offset, little_endian_32(change.value)), [&](MessageVector& vector) {
            vector.clause = kLengthClause;
            vector.purpose = fmt::format(
                "{} whose {} claims a length of {} instead of {} must not be understood.",
                info_.title, text.name, change.value, n);
          });
    }
  }

  // Whether the bytes would be a string, or null, with that length too.
  [[nodiscard]] bool still_a_text(const FieldLayout& text, std::uint32_t length) const {
    if (length == 0) return text.shape.is_nullable;
    const std::size_t text_offset = text.content_offset();
    if (length > bytes_.size() - text_offset) return false;
    return bytes_[text_offset + length - 1] == std::byte{0};
  }

  void terminator(const FieldLayout& text) {
    if (!text.nul_offset()) return;
    add(key_of(fmt::format("nul({})", text.name)), patched(*text.nul_offset(), {kNulReplacement}),
        [&](MessageVector& vector) {
          vector.clause = kNulClause;
          vector.purpose = fmt::format("{} whose {} does not end in NUL must not be understood.",
                                       info_.title, text.name);
        });
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
      add(key_of(fmt::format("count={}", change.name)),
          patched(offset, {static_cast<std::byte>(change.value)}), [&](MessageVector& vector) {
            vector.clause = kRefusalClause;
            vector.purpose = fmt::format(
                "An offer that counts {} versions where {} are listed ends in a hang-up.",
                change.value, list_size);
            if (change.value != 0) return;
            vector.vector_class = VectorClass::kValid;
            vector.message = base_.message;
            (*vector.message)["versions"] = nlohmann::json::array();
          });
    }
  }

  // Of one message for each direction and wire format: what follows an unknown operation makes no
  // difference that could be known.
  void operations() {
    if (info_.title != Call::kTitle && info_.title != Reply::kTitle) return;
    for (int operation = 0; operation < 256; ++operation) {
      const auto as_char = static_cast<char>(operation);
      const bool defined = std::ranges::any_of(base_.revisions, [&](Revision revision) {
        return std::ranges::any_of(kDirections, [&](Direction direction) {
          return find_operation(as_char, revision, direction) != nullptr;
        });
      });
      if (defined) continue;
      add(key_of(fmt::format("op={:02x}", operation)),
          patched(0, {static_cast<std::byte>(operation)}), [&](MessageVector& vector) {
            vector.purpose = fmt::format(
                "The unknown operation {:02x} is ignored, and the connection stays.", operation);
            vector.clause = kUnknownClause;
            vector.reaction = Reaction::kSilence;
            vector.error = ExpectedError{"unknown-operation", 0, "operation"};
          });
    }
  }

  // The message sent the wrong way: whole, its operation alone, without its last byte, and longer
  // than it is.
  void misdirected() {
    const std::size_t size = bytes_.size();
    const std::string_view to = base_.direction == Direction::kToServer ? "client" : "server";
    misdirect("", {}, fmt::format("{} sent to a {}", info_.title, to));
    misdirect("cut@1", cut_to(1),
              fmt::format("The operation byte of {} alone, sent to a {},", info_.title, to));
    if (size > 2) {
      misdirect(fmt::format("cut@{}", size - 1), cut_to(size - 1),
                fmt::format("{} without its last byte, sent to a {},", info_.title, to));
    }
    misdirect("tail@4", with_tail(4),
              fmt::format("{} with 4 further bytes after its end, sent to a {},", info_.title, to));
  }

  void misdirect(std::string_view rule, const Edit& edit, std::string_view what) {
    // "misdirected/reply", "misdirected/description-16"
    std::string id{kMisdirectedPrefix};
    id.append(info_.name).append(base_.id.substr(base_.id.find(kMinimal) + kMinimal.size()));
    if (!rule.empty()) id.append(kRuleSeparator).append(rule);
    const Direction direction =
        base_.direction == Direction::kToServer ? Direction::kToClient : Direction::kToServer;
    const auto operation = std::to_integer<char>(bytes_.front());
    DerivedKey key{.id = std::move(id), .direction = direction, .revisions = base_.revisions};
    // Legacy operations may mean another message in the other direction.
    std::erase_if(key.revisions, [&](Revision revision) {
      return find_operation(operation, revision, direction) != nullptr;
    });
    if (key.revisions.empty()) return;
    add(std::move(key), edit, [&](MessageVector& vector) {
      vector.purpose = fmt::format("{} is ignored, and the connection stays.", what);
      vector.clause = kMisdirectedClause;
      vector.reaction = Reaction::kSilence;
      vector.error = ExpectedError{"wrong-direction", 0, "operation"};
    });
  }

  void tails() {
    for (const std::size_t size : kTailSizes) {
      add(key_of(fmt::format("tail@{}", size)), with_tail(size), [&](MessageVector& vector) {
        vector.purpose = fmt::format("{} with {} further {} after its end does no harm.",
                                     info_.title, size, size == 1 ? "byte" : "bytes");
        vector.message = base_.message;
        vector.reaction = base_.reaction;
        if (is_offer_) {
          vector.vector_class = VectorClass::kValid;
          vector.clause = kListClause;
        } else {
          vector.clause = kTrailingClause;
          vector.vector_class = VectorClass::kAcceptable;
          vector.outcomes = {.understood = true, .ignored = true, .closed = false};
        }
      });
    }
  }

  const MessageVector& base_;
  const MessageInfo& info_;
  bool is_offer_;
  std::vector<std::byte> bytes_;
  MessageLayout layout_;
  DerivedSink& sink_;
  std::vector<std::byte> edited_;
};

class AllDerived final : public DerivedSink {
 public:
  bool wants(DerivedKey&, std::span<const std::byte>) override { return true; }
  void add(MessageVector vector) override { vectors.push_back(std::move(vector)); }

  std::vector<MessageVector> vectors;
};

}  // namespace

void derive(const MessageVector& vector, DerivedSink& sink) {
  if (!vector.derive || vector.vector_class != VectorClass::kValid || !vector.message) return;
  const auto& name = vector.message->at("message").get_ref<const std::string&>();
  const MessageInfo* const info = find_message(name);
  if (info != nullptr) Deriver(vector, *info, sink).derive();
}

bool is_minimal(const MessageVector& vector) noexcept {
  std::string_view words = vector.id;
  const std::size_t at = words.find(kMinimal);
  if (at == std::string_view::npos) return false;
  words.remove_prefix(at + kMinimal.size());
  return words.empty() || words.starts_with('-');
}

std::vector<MessageVector> derive(const MessageVector& vector) {
  AllDerived all;
  derive(vector, all);
  return std::move(all.vectors);
}

}  // namespace wsapi
