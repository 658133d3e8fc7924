// SPDX-License-Identifier: Apache-2.0

// Listening and accepting; see transport.h.

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "harness/net/transport.h"
#include "harness/net/transport_internal.h"

namespace wsapi {
namespace {

using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kPause{20};

// What tells a file from one that later takes its path.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

std::optional<FileIdentity> socket_file_at(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) {
    return std::nullopt;
  }
  return FileIdentity{status.st_dev, status.st_ino};
}

// Removes a socket file that nobody listens on. Returns why the path cannot be used, or nothing.
std::string clear_path(const Address& address) {
  const std::string& path = std::get<UnixPathPlace>(address.place).path;
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? "" : system_error(errno).message();
  }
  if (!S_ISSOCK(status.st_mode)) {
    return "a file that is not a socket is in the way, and is kept";
  }
  const int probe = open_socket(AF_UNIX);
  if (probe < 0) {
    return system_error(errno).message();
  }
  const sockaddr_un raw = to_sockaddr_un(address);
  const StreamEndpoint endpoint(&raw, sizeof raw);
  const int number = start_connect(probe, endpoint);
  ::close(probe);
  if (number == 0 || number == EAGAIN || number == EPROTOTYPE) {
    return "address in use: somebody listens there";
  }
  if (number != ECONNREFUSED && number != ENOENT) {
    return fmt::format("cannot tell whether somebody listens there: {}",
                       system_error(number).message());
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fmt::format("cannot remove the stale socket file: {}", system_error(errno).message());
  }
  return "";
}

// The endpoints to try, in their order; the first one that can be bound is used.
std::vector<StreamEndpoint> local_endpoints(const asio::any_io_executor& executor,
                                            const Address& address, error_code& error) {
  if (!address.is_tcp()) {
    const sockaddr_un raw = to_sockaddr_un(address);
    return {StreamEndpoint(&raw, sizeof raw)};
  }
  const auto& place = std::get<TcpPlace>(address.place);
  if (place.is_every_interface()) {
    return {tcp::endpoint(tcp::v6(), place.port), tcp::endpoint(tcp::v4(), place.port)};
  }
  const auto numeric = asio::ip::make_address(place.host, error);
  if (!error) {
    return {tcp::endpoint(numeric, place.port)};
  }
  tcp::resolver resolver(executor);
  const auto results = resolver.resolve(place.host, std::to_string(place.port),
                                        tcp::resolver::numeric_service, error);
  std::vector<StreamEndpoint> endpoints;
  for (const auto& entry : results) {
    endpoints.emplace_back(entry.endpoint());
  }
  return endpoints;
}

error_code bind_and_listen(StreamSocket& socket, const StreamEndpoint& endpoint,
                           bool is_every_interface) {
  const int family = endpoint.protocol().family();
  const int descriptor = open_socket(family);
  if (descriptor < 0) {
    return system_error(errno);
  }
  error_code error;
  socket.assign(asio::generic::stream_protocol(family, 0), descriptor, error);
  if (error) {
    ::close(descriptor);
    return error;
  }
  if (is_tcp_family(family)) {
    socket.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error && is_every_interface && family == AF_INET6) {
    socket.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) {
    socket.bind(endpoint, error);
  }
  if (!error && ::listen(descriptor, kBacklog) != 0) {
    error = system_error(errno);
  }
  if (error) {
    error_code ignored;
    socket.close(ignored);
  }
  return error;
}

std::uint16_t port_of(const StreamEndpoint& endpoint) {
  if (!is_tcp_family(endpoint.protocol().family())) {
    return 0;
  }
  tcp::endpoint typed;
  typed.resize(endpoint.size());
  std::memcpy(typed.data(), endpoint.data(), endpoint.size());
  return typed.port();
}

bool is_out_of_resources(int number) {
  return number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM;
}

// Errors of the one connection that was to be accepted, not of the listening socket; accept(2).
bool is_passing(int number) {
  switch (number) {
    case ECONNABORTED:
    case EINTR:
    case EPROTO:
    case EPERM:
    case ENOPROTOOPT:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case EOPNOTSUPP: return true;
    default: return false;
  }
}

}  // namespace

struct Acceptor::State {
  State(const asio::any_io_executor& used, Address given)
      : executor(used), socket(used), pause(used), address(std::move(given)) {}

