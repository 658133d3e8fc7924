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

void CorpusExport::add(std::span<const std::byte> to_server,
                       std::span<const std::byte> from_server) {
  write(kServerTarget, to_server);
  write(kFrameTarget, to_server);
  write(kClientTarget, from_server);
  write(kFrameTarget, from_server);
}

void CorpusExport::write(std::string_view target, std::span<const std::byte> stream) {
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
