// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/deviations/lenient.h"

#include "codec/decode.h"
#include "codec/encode.h"

namespace wsapi {
namespace {

class LenientReader {
 public:
  LenientReader(OctetView octets, Revision revision, const Leniency& leniency)
      : rest_(octets), revision_(revision), leniency_(leniency) {}

  bool read(std::uint8_t& value) { return read_integer(value, 1); }
  bool read(std::uint32_t& value) { return read_integer(value, 4); }
  template <field_codec::IdValue Value>
  bool read(Value& value) {
    return read_integer(value.value, wire_shape(kWireTypeOf<Value>, revision_).head_size);
  }
  bool read(std::string_view& value) {
    NullString text;
    if (!read(text)) return false;
    if (!text && !leniency_.zero_is_empty && !is_short_) return false;
    value = text.value_or("");
    return true;
  }
  bool read(OptionalString& value) {
    std::string_view text;
    if (!read(text)) return false;
    value.text = text;
    return true;
  }
  bool read(Object& value) {
    if (!read(value.text)) return false;
    if (value.text.empty()) value.text = "null";
    return true;
  }
  bool read(NullString& value) {
    std::uint32_t size = 0;
    if (!read_integer(size, 4)) return false;
    if (size > rest_.size()) {
      if (!leniency_.ends_at_input && !leniency_.missing_is_zero) return false;
      size = static_cast<std::uint32_t>(rest_.size());
    }
    value.reset();
    if (size == 0) return true;
    std::string_view text(reinterpret_cast<const char*>(rest_.data()), size);
    rest_ = rest_.subspan(size);
    if (text.back() == '\0') {
      text.remove_suffix(1);
    } else if (!leniency_.nul_is_not_needed && !leniency_.ends_at_input &&
               !leniency_.missing_is_zero) {
      return false;
    }
    value = text;
    return true;
  }
  bool read(VersionList& value) {
    std::uint8_t count = 0;
    if (!read(count)) return false;
    if (count > rest_.size() && !leniency_.missing_is_zero && !leniency_.ends_at_input)
      return false;
    value.versions = rest_.first(std::min<std::size_t>(count, rest_.size()));
    return true;
  }
  static bool read(Uuid&) { return false; }  // in no message that goes to a server

 private:
  template <typename Integer>
  bool read_integer(Integer& value, std::size_t size) {
    if (rest_.size() < size && !leniency_.missing_is_zero) return false;
    is_short_ = rest_.size() < size;
    std::uint32_t sum = 0;
    for (std::size_t i = std::min(size, rest_.size()); i > 0; --i) {
      sum = sum << 8U | std::to_integer<std::uint32_t>(rest_[i - 1]);
    }
    value = static_cast<Integer>(sum);
    rest_ = rest_.subspan(std::min(size, rest_.size()));
    return true;
  }

  OctetView rest_;
  Revision revision_;
  const Leniency& leniency_;
  bool is_short_ = false;  // the last integer had not come whole
};

}  // namespace

template <WsapiMessage Message>
std::optional<Octets> read_leniently(OctetView octets, Revision revision,
                                     const Leniency& leniency) {
  if (!has_operation_of<Message>(octets, revision)) return std::nullopt;
  if (decode_as<Message>(octets, revision)) return std::nullopt;
  LenientReader reader(octets.subspan(1), revision, leniency);
  Message message;
  const bool is_read = with_format<Message>(revision, false, [&](auto format) {
    return all_fields<Message, format()>(
        [&](const auto& field) { return reader.read(message.*field.member); });
  });
  if (!is_read) return std::nullopt;
  WriteBuf buffer;
  if (!encode(message, revision, buffer).ok()) return std::nullopt;
  return gather(buffer.parts());
}

template std::optional<Octets> read_leniently<Call>(OctetView, Revision, const Leniency&);
template std::optional<Octets> read_leniently<SessionCreate>(OctetView, Revision, const Leniency&);
template std::optional<Octets> read_leniently<TokenCreate>(OctetView, Revision, const Leniency&);
template std::optional<Octets> read_leniently<VersionOffer>(OctetView, Revision, const Leniency&);
template std::optional<Octets> read_leniently<Describe>(OctetView, Revision, const Leniency&);
template std::optional<Octets> read_leniently<SessionRemove>(OctetView, Revision, const Leniency&);

}  // namespace wsapi
