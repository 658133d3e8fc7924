// SPDX-License-Identifier: Apache-2.0

#include "harness/suite/features.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "harness/suite/overloaded.h"
#include "harness/suite/script.h"

namespace wsapi {
namespace {

// Octets of a stream that are looked at; frames beyond add nothing new.
constexpr std::size_t kMaxScanned = std::size_t{1} << 18U;
// Payload sizes in bytes from which a length takes 16, and 64 bits (RFC 6455, 5.2).
constexpr std::size_t kMin16Bit = 126;
constexpr std::size_t kMin64Bit = 65'536;

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kControl = 0x08;
constexpr std::uint8_t kPong = 0x0a;

using Names = std::set<std::string_view>;

// What the frames in octets of a stream use. Those after a wrong one are not looked at.
class StreamScan {
 public:
  explicit StreamScan(Names& out) : out_(out) {}

  void add(std::span<const std::byte> octets) {
    octets_.insert(octets_.end(), octets.begin(),
                   octets.begin() + static_cast<std::ptrdiff_t>(
                                        std::min(octets.size(), kMaxScanned - octets_.size())));
    const std::size_t before = frames_;
    while (scan_frame()) ++frames_;
    if (frames_ > before + 1) out_.insert("one-write");
  }

  // Whether what was added so far ends inside a frame.
  [[nodiscard]] bool mid_frame() const { return position_ < octets_.size(); }

 private:
  [[nodiscard]] std::uint8_t at(std::size_t offset) const {
    return std::to_integer<std::uint8_t>(octets_[position_ + offset]);
  }

  // Consumes the next frame, if all of it is there.
  bool scan_frame() {
    const std::size_t left = octets_.size() - position_;
    if (left < 2) return false;
    const std::uint8_t short_size = at(1) & 0x7fU;
    const std::size_t size_bytes = short_size == 127 ? 8 : short_size == 126 ? 2 : 0;
    const bool is_masked = (at(1) & 0x80U) != 0;
    const std::size_t header_size = 2 + size_bytes + (is_masked ? 4U : 0U);
    if (left < header_size) return false;
    std::uint64_t size = size_bytes == 0 ? short_size : 0;
    for (std::size_t i = 0; i < size_bytes; ++i) size = size << 8U | at(2 + i);
    note(at(0), is_masked, static_cast<std::size_t>(size), size_bytes);
    if (size > left - header_size) return false;
    position_ += header_size + static_cast<std::size_t>(size);
    return true;
  }

  void note(std::uint8_t first, bool is_masked, std::size_t size, std::size_t size_bytes) {
    const std::uint8_t opcode = first & 0x0fU;
    if (is_masked) out_.insert("masking");
    if (size_bytes == 2) out_.insert("length-16");
    if (size_bytes == 8) out_.insert("length-64");
    if (opcode == kPong) out_.insert("pong");
    const bool is_data = (opcode & kControl) == 0;
    if (is_data && ((first & kFin) == 0 || opcode == 0)) out_.insert("fragmentation");
    if (is_data && (first & kFin) != 0 && opcode != 0 && size == 0) out_.insert("empty-message");
  }

  Names& out_;
  std::vector<std::byte> octets_;
  std::size_t position_ = 0;  // of the first frame that is not complete
  std::size_t frames_ = 0;
};

class ScriptScan {
 public:
  Names take(const std::vector<Step>& steps) {
    scan(steps);
    return std::move(out_);
  }

 private:
  void scan(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      note_held_frames(step);
      std::visit(Overloaded{[&](const Repeat& repeat) { scan(repeat.steps); },
                            [&](const auto& action) { scan(step.connection, action); }},
                 step.action);
    }
  }

  // A step on one connection while another has sent a part of a frame.
  void note_held_frames(const Step& step) {
    const bool waits =
        std::holds_alternative<Expect>(step.action) || std::holds_alternative<Barrier>(step.action);
    if (!waits) return;
    for (const auto& [connection, stream] : streams_) {
      if (connection != step.connection && stream.mid_frame()) out_.insert("half-frame");
    }
  }

  void scan(const std::string& connection, const Connect& connect) {
    streams_.erase(connection);
    connections_.insert(connection);
    if (connections_.size() > 1) out_.insert("second-connection");
    if (connect.negotiate) out_.insert("negotiation");
  }
  void scan(const std::string&, const SendMessage& send) { note_shape(send.frame); }
  void scan(const std::string&, const SendPayload& send) {
    note_shape(send.frame);
    if (!send.frame.fragments.empty()) return;
    if (send.payload.size() >= kMin64Bit) {
      out_.insert("length-64");
    } else if (send.payload.size() >= kMin16Bit) {
      out_.insert("length-16");
    }
    if (send.payload.size() == 0) out_.insert("empty-message");
  }
  void scan(const std::string& connection, const SendStream& send) {
    StreamScan& stream = streams_.try_emplace(connection, out_).first->second;
    const bool is_piece = stream.mid_frame();
    stream.add(send.bytes.cut(std::min(send.bytes.size(), kMaxScanned)).expand());
    if (is_piece) out_.insert("pieces");
  }
  void scan(const std::string&, const Expect& expect) { note_patterns(expect.patterns); }
  void scan(const std::string&, const Barrier&) { out_.insert("call"); }
  void scan(const std::string&, const ExpectClose&) {}
  void scan(const std::string& connection, const EndOurSide&) { streams_.erase(connection); }
  template <typename Other>
  void scan(const std::string&, const Other&) {}

  void note_shape(const FrameShape& shape) {
    if (shape.mask) out_.insert("masking");
    if (!shape.fragments.empty()) out_.insert("fragmentation");
    if (shape.piece_size != 0 || !shape.cuts.empty()) out_.insert("pieces");
  }

  void note_patterns(const std::vector<Pattern>& patterns) {
    for (const Pattern& pattern : patterns) {
      const std::string message = pattern.value("message", "");
      if (pattern.contains("pong")) out_.insert("ping");
      if (message.ends_with("description")) out_.insert("describe");
      if (message.ends_with("reply")) out_.insert("call");
    }
  }

  Names out_;
  std::map<std::string, StreamScan> streams_;
  std::set<std::string> connections_;
};

}  // namespace

const Feature* find_feature(std::string_view name) noexcept {
  const auto it = std::ranges::find(kFeatures, name, &Feature::name);
  return it == kFeatures.end() ? nullptr : &*it;
}

std::vector<std::string> features_of(const TestCase& test_case) {
  Names used = ScriptScan{}.take(steps_of(test_case));
  // The liveness check calls on a fresh connection.
  if (test_case.disturbs) used.insert({"negotiation", "call"});
  for (const std::string& requirement : test_case.requirements) {
    if (const Feature* const feature = find_feature(requirement)) used.insert(feature->name);
  }
  std::vector<std::string> out;
  for (const Feature& feature : kFeatures) {
    if (feature.name != test_case.basic && used.contains(feature.name)) {
      out.emplace_back(feature.name);
    }
  }
  return out;
}

}  // namespace wsapi
