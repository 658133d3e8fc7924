// SPDX-License-Identifier: Apache-2.0

// Tables of good and bad addresses, and the round trip through the canonical text.

#include "harness/net/address.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

namespace wsapi {
namespace {

struct Good {
  std::string text;
  Address address;
  std::string canonical;  // empty: the text itself
};

const std::vector<Good>& good_addresses() {
  static const std::vector<Good> kTable = {
      {"tcp:localhost:1234/hello", {TcpPlace{"localhost", 1234}, "hello"}, ""},
      {"tcp:127.0.0.1:0/x", {TcpPlace{"127.0.0.1", 0}, "x"}, ""},
      {"tcp:*:65535/x", {TcpPlace{"*", 65535}, "x"}, ""},
      {"tcp:[::1]:80/x", {TcpPlace{"::1", 80}, "x"}, ""},
      {"tcp:[fe80::1%eth0]:80/x", {TcpPlace{"fe80::1%eth0", 80}, "x"}, ""},
      {"tcp:my_host.example-1.org:80/x", {TcpPlace{"my_host.example-1.org", 80}, "x"}, ""},
      {"tcp:h:80", {TcpPlace{"h", 80}, ""}, ""},
      {"tcp:h:80/", {TcpPlace{"h", 80}, ""}, "tcp:h:80"},
      {"tcp:h:0080/a/b", {TcpPlace{"h", 80}, "b"}, "tcp:h:80/b"},
      {"tcp:h:80/a?as-api=b", {TcpPlace{"h", 80}, "b"}, "tcp:h:80/b"},
      {"tcp:h:80?as-api=b", {TcpPlace{"h", 80}, "b"}, "tcp:h:80/b"},
      {"unix:/run/api/hello", {UnixPathPlace{"/run/api/hello"}, "hello"}, ""},
      {"unix:relative", {UnixPathPlace{"relative"}, "relative"}, ""},
      {"unix:/run/with space", {UnixPathPlace{"/run/with space"}, "with space"}, ""},
      {"unix:/run/s?as-api=other", {UnixPathPlace{"/run/s"}, "other"}, ""},
      {"unix:/run/s?as-api=s", {UnixPathPlace{"/run/s"}, "s"}, "unix:/run/s"},
      {"unix:@hello", {UnixAbstractPlace{"hello"}, "hello"}, ""},
      {"unix:@dir/hello", {UnixAbstractPlace{"dir/hello"}, "hello"}, ""},
      {"unix:@dir/", {UnixAbstractPlace{"dir/"}, ""}, ""},
      {"unix:@s?as-api=other", {UnixAbstractPlace{"s"}, "other"}, ""},
  };
  return kTable;
}

TEST(Address, GoodTextIsRead) {
  for (const Good& good : good_addresses()) {
    const ParsedAddress parsed = parse_address(good.text);
    const auto* address = std::get_if<Address>(&parsed);
    ASSERT_NE(address, nullptr) << std::get<AddressError>(parsed).message;
    EXPECT_EQ(*address, good.address) << good.text;
  }
}

TEST(Address, CanonicalTextReadsBackEqual) {
  for (const Good& good : good_addresses()) {
    const std::string canonical = to_string(good.address);
    EXPECT_EQ(canonical, good.canonical.empty() ? good.text : good.canonical);
    const ParsedAddress parsed = parse_address(canonical);
    ASSERT_TRUE(std::holds_alternative<Address>(parsed)) << canonical;
    EXPECT_EQ(std::get<Address>(parsed), good.address) << canonical;
  }
}

struct Bad {
  std::string text;
  std::size_t column;
  std::string said;  // part of the message
};

TEST(Address, BadTextIsRefusedWithPlaceAndReason) {
  using std::string_literals::operator""s;
  const std::vector<Bad> table = {
      {"", 1, "unknown scheme"},
      {"http://h:80/x", 1, "expected tcp:HOST:PORT/API, unix:PATH or unix:@NAME"},
      {"TCP:h:80/x", 1, "unknown scheme"},
      {"tcp:", 5, "empty host"},
      {"tcp::80/x", 5, "empty host"},
      {"tcp:/x", 5, "empty host"},
      {"tcp:h", 6, "missing port"},
      {"tcp:h/x", 6, "missing port"},
      {"tcp:h:", 7, "missing port"},
      {"tcp:h:/x", 7, "missing port"},
      {"tcp:h:?as-api=x", 7, "missing port"},
      {"tcp:h:65536/x", 7, "port out of range"},
      {"tcp:h:99999999999999999999999/x", 7, "port out of range"},
      {"tcp:h:-1/x", 7, "expected a port of digits"},
      {"tcp:h:8o/x", 8, "expected a port of digits"},
      {"tcp:fe80::1:80/x", 10, "IPv6 address goes in brackets"},
      {"tcp:[::1:80/x", 14, "expected ']'"},
      {"tcp:[]:80/x", 6, "expected an IPv6 address"},
      {"tcp:[1.2.3.4]:80/x", 6, "expected an IPv6 address"},
      {"tcp:[::1]/x", 10, "missing port"},
      {"tcp:*h:80/x", 5, "'*' alone"},
      {"tcp:a b:80/x", 6, "expected a host name"},
      {"tcp:" + std::string(254, 'h') + ":80/x", 5, "254 bytes; expected at most 253"},
      {"tcp:h:80/a b", 11, "plain API name"},
      {"tcp:h:80/x?api=y", 12, "expected as-api=API"},
      {"tcp:h:80/x?", 12, "expected as-api=API"},
      {"tcp:h:80/x?as-api=", 19, "expected the name of an API"},
      {"tcp:h:80/x?as-api=a&b=c", 20, "plain API name"},
      {"unix:", 6, "empty path"},
      {"unix:?as-api=x", 6, "empty path"},
      {"unix:@", 7, "empty name"},
      {"unix:/run/", 11, "expected a file name"},
      {"unix:" + std::string(108, 'p'), 6, "path of 108 bytes; a Unix socket takes at most 107"},
      {"unix:@" + std::string(110, 'n'), 7, "name of 110 bytes; a Unix socket takes at most 107"},
      {"unix:/a\0b"s, 8, "control character or NUL"},
      {"unix:/a\nb", 8, "unix:/a\\x0ab"},
      {"tcp:h:80/\x7f", 10, "control character"},
      {"tcp:h\x9b:80", 6, "tcp:h\\x9b:80"},
  };
  for (const Bad& bad : table) {
    const ParsedAddress parsed = parse_address(bad.text);
    const auto* error = std::get_if<AddressError>(&parsed);
    ASSERT_NE(error, nullptr) << bad.text;
    EXPECT_EQ(error->column, bad.column) << error->message;
    EXPECT_NE(error->message.find(bad.said), std::string::npos) << error->message;
    EXPECT_EQ(error->message.find('\n'), std::string::npos) << error->message;
  }
}

TEST(Address, ErrorNamesTheAddressAndTheColumn) {
  const ParsedAddress parsed = parse_address("tcp:h");
  EXPECT_EQ(std::get<AddressError>(parsed).message,
            "address \"tcp:h\", column 6: missing port; expected ':PORT' after the host");
}

TEST(Address, LongestUnixNamesFit) {
  for (const std::string prefix : {"unix:", "unix:@"}) {
    const ParsedAddress parsed = parse_address(prefix + std::string(kMaxUnixNameSize, 'n'));
    ASSERT_TRUE(std::holds_alternative<Address>(parsed));
    const sockaddr_un raw = to_sockaddr_un(std::get<Address>(parsed));
    EXPECT_EQ(std::string(raw.sun_path, sizeof raw.sun_path),
              prefix == "unix:" ? std::string(107, 'n') + std::string(1, '\0')
                                : std::string(1, '\0') + std::string(107, 'n'));
  }
}

TEST(Address, AbstractNameIsPaddedWithNul) {
  const sockaddr_un raw = to_sockaddr_un(Address{UnixAbstractPlace{"ab"}, "ab"});
  EXPECT_EQ(std::string(raw.sun_path, sizeof raw.sun_path),
            std::string(1, '\0') + "ab" + std::string(105, '\0'));
}

TEST(Address, WithPortChangesOnlyTcp) {
  const Address tcp{TcpPlace{"::1", 0}, "x"};
  EXPECT_EQ(to_string(with_port(tcp, 4711)), "tcp:[::1]:4711/x");
  const Address path{UnixPathPlace{"/run/x"}, "x"};
  EXPECT_EQ(with_port(path, 4711), path);
}

}  // namespace
}  // namespace wsapi
