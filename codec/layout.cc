// SPDX-License-Identifier: Apache-2.0

#include "codec/layout.h"

#include "codec/little_endian.h"

namespace wsapi {

MessageLayout layout_of(std::span<const std::byte> bytes, Revision revision,
                        const MessageInfo& info) noexcept {
  MessageLayout layout;
  if (bytes.empty()) return layout;
  layout.info = &info;
  std::size_t offset = 1;  // the operation
  for (const FieldInfo& field : info.fields) {
    const WireShape shape = wire_shape(field.type, revision);
    const std::size_t remaining = bytes.size() - offset;
    if (shape.head_size > remaining) break;
    std::size_t size = shape.head_size;
    if (shape.form == WireForm::kCounted) {
      const auto count = load_little_endian(bytes.subspan(offset, shape.head_size));
      if (count > remaining - size) break;
      size += static_cast<std::size_t>(count);
    }
    layout.field_array[layout.field_count++] = {
        .name = field.name, .type = field.type, .shape = shape, .offset = offset, .size = size};
    offset += size;
  }
  return layout;
}

MessageLayout layout_of(std::span<const std::byte> bytes, Revision revision,
                        Direction direction) noexcept {
  if (bytes.empty()) return {};
  const auto operation = std::to_integer<char>(bytes.front());
  const MessageInfo* const info = find_operation(operation, revision, direction);
  return info == nullptr ? MessageLayout{} : layout_of(bytes, revision, *info);
}

}  // namespace wsapi
