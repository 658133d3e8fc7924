// SPDX-License-Identifier: Apache-2.0
#pragma once

// A file that is either whole or not there: it is written beside its place under another name, and
// renamed when all of it has been written. What was there before stays until then.

#include <cstdint>
#include <memory>
#include <string>

#include "harness/cli/output.h"

namespace wsapi {

class OutputFile {
 public:
  enum class Unfinished : std::uint8_t {
    kRemoved,     // under a name of its own, and removed if it is not finished
    kKeptAsPart,  // as PATH.part, which stays then
  };

  OutputFile() = default;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  // Whether a file could be opened at `path`; if not, which has been printed, false. Leaves nothing
  // behind. Called at the start of a command, so that a wrong path is reported at once.
  [[nodiscard]] static bool check(const std::string& path);

  // Opens it; on failure, which has been printed, false. A link is followed. Where something else
  // than a file is at `path`, such as a pipe or a device, that is written to directly.
  [[nodiscard]] bool open(const std::string& path, Unfinished unfinished = Unfinished::kRemoved);

  [[nodiscard]] Output& out() noexcept { return *out_; }

  // Ends the file and moves it to its place. Where it could not be written to the end, which has
  // been printed, false, and what was there before is there still. A pipe whose reader has gone is
  // no failure.
  [[nodiscard]] bool finish();

 private:
  [[nodiscard]] bool fail(const std::string& what, int error) const;

  void remove_temporary() const;

  std::string path_;       // as it was given
  std::string target_;     // links followed
  std::string temporary_;  // empty where `target_` is written to directly
  Unfinished unfinished_ = Unfinished::kRemoved;
  int descriptor_ = -1;
  std::unique_ptr<Output> out_;
};

}  // namespace wsapi
