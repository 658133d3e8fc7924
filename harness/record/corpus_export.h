// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes what passes on the connections of a run as inputs for the fuzz targets: each direction of
// each connection is one file, named by its content, so that the same traffic is there once. A view
// of transcripts.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/transcript.h"

namespace wsapi {

class CorpusExport {
 public:
  static constexpr std::size_t kMaxStreamSize = 65'536;  // bytes; longer ones are left out

  // Makes the folders FOLDER/server_session, FOLDER/client_session and FOLDER/frame where they are
  // not there; error() says what has gone wrong first, then and later.
  explicit CorpusExport(std::filesystem::path folder);

  // The streams of each connection as the octets came: to the server, and from it. One that is
  // empty, too long, or not recorded whole is left out.
  void add(const Transcript& transcript);

  [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
  void write(std::string_view session_target, std::span<const std::byte> stream);
  void write_file(std::string_view target, std::span<const std::byte> stream);

  std::filesystem::path folder_;
  std::string error_;
};

}  // namespace wsapi
