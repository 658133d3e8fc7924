// SPDX-License-Identifier: Apache-2.0

// Parsing and printing of the binder's addresses; see address.h.

#include "harness/net/address.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <optional>
#include <utility>

namespace wsapi {
namespace {

constexpr std::string_view kTcpScheme = "tcp:";
constexpr std::string_view kUnixScheme = "unix:";
constexpr std::string_view kApiKey = "as-api=";
constexpr std::uint32_t kMaxPort = 65535;
// An address longer than this is shown shortened in an error message.
constexpr std::size_t kMaxShownSize = 300;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_host_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_';
}

// In ASCII alone, as all that is shown: some of what is beyond it controls a terminal, too.
std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, kMaxShownSize)) {
    if (is_control(c) || static_cast<unsigned char>(c) > 0x7f) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      shown += c;
    }
  }
  return text.size() > kMaxShownSize ? shown + "..." : shown;
}

std::string_view last_component(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::string_view implied_api(const Address& address) {
  if (const auto* path = std::get_if<UnixPathPlace>(&address.place)) {
    return last_component(path->path);
  }
  if (const auto* abstract = std::get_if<UnixAbstractPlace>(&address.place)) {
    return last_component(abstract->name);
  }
  return address.api;  // a TCP address writes its API behind the port, whichever it is
}

bool is_ipv6(std::string_view host) {
  const std::string without_zone(host.substr(0, host.find('%')));
  in6_addr ignored{};
  return inet_pton(AF_INET6, without_zone.c_str(), &ignored) == 1;
}

// One pass over the text; every function returns false, with error_ set, at the first fault.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  ParsedAddress parse() {
    if (parse_all()) {
      return std::move(address_);
    }
    return std::move(error_);
  }

 private:
  bool fail(std::size_t offset, std::string_view what) {
    error_.column = offset + 1;
    error_.message =
        fmt::format("address \"{}\", column {}: {}", printable(text_), error_.column, what);
    return false;
  }

  bool parse_all() {
    const auto bad = std::find_if(text_.begin(), text_.end(), is_control);
    if (bad != text_.end()) {
      return fail(static_cast<std::size_t>(bad - text_.begin()),
                  "a control character or NUL; expected printable characters only");
    }
    const std::size_t question = text_.find('?');
    const std::string_view place = text_.substr(0, question);
    bool ok = false;
    if (place.starts_with(kTcpScheme)) {
      ok = parse_tcp(place);
    } else if (place.starts_with(kUnixScheme)) {
      ok = parse_unix(place);
    } else {
      ok = fail(0, "unknown scheme; expected tcp:HOST:PORT/API, unix:PATH or unix:@NAME");
    }
    return ok && (question == std::string_view::npos || parse_query(question + 1));
  }

  bool parse_query(std::size_t offset) {
    const std::string_view query = text_.substr(offset);
    if (!query.starts_with(kApiKey)) {
      return fail(offset, "expected as-api=API after the question mark");
    }
    const std::string_view api = query.substr(kApiKey.size());
    if (api.empty()) {
      return fail(offset + kApiKey.size(), "expected the name of an API after as-api=");
    }
    const std::size_t bad = api.find_first_of(" /?&");
    if (bad != std::string_view::npos) {
      return fail(offset + kApiKey.size() + bad,
                  "expected a plain API name, without space, '/', '?' and '&'");
    }
    address_.api = api;
    return true;
  }

  bool parse_tcp(std::string_view place) {
    TcpPlace tcp;
    std::size_t offset = kTcpScheme.size();
    if (!parse_host(place, offset, tcp.host)) {
      return false;
    }
    if (offset == place.size() || place[offset] != ':') {
      return fail(offset, "missing port; expected ':PORT' after the host");
    }
    ++offset;
    const std::size_t slash = std::min(place.find('/', offset), place.size());
    if (!parse_port(offset, place.substr(offset, slash - offset), tcp.port)) {
      return false;
    }
    address_.api = slash == place.size() ? "" : last_component(place.substr(slash));
    const std::size_t space = place.find(' ', slash);
    if (space != std::string_view::npos) {
      return fail(space, "expected a plain API name, without space, '/', '?' and '&'");
    }
    address_.place = std::move(tcp);
    return true;
  }

  // Moves `offset` behind the host.
  bool parse_host(std::string_view place, std::size_t& offset, std::string& host) {
    const std::size_t start = offset;
    if (start < place.size() && place[start] == '[') {
      const std::size_t end = place.find(']', start);
      if (end == std::string_view::npos) {
        return fail(place.size(), "expected ']' at the end of the IPv6 address");
      }
      host = place.substr(start + 1, end - start - 1);
      if (!is_ipv6(host)) {
        return fail(start + 1, "expected an IPv6 address in the brackets");
      }
      offset = end + 1;
      return true;
    }
    const std::size_t end = std::min(place.find_first_of(":/", start), place.size());
    host = place.substr(start, end - start);
    if (host.empty()) {
      return fail(start, "empty host; expected a name, an address, [IPv6 address] or '*'");
    }
    if (host.size() > kMaxHostSize) {
      return fail(start, fmt::format("host name of {} bytes; expected at most {}", host.size(),
                                     kMaxHostSize));
    }
    const auto bad = std::find_if_not(host.begin(), host.end(), is_host_character);
    if (bad != host.end() && host != "*") {
      return fail(start + static_cast<std::size_t>(bad - host.begin()),
                  "expected a host name of letters, digits, '-', '.' and '_', or '*' alone");
    }
    offset = end;
    return true;
  }

  bool parse_port(std::size_t offset, std::string_view digits, std::uint16_t& port) {
    if (digits.empty()) {
      return fail(offset, "missing port; expected a number from 0 to 65535");
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      if (digits[i] == ':') {
        return fail(offset + i, "expected a port of digits; an IPv6 address goes in brackets");
      }
      if (!is_digit(digits[i])) {
        return fail(offset + i, "expected a port of digits");
      }
      // Saturates behind the maximum, so that no count of digits overflows.
      value = std::min(value * 10 + static_cast<std::uint32_t>(digits[i] - '0'), kMaxPort + 1);
    }
    if (value > kMaxPort) {
      return fail(offset, "port out of range; expected a number from 0 to 65535");
    }
    port = static_cast<std::uint16_t>(value);
    return true;
  }

  bool parse_unix(std::string_view place) {
    std::size_t offset = kUnixScheme.size();
    const bool is_abstract = place.substr(offset).starts_with('@');
    offset += is_abstract ? 1 : 0;
    const std::string_view name = place.substr(offset);
    if (name.empty()) {
      return fail(offset, is_abstract ? "empty name; expected a name after '@'"
                                      : "empty path; expected the path of a socket");
    }
    if (name.size() > kMaxUnixNameSize) {
      return fail(offset,
                  fmt::format("{} of {} bytes; a Unix socket takes at most {}",
                              is_abstract ? "name" : "path", name.size(), kMaxUnixNameSize));
    }
    address_.api = last_component(name);
    if (is_abstract) {
      address_.place = UnixAbstractPlace{std::string(name)};
      return true;
    }
    if (address_.api.empty()) {
      return fail(place.size(), "expected a file name after the last '/'");
    }
    address_.place = UnixPathPlace{std::string(name)};
    return true;
  }

  std::string_view text_;
  Address address_;
  AddressError error_;
};

}  // namespace

