// SPDX-License-Identifier: Apache-2.0

#include "harness/net/wire.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace wsapi {
namespace {

class LiveWire final : public Wire {
 public:
  explicit LiveWire(Stream stream) : stream_(std::move(stream)) {}

  asio::awaitable<ReadOutcome> read_some(std::span<std::byte> into, Deadline deadline) override {
    return stream_.read_some(into, deadline);
  }
  asio::awaitable<WriteOutcome> write_all(std::span<const std::byte> bytes,
                                          Deadline deadline) override {
    return stream_.write_all(bytes, deadline);
  }
  [[nodiscard]] std::optional<std::size_t> unread_by_peer() const override {
    int count = 0;
    if (::ioctl(stream_.native_handle(), SIOCOUTQ, &count) != 0 || count < 0) return std::nullopt;
    return static_cast<std::size_t>(count);
  }
  void shutdown_send() override { stream_.shutdown_send(); }
  void close() override { stream_.close(); }
  void reset() override { stream_.reset(); }

 private:
  Stream stream_;
};

asio::awaitable<WireResult> connect_wire(Address address, Deadline deadline) {
  ConnectResult connected = co_await connect(std::move(address), deadline);
  if (connected.status != ConnectStatus::kOk) {
    WireResult failed(nullptr, std::move(connected.message));
    failed.is_suite_limit = connected.status == ConnectStatus::kOwnLimit;
    co_return failed;
  }
  co_return WireResult(make_live_wire(std::move(connected.stream)), {});
}

}  // namespace

std::unique_ptr<Wire> make_live_wire(Stream stream) {
  return std::make_unique<LiveWire>(std::move(stream));
}

OpenWire connecting_to(Address address) {
  return
      [address = std::move(address)](Deadline deadline) { return connect_wire(address, deadline); };
}

}  // namespace wsapi
