// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes what passes on the connections of a run as inputs for the fuzz targets: each direction of
// each connection is one file, named by its content, so that the same traffic is there once.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsapi {

class CorpusExport {
 public:
  static constexpr std::size_t kMaxStreamSize = 65'536;  // bytes; longer ones are left out

  // Makes the folders FOLDER/server_session, FOLDER/client_session and FOLDER/frame where they are
  // not there; error() says what has gone wrong first, then and later.
  explicit CorpusExport(std::filesystem::path folder);

  // The streams of one connection as the bytes came: to the server, and from it. Neither is
  // written where it is empty or too long.
  void add(std::span<const std::byte> to_server, std::span<const std::byte> from_server);

  [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
  void write(std::string_view target, std::span<const std::byte> stream);

  std::filesystem::path folder_;
  std::string error_;
};

// One direction of a connection, as long as it may be written.
class StreamRecord {
 public:
  void add(std::span<const std::byte> bytes) {
    if (too_long_) return;
    too_long_ = bytes.size() > CorpusExport::kMaxStreamSize - bytes_.size();
    if (too_long_) {
      bytes_.clear();
    } else {
      bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }
  }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
  bool too_long_ = false;
};

}  // namespace wsapi