ParsedAddress parse_address(std::string_view text) { return Parser(text).parse(); }

std::string to_string(const Address& address) {
  std::string text;
  if (const auto* tcp = std::get_if<TcpPlace>(&address.place)) {
    const bool needs_brackets = tcp->host.find(':') != std::string::npos;
    text = needs_brackets ? fmt::format("tcp:[{}]:{}", tcp->host, tcp->port)
                          : fmt::format("tcp:{}:{}", tcp->host, tcp->port);
    return address.api.empty() ? text : fmt::format("{}/{}", text, address.api);
  }
  if (const auto* path = std::get_if<UnixPathPlace>(&address.place)) {
    text = fmt::format("unix:{}", path->path);
  } else {
    text = fmt::format("unix:@{}", std::get<UnixAbstractPlace>(address.place).name);
  }
  return address.api == implied_api(address) ? text
                                             : fmt::format("{}?as-api={}", text, address.api);
}

Address with_port(Address address, std::uint16_t port) {
  if (auto* tcp = std::get_if<TcpPlace>(&address.place)) {
    tcp->port = port;
  }
  return address;
}

sockaddr_un to_sockaddr_un(const Address& address) {
  assert(!address.is_tcp());
  sockaddr_un out{};  // all NUL: the padding
  out.sun_family = AF_UNIX;
  if (const auto* path = std::get_if<UnixPathPlace>(&address.place)) {
    assert(path->path.size() <= kMaxUnixNameSize);
    std::memcpy(out.sun_path, path->path.data(), path->path.size());
  } else if (const auto* abstract = std::get_if<UnixAbstractPlace>(&address.place)) {
    assert(abstract->name.size() <= kMaxUnixNameSize);
    std::memcpy(out.sun_path + 1, abstract->name.data(), abstract->name.size());
  }
  return out;
}

}  // namespace wsapi
