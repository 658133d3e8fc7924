// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/peer_thread.h"

#include <boost/asio/post.hpp>

namespace wsapi {

PeerThread::PeerThread(const MakePeer& make_peer)
    : io_(1),
      peer_(make_peer(io_)),
      error_(peer_->start()),
      local_address_(peer_->local_address()) {
  if (error_.empty()) thread_ = std::jthread([this] { io_.run(); });
}

PeerThread::~PeerThread() { stop(); }

void PeerThread::stop() {
  if (!thread_.joinable()) return;
  // With the peer stopped nothing is left to wait for, and run() returns by itself.
  asio::post(io_, [this] { peer_->stop(); });
  thread_.join();
}

}  // namespace wsapi
