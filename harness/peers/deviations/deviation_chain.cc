// SPDX-License-Identifier: Apache-2.0

#include "harness/peers/deviations/deviation_chain.h"

#include <algorithm>

#include "codec/decode.h"

namespace wsapi {
namespace {

constexpr std::size_t kMaxKeptTexts = 1024;
constexpr std::size_t kMaxPendingCalls = 100'000;

}  // namespace

// ---- Deviant

void Deviant::pass_in(OctetView message) { connection_.message_in_from(index_ + 1, message); }
void Deviant::pass_out(OctetView message) { connection_.message_out_from(index_ + 1, message); }
void Deviant::pass_frame(const FrameHeader& header, OctetView payload) {
  connection_.frame_out_from(index_ + 1, header, payload);
}

HookedConnection& Deviant::link() const { return connection_.link_; }
std::uint64_t Deviant::number() const { return connection_.number_; }

const UnansweredCall& Deviant::call(std::uint32_t id) const {
  static const UnansweredCall kNone;
  const auto entry = connection_.calls_.find(id);
  return entry == connection_.calls_.end() ? kNone : entry->second;
}

std::string_view Deviant::keep(std::string text) const {
  auto& texts = connection_.texts_;
  if (texts.size() >= kMaxKeptTexts) texts.pop_front();
  return texts.emplace_back(std::move(text));
}

void Deviant::for_each(const std::function<void(Deviant&)>& visit) const {
  const auto all = connection_.server_.connections_;  // a copy: one may end meanwhile
  for (DeviantConnection* const connection : all) {
    if (connection_.server_.connections_.contains(connection)) visit(connection->deviants_[index_]);
  }
}

void Deviant::close(std::uint16_t code) const {
  connection_.link_.queue(close_frame(code));
  connection_.link_.finish();
}

// ---- DeviantServer

std::unique_ptr<ConnectionHooks> DeviantServer::connected(HookedConnection& link) {
  return std::make_unique<DeviantConnection>(*this, link, ++accepted_);
}

// ---- DeviantConnection

DeviantConnection::DeviantConnection(DeviantServer& server, HookedConnection& link,
                                     std::uint64_t number)
    : server_(server), link_(link), number_(number) {
  for (std::size_t i = 0; i < server.deviations_.size(); ++i) {
    deviants_.emplace_back(*this, i, server.shared_[i]);
    if (change(i).header_in || change(i).payload_in) add_rewriter(i);
  }
  server_.connections_.insert(this);
  for (std::size_t i = 0; i < deviants_.size(); ++i) {
    if (change(i).connected) change(i).connected(deviants_[i]);
  }
}

DeviantConnection::~DeviantConnection() { server_.connections_.erase(this); }

void DeviantConnection::add_rewriter(std::size_t index) {
  const Change& used = change(index);
  Deviant& deviant = deviants_[index];
  FrameRewriter::OnHeader on_header;
  if (used.header_in) {
    on_header = [&](FrameHeader& header) { return used.header_in(deviant, header); };
  }
  FrameRewriter::OnPayload on_payload;
  if (used.payload_in) {
    on_payload = [&](std::span<std::byte> octets, std::uint64_t offset) {
      used.payload_in(deviant, octets, offset);
    };
  }
  rewriters_.emplace(index, FrameRewriter(std::move(on_header), std::move(on_payload)));
}

std::span<const std::byte> DeviantConnection::octets_in(OctetView octets) {
  input_.assign(octets.begin(), octets.end());
  for (std::size_t i = 0; i < deviants_.size(); ++i) {
    if (change(i).octets_in) change(i).octets_in(deviants_[i], input_);
    const auto rewriter = rewriters_.find(i);
    if (rewriter != rewriters_.end()) input_ = rewriter->second.rewrite(input_);
  }
  return input_;
}

bool DeviantConnection::control_in(const FrameEvent& event) {
  for (std::size_t i = 0; i < deviants_.size(); ++i) {
    if (change(i).control_in && change(i).control_in(deviants_[i], event)) return true;
  }
  return false;
}

void DeviantConnection::message_in(OctetView message) {
  const auto call = decode_as<Call>(message, link_.revision());
  if (call && calls_.size() < kMaxPendingCalls) {
    calls_[call->call_id] = {std::string(call->verb), std::string(call->args.text),
                             call->session_id, call->token_id};
  }
  message_in_from(0, message);
}

void DeviantConnection::message_in_from(std::size_t index, OctetView message) {
  if (index == deviants_.size()) return link_.take_message(message);
  if (!change(index).message_in) return message_in_from(index + 1, message);
  change(index).message_in(deviants_[index], message);
}

void DeviantConnection::message_out(OctetView message) {
  message_out_from(0, message);
  const auto reply = decode_as<Reply>(message, link_.revision());
  if (reply) calls_.erase(reply->call_id);
}

void DeviantConnection::message_out_from(std::size_t index, OctetView message) {
  if (index == deviants_.size()) return frame_out_from(0, {}, message);
  if (!change(index).message_out) return message_out_from(index + 1, message);
  change(index).message_out(deviants_[index], message);
}

void DeviantConnection::control_out(Opcode opcode, OctetView payload) {
  frame_out_from(0, {.opcode = static_cast<std::uint8_t>(opcode)}, payload);
}

void DeviantConnection::frame_out_from(std::size_t index, const FrameHeader& header,
                                       OctetView payload) {
  if (index == deviants_.size()) return link_.queue(encode_frame(header, payload));
  if (!change(index).frame_out) return frame_out_from(index + 1, header, payload);
  change(index).frame_out(deviants_[index], header, payload);
}

bool DeviantConnection::breaks_at_end_of_input() const {
  return std::ranges::any_of(server_.deviations_, [](const Deviation* deviation) {
    return deviation->change.breaks_at_end_of_input;
  });
}

std::size_t DeviantConnection::write_size() const {
  std::size_t size = 0;
  for (const Deviation* const one : server_.deviations_) {
    if (one->change.write_size > 0 && (size == 0 || one->change.write_size < size)) {
      size = one->change.write_size;
    }
  }
  return size;
}

std::chrono::milliseconds DeviantConnection::finish_delay() const {
  std::chrono::milliseconds delay{0};
  for (const Deviation* const one : server_.deviations_) delay += one->change.finish_delay;
  return delay;
}

void DeviantConnection::ended() {
  for (std::size_t i = 0; i < deviants_.size(); ++i) {
    if (change(i).ended) change(i).ended(deviants_[i]);
  }
}

// ---- What others call

bool is_of(const Deviation& deviation, Revision revision) {
  switch (deviation.revisions) {
    case DeviationRevisions::kAny: return true;
    case DeviationRevisions::kOfVersion1: return revision != Revision::kLegacy;
    case DeviationRevisions::kOnly2020_01: return revision == Revision::k2020_01;
    case DeviationRevisions::kOnly2020_03: return revision == Revision::k2020_03;
    case DeviationRevisions::kOnlyLegacy: return revision == Revision::kLegacy;
  }
  return false;
}

std::shared_ptr<ServerHooks> make_hooks(std::vector<const Deviation*> deviations) {
  if (deviations.empty()) return nullptr;
  return std::make_shared<DeviantServer>(std::move(deviations));
}

void deviate(ReferenceServerOptions& options, std::vector<const Deviation*> deviations) {
  for (const Deviation* const one : deviations) {
    if (one->change.options) one->change.options(options);
  }
  options.hooks = make_hooks(std::move(deviations));
}

}  // namespace wsapi
