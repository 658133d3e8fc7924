// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a field of each wire type is read and written (protocol section 2). The overload is chosen
// by the type of the message's member; see wire_types.h.

#include <algorithm>
#include <limits>

#include "codec/read_buf.h"
#include "codec/revision.h"
#include "codec/wire_types.h"
#include "codec/write_buf.h"

namespace wsapi::field_codec {

inline ErrorCode read(ReadBuf& in, Revision, std::uint8_t& value) { return in.get_u8(value); }
inline ErrorCode read(ReadBuf& in, Revision, std::uint16_t& value) { return in.get_u16(value); }
inline ErrorCode read(ReadBuf& in, Revision, std::uint32_t& value) { return in.get_u32(value); }
inline ErrorCode read(ReadBuf& in, Revision, std::string_view& value) {
  return in.get_string(value);
}
inline ErrorCode read(ReadBuf& in, Revision, NullString& value) { return in.get_nullstring(value); }
inline ErrorCode read(ReadBuf& in, Revision, Object& value) { return in.get_string(value.text); }

inline ErrorCode read(ReadBuf& in, Revision, Uuid& value) {
  std::span<const std::byte> bytes;
  const ErrorCode code = in.get_bytes(value.bytes.size(), bytes);
  if (code == ErrorCode::kNone) std::ranges::copy(bytes, value.bytes.begin());
  return code;
}

inline ErrorCode read(ReadBuf& in, Revision, VersionList& value) {
  const ReadBuf before = in;
  std::uint8_t count = 0;
  ErrorCode code = in.get_u8(count);
  if (code == ErrorCode::kNone) code = in.get_bytes(count, value.versions);
  if (code != ErrorCode::kNone) in = before;
  return code;
}

inline ErrorCode read(ReadBuf& in, Revision revision, DescriptionId& value) {
  if (description_id_size(revision) == 4) return in.get_u32(value.value);
  std::uint16_t narrow = 0;
  const ErrorCode code = in.get_u16(narrow);
  if (code == ErrorCode::kNone) value.value = narrow;
  return code;
}

inline ErrorCode write(WriteBuf& out, Revision, std::uint8_t value) { return out.put_u8(value); }
inline ErrorCode write(WriteBuf& out, Revision, std::uint16_t value) { return out.put_u16(value); }
inline ErrorCode write(WriteBuf& out, Revision, std::uint32_t value) { return out.put_u32(value); }
inline ErrorCode write(WriteBuf& out, Revision, std::string_view value) {
  return out.put_string(value);
}
inline ErrorCode write(WriteBuf& out, Revision, const NullString& value) {
  return out.put_nullstring(value);
}
inline ErrorCode write(WriteBuf& out, Revision, const Object& value) {
  return out.put_string(value.text);
}
inline ErrorCode write(WriteBuf& out, Revision, const Uuid& value) { return out.put(value.bytes); }

inline ErrorCode write(WriteBuf& out, Revision, const VersionList& value) {
  constexpr std::size_t kMaxCount = std::numeric_limits<std::uint8_t>::max();
  if (value.versions.size() > kMaxCount) return ErrorCode::kTooManyVersions;
  const ErrorCode code = out.put_u8(static_cast<std::uint8_t>(value.versions.size()));
  return code == ErrorCode::kNone ? out.put(value.versions) : code;
}

inline ErrorCode write(WriteBuf& out, Revision revision, const DescriptionId& value) {
  if (description_id_size(revision) == 4) return out.put_u32(value.value);
  if (value.value > std::numeric_limits<std::uint16_t>::max()) return ErrorCode::kValueOutOfRange;
  return out.put_u16(static_cast<std::uint16_t>(value.value));
}

}  // namespace wsapi::field_codec