  static asio::awaitable<AcceptOutcome> accept(std::shared_ptr<State> state);

  asio::any_io_executor executor;
  StreamSocket socket;
  asio::steady_timer pause;
  Address address;
  std::optional<FileIdentity> file;  // the socket file made by this acceptor
  std::uint64_t pause_count = 0;
  unsigned immediate_count = 0;
};

asio::awaitable<AcceptOutcome> Acceptor::State::accept(std::shared_ptr<State> state) {
  while (state != nullptr && state->socket.is_open()) {
    if (++state->immediate_count % kMaxImmediateCount == 0) {
      co_await asio::post(asio::use_awaitable);
      continue;  // it may have been closed meanwhile
    }
    const int accepted =
        ::accept4(state->socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    const int number = accepted < 0 ? errno : 0;
    if (accepted >= 0) {
      Stream stream = Stream::adopt(state->executor, accepted);
      if (stream.is_open()) {
        co_return AcceptOutcome(AcceptStatus::kOk, std::move(stream), {});
      }
    } else if (is_out_of_resources(number)) {
      ++state->pause_count;
      state->pause.expires_after(kPause);
      co_await state->pause.async_wait(kAwait);
    } else if (would_block(system_error(number))) {
      const auto [error] = co_await state->socket.async_wait(StreamSocket::wait_read, kAwait);
      if (error && state->socket.is_open()) {
        co_return AcceptOutcome(AcceptStatus::kError, {}, error);
      }
    } else if (!is_passing(number)) {
      co_return AcceptOutcome(AcceptStatus::kError, {}, system_error(number));
    }
  }
  co_return AcceptOutcome(AcceptStatus::kClosed, {}, asio::error::operation_aborted);
}

Acceptor::Acceptor(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}

Acceptor& Acceptor::operator=(Acceptor&& other) noexcept {
  if (this != &other) {
    close();
    state_ = std::move(other.state_);
  }
  return *this;
}

Acceptor::~Acceptor() { close(); }

ListenResult Acceptor::listen(const asio::any_io_executor& executor, const Address& address) {
  const auto refuse = [&address](const std::string& reason) {
    return ListenResult{{}, fmt::format("cannot listen on {}: {}", to_string(address), reason)};
  };
  const auto* path = std::get_if<UnixPathPlace>(&address.place);
  if (path != nullptr) {
    const std::string obstacle = clear_path(address);
    if (!obstacle.empty()) {
      return refuse(obstacle);
    }
  }
  auto state = std::make_shared<State>(executor, address);
  const auto* tcp_place = std::get_if<TcpPlace>(&address.place);
  const bool is_every = tcp_place != nullptr && tcp_place->is_every_interface();
  error_code error;
  for (const StreamEndpoint& endpoint : local_endpoints(executor, address, error)) {
    error = bind_and_listen(state->socket, endpoint, is_every);
    if (!error || error == asio::error::address_in_use) {
      break;  // another endpoint would hide that the address is taken
    }
  }
  if (!state->socket.is_open()) {
    return refuse(error == asio::error::address_in_use ? "address in use" : error.message());
  }
  if (path != nullptr) {
    state->file = socket_file_at(path->path);
  }
  state->address = with_port(address, port_of(state->socket.local_endpoint(error)));
  return ListenResult{Acceptor(std::move(state)), ""};
}

const Address& Acceptor::local_address() const {
  assert(state_ != nullptr && "an acceptor that has listened");
  return state_->address;
}

asio::awaitable<AcceptOutcome> Acceptor::accept() { return State::accept(state_); }

std::uint64_t Acceptor::pause_count() const { return state_ == nullptr ? 0 : state_->pause_count; }

void Acceptor::close() {
  if (!is_open()) {
    return;
  }
  if (state_->file.has_value()) {
    const std::string& path = std::get<UnixPathPlace>(state_->address.place).path;
    if (socket_file_at(path) == state_->file) {
      ::unlink(path.c_str());
    }
  }
  error_code ignored;
  state_->socket.close(ignored);
  state_->pause.cancel();
}

bool Acceptor::is_open() const { return state_ != nullptr && state_->socket.is_open(); }

int Acceptor::native_handle() const { return is_open() ? state_->socket.native_handle() : -1; }

}  // namespace wsapi
