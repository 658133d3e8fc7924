// SPDX-License-Identifier: Apache-2.0
//
// Must fail: it reads past its input as soon as that begins with the byte of a CALL and another
// of a REPLY. A campaign that does not report it reports nothing else either. Input: any bytes.

#include "codec/message.h"
#include "fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  const auto input = fuzz::exact_copy(fuzz::as_bytes(data, size));
  if (input.size() < 2) return 0;
  if (!has_operation_of<Call>(input, kReferenceRevision)) return 0;
  if (!has_operation_of<Reply>(std::span(input).subspan(1), kReferenceRevision)) return 0;
  const volatile std::byte* const end = input.data() + input.size();
  return std::to_integer<int>(*end) == 0x100 ? 1 : 0;
}
