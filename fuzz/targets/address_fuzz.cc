// SPDX-License-Identifier: Apache-2.0
//
// Addresses (protocol section 1): text to address and back. Input: the text.

#include "harness/net/address.h"

#include <sys/socket.h>

#include <algorithm>
#include <string>

#include "fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  const std::string_view text = fuzz::as_text(data, size);
  const ParsedAddress parsed = parse_address(text);
  if (const auto* error = std::get_if<AddressError>(&parsed)) {
    fuzz::check(error->column >= 1 && error->column <= size + 1, "an error lies within the text");
    const bool printable = std::ranges::all_of(
        error->message, [](char c) { return c >= ' ' && static_cast<unsigned char>(c) < 0x7f; });
    fuzz::check(!error->message.empty() && printable, "an error has a message that can be shown");
    return 0;
  }
  const auto& address = std::get<Address>(parsed);
  const std::string canonical = to_string(address);
  const ParsedAddress again = parse_address(canonical);
  fuzz::check(std::holds_alternative<Address>(again) && std::get<Address>(again) == address,
              "the canonical text is that of the same address");
  fuzz::check(to_string(std::get<Address>(again)) == canonical, "the canonical text stays");
  if (address.is_tcp()) {
    const Address other = with_port(address, 1);
    fuzz::check(std::get<TcpPlace>(other.place).port == 1, "a port can be set");
  } else {
    fuzz::check(to_sockaddr_un(address).sun_family == AF_UNIX, "a socket address can be made");
    fuzz::check(with_port(address, 1) == address, "a Unix address has no port");
  }
  return 0;
}
