// SPDX-License-Identifier: Apache-2.0

#include "harness/record/corpus_export.h"

#include <fmt/format.h>

#include <boost/uuid/detail/sha1.hpp>
#include <fstream>
#include <system_error>
#include <utility>

#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr std::string_view kServerTarget = "server_session";
constexpr std::string_view kClientTarget = "client_session";
constexpr std::string_view kFrameTarget = "frame";

// The first 16 digits of the SHA-1, as the names of all inputs that are kept.
std::string name_of(std::span<const std::byte> stream) {
  boost::uuids::detail::sha1 hash;
  hash.process_bytes(stream.data(), stream.size());
  boost::uuids::detail::sha1::digest_type digest;
  hash.get_digest(digest);
  return fmt::format("{:08x}{:08x}", digest[0], digest[1]);
}

}  // namespace

CorpusExport::CorpusExport(std::filesystem::path folder) : folder_(std::move(folder)) {
  for (const std::string_view target : {kServerTarget, kClientTarget, kFrameTarget}) {
    std::error_code error;
    std::filesystem::create_directories(folder_ / target, error);
    if (!error) continue;
    error_ = fmt::format("{}: cannot be made: {}", printable((folder_ / target).string()),
                         error.message());
    return;
  }
}

void CorpusExport::add(const Transcript& transcript) {
  using Kind = Transcript::Kind;
  struct Streams {
    std::vector<std::byte> sent;
    std::vector<std::byte> received;
    bool is_sent_whole = true;
    bool is_received_whole = true;
  };
  std::vector<Streams> connections(transcript.connections().size());
  for (const Transcript::Event& event : transcript.events()) {
    const bool is_sent = event.kind == Kind::kSent;
    if (!is_sent && event.kind != Kind::kReceived) continue;
    Streams& streams = connections[event.connection];
    std::vector<std::byte>& stream = is_sent ? streams.sent : streams.received;
    bool& is_whole = is_sent ? streams.is_sent_whole : streams.is_received_whole;
    const auto octets = transcript.octets(event);
    is_whole &= event.left_out == 0 && octets.size() <= kMaxStreamSize - stream.size();
    if (is_whole) stream.insert(stream.end(), octets.begin(), octets.end());
  }
  const bool to_server = transcript.to_iut() == Direction::kToServer;
  for (const Streams& streams : connections) {
    if (streams.is_sent_whole) write(to_server ? kServerTarget : kClientTarget, streams.sent);
    if (streams.is_received_whole) {
      write(to_server ? kClientTarget : kServerTarget, streams.received);
    }
  }
}

// To the folder of the session's target, and to that of the frames.
void CorpusExport::write(std::string_view session_target, std::span<const std::byte> stream) {
  write_file(session_target, stream);
  write_file(kFrameTarget, stream);
}

void CorpusExport::write_file(std::string_view target, std::span<const std::byte> stream) {
  if (stream.empty() || !error_.empty()) return;
  const std::filesystem::path path = folder_ / target / name_of(stream);
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  for (const std::byte byte : stream) file.put(std::to_integer<char>(byte));
  file.close();
  if (!file) error_ = printable(path.string()) + ": cannot be written";
}

}  // namespace wsapi
