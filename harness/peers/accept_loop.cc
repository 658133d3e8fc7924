// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/accept_loop.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

namespace wsapi {
namespace {

asio::awaitable<void> accept_all(std::shared_ptr<Acceptor> acceptor,
                                 AcceptLoop::OnStream on_stream) {
  for (;;) {
    AcceptOutcome accepted = co_await acceptor->accept();
    if (accepted.status != AcceptStatus::kOk) co_return;
    on_stream(std::move(accepted.stream));
  }
}

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

AcceptLoop::AcceptLoop(asio::any_io_executor executor, Address address)
    : executor_(std::move(executor)),
      address_(std::move(address)),
      acceptor_(std::make_shared<Acceptor>()) {}

AcceptLoop::~AcceptLoop() { stop(); }

std::string AcceptLoop::start(OnStream on_stream) {
  ListenResult listening = Acceptor::listen(executor_, address_);
  if (!listening.error.empty()) return listening.error;
  *acceptor_ = std::move(listening.acceptor);
  address_ = acceptor_->local_address();
  asio::co_spawn(executor_, accept_all(acceptor_, std::move(on_stream)), rethrow);
  return "";
}

void AcceptLoop::stop() { acceptor_->close(); }

}  // namespace wsapi
