// SPDX-License-Identifier: Apache-2.0
#pragma once

// Addresses as the binder writes them (protocol, section 1), from text and back to text:
//
//   tcp:HOST:PORT/API     HOST is a name, an IPv4 address, an IPv6 address in brackets, or `*` for
//                         every interface; PORT 0 asks for any free port when listening;
//                         `/API` may be left out
//   unix:PATH             Unix stream socket; the API is the last component of the path
//   unix:@NAME            Linux abstract socket; the API is the last component of the name
//   ...?as-api=API        names the API explicitly
//
// The API never travels on the wire. Parsing touches neither the network nor the file system.

#include <sys/un.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace wsapi {

// Bytes of a path or of an abstract name: one byte of `sun_path` is the final NUL or the first one.
inline constexpr std::size_t kMaxUnixNameSize = sizeof(sockaddr_un::sun_path) - 1;
// Longest host name of the domain name system, in bytes.
inline constexpr std::size_t kMaxHostSize = 253;

// These types have constructors although they are plain values: g++ 12 destroys aggregates twice
// that are made within a co_await expression.
struct TcpPlace {
  TcpPlace() = default;
  TcpPlace(std::string host_name, std::uint16_t port_number)
      : host(std::move(host_name)), port(port_number) {}

  std::string host;  // without brackets; `*` is every interface
  std::uint16_t port = 0;

  [[nodiscard]] bool is_every_interface() const { return host == "*"; }
  bool operator==(const TcpPlace&) const = default;
};

struct UnixPathPlace {
  UnixPathPlace() = default;
  explicit UnixPathPlace(std::string file_path) : path(std::move(file_path)) {}

  std::string path;
  bool operator==(const UnixPathPlace&) const = default;
};

struct UnixAbstractPlace {
  UnixAbstractPlace() = default;
  explicit UnixAbstractPlace(std::string abstract_name) : name(std::move(abstract_name)) {}

  std::string name;  // without the `@`
  bool operator==(const UnixAbstractPlace&) const = default;
};

struct Address {
  using Place = std::variant<TcpPlace, UnixPathPlace, UnixAbstractPlace>;

  Address() = default;
  Address(Place at, std::string api_name) : place(std::move(at)), api(std::move(api_name)) {}

  Place place;
  std::string api;  // empty when the address names none

  [[nodiscard]] bool is_tcp() const { return std::holds_alternative<TcpPlace>(place); }
  bool operator==(const Address&) const = default;
};

struct AddressError {
  std::size_t column = 0;  // 1-based, in bytes, where the text stops being an address
  std::string message;     // whole sentence: the address, the column, what was expected
};

using ParsedAddress = std::variant<Address, AddressError>;

// Never throws for bad text. All but printable ASCII of the text is shown escaped in the
// message.
[[nodiscard]] ParsedAddress parse_address(std::string_view text);

// The canonical text: parsing it gives an equal address. `?as-api=` appears only where the API is
// not the one that the place implies.
[[nodiscard]] std::string to_string(const Address& address);

// The same address with another port: what to print after port 0 was bound. Returns addresses that
// have no port unchanged.
[[nodiscard]] Address with_port(Address address, std::uint16_t port);

// The socket address of a Unix place, NUL-padded. It is meant to be used with its full size: known
// peers pad abstract names to all of `sun_path`, and the padding is part of the name. `address`
// must not be a TCP address, and its name must not exceed kMaxUnixNameSize.
[[nodiscard]] sockaddr_un to_sockaddr_un(const Address& address);

}  // namespace wsapi
