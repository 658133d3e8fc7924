// SPDX-License-Identifier: Apache-2.0
#pragma once

// Deviations of the reference server: defects, which break one rule each, and legal variants, which
// are unusual but right. Each is one row of a table: a name, a rule, a sentence, and the change
// that it makes at the seams of the server. Several at once form a chain: what one passes on, the
// next sees.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/frame.h"
#include "codec/message.h"
#include "codec/revision.h"
#include "harness/peers/deviations/frame_rewriter.h"
#include "harness/peers/reference_server.h"
#include "harness/peers/server_hooks.h"

namespace wsapi {

using Octets = std::vector<std::byte>;
using OctetView = std::span<const std::byte>;

// What a deviation remembers, of one connection or of the server. Each uses of it what it needs.
struct Scratch {
  std::uint64_t count = 0;
  bool flag = false;
  std::string text;
  std::map<std::uint32_t, std::uint32_t> ids;
  std::map<std::uint32_t, std::string> texts;
  std::map<std::string, std::string, std::less<>> names;
  std::deque<Octets> kept;
  FramePosition position;
};

// A CALL that has not been answered.
struct UnansweredCall {
  std::string verb;
  std::string args;
  std::uint32_t session_id = 0;
  std::uint32_t token_id = 0;
};

class DeviantConnection;

// One deviation on one connection.
class Deviant {
 public:
  Deviant(DeviantConnection& connection, std::size_t index, Scratch& shared_scratch)
      : own(), shared(shared_scratch), connection_(connection), index_(index) {}

  Scratch own;
  Scratch& shared;

  // Hand what came, or is to go, to the next deviation, and at last to the server or the peer.
  void pass_in(OctetView message);
  void pass_out(OctetView message);
  void pass_frame(const FrameHeader& header, OctetView payload);

  template <WsapiMessage Message>
  void pass_in(const Message& message);
  template <WsapiMessage Message>
  void pass_out(const Message& message);

  [[nodiscard]] HookedConnection& link() const;
  [[nodiscard]] Revision revision() const { return link().revision(); }
  [[nodiscard]] bool is_legacy() const { return revision() == Revision::kLegacy; }
  [[nodiscard]] std::uint64_t number() const;  // of the connection, from 1
  [[nodiscard]] const UnansweredCall& call(std::uint32_t id) const;
  // A text that outlives the message which is being made.
  [[nodiscard]] std::string_view keep(std::string text) const;
  // The same deviation on each open connection, this one included.
  void for_each(const std::function<void(Deviant&)>& visit) const;
  void close(std::uint16_t code) const;

 private:
  DeviantConnection& connection_;
  std::size_t index_;
};

// What a deviation changes. What is empty stays as it is.
struct Change {
  std::function<void(ReferenceServerOptions&)> options = {};
  std::function<void(Deviant&)> connected = {};
  std::function<void(Deviant&)> ended = {};
  std::function<void(Deviant&, Octets&)> octets_in = {};
  std::function<FrameFate(Deviant&, FrameHeader&)> header_in = {};
  std::function<void(Deviant&, std::span<std::byte>, std::uint64_t)> payload_in = {};
  std::function<bool(Deviant&, const FrameEvent&)> control_in = {};  // true: that was all
  std::function<void(Deviant&, OctetView)> message_in = {};
  std::function<void(Deviant&, OctetView)> message_out = {};
  std::function<void(Deviant&, const FrameHeader&, OctetView)> frame_out = {};
  bool breaks_at_end_of_input = false;
  std::size_t write_size = 0;
  std::chrono::milliseconds finish_delay{0};
};

enum class DeviationRevisions : std::uint8_t {
  kAny,
  kOfVersion1,
  kOnly2020_01,
  kOnly2020_03,
  kOnlyLegacy
};

struct Deviation {
  std::string_view name;     // kebab-case
  std::string_view rule;     // anchor in vectors/PROTOCOL.md: broken by a defect, used by a variant
  std::string_view summary;  // what the server does
  Change change;
  std::vector<std::string_view> siblings = {};  // other rules whose cases name it as rightly
  DeviationRevisions revisions = DeviationRevisions::kAny;
  bool harms_process = false;  // ends, spins or fills its process: to be served by one of its own
  // Globs of the cases that calibration runs; empty: all of the rules.
  std::vector<std::string_view> cases = {};
};

[[nodiscard]] bool is_of(const Deviation& deviation, Revision revision);

// The hooks for all of them together; null for none. They must outlive what is returned.
[[nodiscard]] std::shared_ptr<ServerHooks> make_hooks(std::vector<const Deviation*> deviations);
// Also changes the options where a deviation does.
void deviate(ReferenceServerOptions& options, std::vector<const Deviation*> deviations);

}  // namespace wsapi
