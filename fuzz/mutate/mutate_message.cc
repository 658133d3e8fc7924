// SPDX-License-Identifier: Apache-2.0

#include <cstdlib>
#include <string_view>

#include "fuzz/mutate/mutate.h"
#include "fuzz/mutate/mutate_internal.h"
#include "fuzz/under_test.h"

WSAPI_FUZZ_NOT_UNDER_TEST_BEGIN
namespace wsapi::fuzz {
namespace {

class MessageMutator {
 public:
  MessageMutator(EditBuffer& message, Rng& rng, const Ids& ids) noexcept
      : message_(message),
        rng_(rng),
        writer_(rng, ids),
        located_(locate_any(message.bytes(), rng.one_in(2))),
        layout_(located_.layout) {}

  void mutate() noexcept {
    if (layout_.info == nullptr) return rng_.one_in(2) ? replace_message() : change_operation();
    switch (rng_.below(16)) {
      case 0: return truncate();
      case 1: return append();
      case 2: return change_operation();
      case 3: return replace_message();
      case 4:
      case 5: return wrong_length();
      case 6: return change_nul();
      case 7: return add_missing();
      case 8: return change_text();
      default: return change_field();
    }
  }

 private:
  [[nodiscard]] static bool has_text(const FieldLayout& field) noexcept {
    return field.nul_offset().has_value();
  }

  // Any field for which `matches` holds; nullptr where there is none.
  template <typename Matches>
  const FieldLayout* any_field(Matches&& matches) noexcept {
    if (layout_.field_count == 0) return nullptr;
    const std::size_t first = rng_.below(layout_.field_count);
    for (std::size_t i = 0; i < layout_.field_count; ++i) {
      const FieldLayout& field = layout_.fields()[(first + i) % layout_.field_count];
      if (matches(field)) return &field;
    }
    return nullptr;
  }

