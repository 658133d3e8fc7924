// SPDX-License-Identifier: Apache-2.0

// Connecting; see transport.h.

#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <utility>
#include <vector>

#include "harness/net/transport.h"
#include "harness/net/transport_internal.h"

namespace wsapi {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using tcp = asio::ip::tcp;

// Pauses before a full backlog is tried again: from the first, doubled, up to the last.
constexpr milliseconds kFirstPause{1};
constexpr milliseconds kLastPause{50};
// Endpoints of one host name that are tried at most.
constexpr std::size_t kMaxEndpointCount = 16;

using Attempt = ConnectResult;  // with the reason alone as the message

// Where an address leads: endpoints, or why there are none.
struct Targets {
  Targets() = default;
  explicit Targets(StreamEndpoint endpoint) { endpoints.push_back(std::move(endpoint)); }
  Targets(ConnectStatus failure, std::string why) : status(failure), reason(std::move(why)) {}

  std::vector<StreamEndpoint> endpoints;
  ConnectStatus status = ConnectStatus::kOk;
  std::string reason;
};

struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), timer(executor) {}

  tcp::resolver resolver;
  asio::steady_timer timer;
  bool is_done = false;
  error_code error;
  tcp::resolver::results_type results;
};

// A name lookup cannot be interrupted, so the coroutine waits for the timer and leaves a lookup
// that is too slow behind.
asio::awaitable<Targets> resolve(TcpPlace place, Deadline deadline) {
  auto lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor);
  lookup->timer.expires_at(deadline);
  lookup->resolver.async_resolve(
      place.host, std::to_string(place.port), tcp::resolver::numeric_service,
      [lookup](const error_code& error, tcp::resolver::results_type results) {
        lookup->is_done = true;
        lookup->error = error;
        lookup->results = std::move(results);
        lookup->timer.cancel();
      });
  co_await lookup->timer.async_wait(kAwait);
  if (!lookup->is_done) {
    co_return Targets(ConnectStatus::kTimeout, "the host name was not resolved in time");
  }
  if (lookup->error) {
    co_return Targets(ConnectStatus::kError, lookup->error.message());
  }
  Targets targets;
  for (const auto& entry : lookup->results) {
    targets.endpoints.emplace_back(entry.endpoint());
  }
  targets.endpoints.resize(std::min(targets.endpoints.size(), kMaxEndpointCount));
  co_return targets;
}

asio::awaitable<Targets> find_targets(Address address, Deadline deadline) {
  if (!address.is_tcp()) {
    const sockaddr_un raw = to_sockaddr_un(address);
    co_return Targets(StreamEndpoint(&raw, sizeof raw));
  }
  const auto& place = std::get<TcpPlace>(address.place);
  if (place.is_every_interface()) {
    co_return Targets(ConnectStatus::kError, "'*' can be listened on, not connected to");
  }
  if (place.port == 0) {
    co_return Targets(ConnectStatus::kError, "port 0 can be listened on, not connected to");
  }
  error_code not_numeric;
  const auto numeric = asio::ip::make_address(place.host, not_numeric);
  if (!not_numeric) {
    co_return Targets(tcp::endpoint(numeric, place.port));
  }
  co_return co_await resolve(place, deadline);
}

Attempt failed(int error_number) {
  switch (error_number) {
    case ECONNREFUSED:
    case ENOENT: return {ConnectStatus::kRefused, {}, system_error(error_number).message()};
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
    case EADDRNOTAVAIL: return {ConnectStatus::kOwnLimit, {}, system_error(error_number).message()};
    case ETIMEDOUT: return {ConnectStatus::kTimeout, {}, system_error(error_number).message()};
    default: return {ConnectStatus::kError, {}, system_error(error_number).message()};
  }
}

// A connection to a free port of this machine can by chance meet itself.
bool is_connected_to_itself(const StreamSocket& socket) {
  error_code local_error;
  error_code remote_error;
  const StreamEndpoint local = socket.local_endpoint(local_error);
  return is_tcp_family(local.protocol().family()) &&
         local == socket.remote_endpoint(remote_error) && !local_error && !remote_error;
}

// Waits for the end of a connect that is in progress; returns its error number.
asio::awaitable<int> finish_connect(StreamOperations::StatePtr state, Deadline deadline) {
  const Wait waited = co_await StreamOperations::wait(state, Side::kWrite, deadline);
  if (waited != Wait::kReady) {
    co_return waited == Wait::kTimeout ? ETIMEDOUT : ECANCELED;
  }
  int number = 0;
  socklen_t size = sizeof number;
  if (::getsockopt(state->socket.native_handle(), SOL_SOCKET, SO_ERROR, &number, &size) != 0) {
    co_return errno;
  }
  co_return number;
}

asio::awaitable<Attempt> connect_endpoint(StreamEndpoint endpoint, Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  const int descriptor = open_socket(endpoint.protocol().family());
  if (descriptor < 0) {
    co_return failed(errno);
  }
  const StreamOperations::StatePtr state = StreamOperations::adopt(executor, descriptor);
  if (state == nullptr) {
    co_return failed(EBADF);
  }
  asio::steady_timer pause(executor);
  milliseconds pause_ms = kFirstPause;
  for (;;) {  // ends at the deadline at the latest
    int number = start_connect(descriptor, endpoint);
    if (number == EAGAIN && endpoint.protocol().family() == AF_UNIX) {
      if (steady_clock::now() >= deadline) {
        co_return Attempt(ConnectStatus::kTimeout, {}, "the listen backlog stayed full");
      }
      pause.expires_at(std::min(deadline, deadline_in(pause_ms)));
      pause_ms = std::min(2 * pause_ms, kLastPause);
      co_await pause.async_wait(kAwait);
      continue;
    }
    if (number == EINPROGRESS || number == EINTR) {
      number = co_await finish_connect(state, deadline);
    }
    if (number != 0) {
      co_return failed(number);
    }
    break;
  }
  if (is_connected_to_itself(state->socket)) {
    co_return failed(ECONNREFUSED);
  }
  co_return Attempt(ConnectStatus::kOk, StreamOperations::make(state), "");
}

// Of several failures the one that says most about the peer is reported.
int weight(ConnectStatus status) {
  switch (status) {
    case ConnectStatus::kOwnLimit: return 3;
    case ConnectStatus::kTimeout: return 2;
    case ConnectStatus::kRefused: return 1;
    default: return 0;
  }
}

// The share of the time left for the next of `count` endpoints, so that one that never answers does
// not use up the time of the others.
Deadline share_of(Deadline deadline, std::size_t count) {
  const auto now = steady_clock::now();
  if (deadline == kNoDeadline || deadline <= now) {
    return deadline;
  }
  return now + (deadline - now) / static_cast<steady_clock::rep>(count);
}

}  // namespace

asio::awaitable<ConnectResult> connect(Address address, Deadline deadline) {
  const Targets targets = co_await find_targets(address, deadline);
  Attempt best(targets.status, {}, targets.reason);
  for (std::size_t i = 0; i < targets.endpoints.size(); ++i) {
    const Deadline share = share_of(deadline, targets.endpoints.size() - i);
    Attempt attempt = co_await connect_endpoint(targets.endpoints[i], share);
    if (attempt.status == ConnectStatus::kOk) {
      co_return ConnectResult(ConnectStatus::kOk, std::move(attempt.stream), "");
    }
    if (i == 0 || weight(attempt.status) > weight(best.status)) {
      best = std::move(attempt);
    }
  }
  co_return ConnectResult(
      best.status, {}, fmt::format("cannot connect to {}: {}", to_string(address), best.message));
}

}  // namespace wsapi
