// SPDX-License-Identifier: Apache-2.0
#pragma once

// The deviations of one server, applied one after the other at each of its seams.

#include <map>
#include <optional>
#include <set>

#include "codec/decode.h"
#include "codec/encode.h"
#include "harness/peers/deviations/deviation.h"

namespace wsapi {

class DeviantServer : public ServerHooks {
 public:
  explicit DeviantServer(std::vector<const Deviation*> deviations)
      : deviations_(std::move(deviations)), shared_(deviations_.size()) {}
  std::unique_ptr<ConnectionHooks> connected(HookedConnection& link) override;

 private:
  friend class Deviant;
  friend class DeviantConnection;
  std::vector<const Deviation*> deviations_;
  std::deque<Scratch> shared_;
  std::set<DeviantConnection*> connections_;
  std::uint64_t accepted_ = 0;
};

class DeviantConnection : public ConnectionHooks {
 public:
  DeviantConnection(DeviantServer& server, HookedConnection& link, std::uint64_t number);
  DeviantConnection(const DeviantConnection&) = delete;
  DeviantConnection& operator=(const DeviantConnection&) = delete;
  ~DeviantConnection() override;

  std::span<const std::byte> octets_in(OctetView octets) override;
  bool control_in(const FrameEvent& event) override;
  void message_in(OctetView message) override;
  void message_out(OctetView message) override;
  void control_out(Opcode opcode, OctetView payload) override;
  bool breaks_at_end_of_input() const override;
  std::size_t write_size() const override;
  std::chrono::milliseconds finish_delay() const override;
  void ended() override;

 private:
  friend class Deviant;
  // From the deviation of that index on.
  void message_in_from(std::size_t index, OctetView message);
  void message_out_from(std::size_t index, OctetView message);
  void frame_out_from(std::size_t index, const FrameHeader& header, OctetView payload);
  void add_rewriter(std::size_t index);
  [[nodiscard]] const Change& change(std::size_t index) const {
    return server_.deviations_[index]->change;
  }

  DeviantServer& server_;
  HookedConnection& link_;
  std::uint64_t number_;
  std::deque<Deviant> deviants_;
  std::map<std::size_t, FrameRewriter> rewriters_;
  std::map<std::uint32_t, UnansweredCall> calls_;
  std::deque<std::string> texts_;
  Octets input_;
};

template <WsapiMessage Message>
void Deviant::pass_in(const Message& message) {
  WriteBuf buffer;
  if (encode(message, revision(), buffer).ok()) pass_in(OctetView(gather(buffer.parts())));
}

template <WsapiMessage Message>
void Deviant::pass_out(const Message& message) {
  WriteBuf buffer;
  if (encode(message, revision(), buffer).ok()) pass_out(OctetView(gather(buffer.parts())));
}

}  // namespace wsapi