  void put(std::size_t begin, std::uint64_t value, std::size_t width) noexcept {
    for (std::size_t i = 0; i < width; ++i) {
      message_.bytes()[begin + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
  }

  void replace_message() noexcept {
    message_.truncate(0);
    writer_.message(message_);
  }

  // To another operation, known for the most part; the fields stay.
  void change_operation() noexcept {
    const auto other = rng_.one_in(4)
                           ? static_cast<std::uint8_t>(rng_.next())
                           : static_cast<std::uint8_t>(rng_.of(message_infos()).operation);
    message_.replace(0, 1, Octets(&other, 1));
  }

  void change_field() noexcept {
    const FieldLayout* const place = any_field([](const FieldLayout&) { return true; });
    if (place == nullptr) return add_missing();
    EditBuffer field = scratch(Scratch::kField, place->size + message_.room());
    writer_.field(field, place->type, located_.revision);
    message_.replace(place->offset, place->size, field.bytes());
  }

  // The fields that do not fit, or are not there, in the place of what is.
  void add_missing() noexcept {
    if (layout_.complete()) return change_field_or_append();
    message_.truncate(layout_.end());
    for (const FieldInfo& field : layout_.info->fields.subspan(layout_.field_count)) {
      writer_.field(message_, field.type, located_.revision);
    }
  }
  void change_field_or_append() noexcept {
    if (layout_.field_count > 0) return change_field();
    append();
  }

  void wrong_length() noexcept {
    const FieldLayout* const place =
        any_field([](const FieldLayout& field) { return field.is_counted(); });
    if (place == nullptr) return change_field_or_append();
    const auto right = static_cast<std::uint32_t>(place->end() - place->content_offset());
    const auto after = static_cast<std::uint32_t>(message_.size() - place->content_offset());
    const std::uint32_t value = rng_.one_in(4) ? after + static_cast<std::uint32_t>(rng_.below(2))
                                               : writer_.wrong_length(right);
    put(place->offset, value, place->shape.head_size);
  }

  // At a field's boundary, or within it.
  void truncate() noexcept {
    const FieldLayout* const place = any_field([](const FieldLayout&) { return true; });
    if (place == nullptr || message_.size() < 2) return replace_message();
    message_.truncate(rng_.one_in(2) ? place->offset : place->offset + rng_.below(place->size));
  }

  void append() noexcept {
    EditBuffer more = scratch(Scratch::kField, message_.room());
    if (rng_.one_in(2)) {
      writer_.message(more);
    } else {
      writer_.text(more);
    }
    message_.append(more.bytes());
  }

  // The terminating NUL to another byte, or a byte of the text to NUL.
  void change_nul() noexcept {
    const FieldLayout* const place = any_field(has_text);
    if (place == nullptr) return change_field_or_append();
    if (rng_.one_in(3)) {
      message_.bytes()[*place->nul_offset()] = 'x';
    } else {
      const std::size_t size = place->end() - place->content_offset();
      message_.bytes()[place->content_offset() + rng_.below(size)] = 0;
    }
  }

  // Something more in the middle of a text, or something less; its length stays right.
  void change_text() noexcept {
    const FieldLayout* const place = any_field(has_text);
    if (place == nullptr) return change_field_or_append();
    const std::size_t length = place->end() - place->content_offset();
    const std::size_t at = rng_.below(length);
    const std::size_t removed = rng_.one_in(2) ? rng_.below(length - at) : 0;
    EditBuffer text = scratch(Scratch::kField, removed + message_.room());
    if (removed == 0 || rng_.one_in(2)) writer_.text(text);
    if (!message_.replace(place->content_offset() + at, removed, text.bytes())) return;
    put(place->offset, length - removed + text.size(), place->shape.head_size);
  }

  EditBuffer& message_;
  Rng& rng_;
  MessageWriter writer_;
  LocatedMessage located_;
  const MessageLayout& layout_;
};

}  // namespace

bool mutators_are_off() noexcept {
  static const bool off = [] {
    const char* const value = std::getenv("WSAPI_FUZZ_MUTATOR");
    return value != nullptr && std::string_view(value) == "off";
  }();
  return off;
}

EditBuffer scratch(Scratch which, std::size_t max_size) noexcept {
  constexpr std::size_t kLevels = 3;
  constexpr std::size_t kSize = 1U << 17U;  // bytes; more than a text ever gets
  static std::array<std::array<std::uint8_t, kSize>, kLevels> memory;
  const auto level = std::span(memory[static_cast<std::size_t>(which)]);
  return {level.first(std::min(max_size, kSize)), 0};
}

LocatedMessage locate_any(Octets message, bool choice) noexcept {
  LocatedMessage best;
  if (message.empty()) return best;
  const auto bytes = std::as_bytes(message);
  for (const MessageInfo& info : message_infos()) {
    if (info.operation != static_cast<char>(message[0])) continue;
    for (std::size_t i = 0; i < kRevisions.size(); ++i) {
      const Revision revision = kRevisions[choice ? i : kRevisions.size() - 1 - i];
      if (!in_revision(info, revision)) continue;
      const MessageLayout layout = layout_of(bytes, revision, info);
      const bool is_first = best.layout.info == nullptr;
      if (is_first || layout.field_count > best.layout.field_count) best = {layout, revision};
      if (best.layout.complete()) return best;
    }
  }
  return best;
}

void mutate_one_message(EditBuffer& message, Rng& rng, const Ids& ids) noexcept {
  MessageMutator(message, rng, ids).mutate();
}

std::size_t mutate_message(std::uint8_t* data, std::size_t size, std::size_t max_size,
                           unsigned seed) {
  Rng rng(seed);
  if (mutators_are_off() || rng.one_in(kMutationsPerRaw)) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  EditBuffer message(std::span(data, max_size), size);
  Ids ids;
  const LocatedMessage located = locate_any(message.bytes(), rng.one_in(2));
  ids.add_all(located.layout, message.bytes());
  mutate_one_message(message, rng, ids);
  return message.size();
}

std::size_t cross_messages(const std::uint8_t* first, std::size_t first_size,
                           const std::uint8_t* second, std::size_t second_size, std::uint8_t* out,
                           std::size_t max_size, unsigned seed) {
  Rng rng(seed);
  if (!rng.one_in(kCrossesPerCross)) {
    const std::size_t size = std::min(first_size, max_size);
    std::copy_n(first, size, out);
    return mutate_message(out, size, max_size, seed);
  }
  const auto boundary = [&](Octets message) {
    const LocatedMessage located = locate_any(message, rng.one_in(2));
    if (located.layout.field_count == 0) return rng.below(message.size() + 1);
    return rng.of(located.layout.fields()).offset;
  };
  const Octets head(first, first_size);
  const Octets tail(second, second_size);
  EditBuffer joined(std::span(out, max_size), 0);
  joined.append(head.first(std::min(boundary(head), max_size)));
  const Octets end = tail.subspan(boundary(tail));
  joined.append(end.first(std::min(end.size(), joined.room())));
  return joined.size();
}

}  // namespace wsapi::fuzz
WSAPI_FUZZ_NOT_UNDER_TEST_END
