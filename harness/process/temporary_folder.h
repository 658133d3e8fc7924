// SPDX-License-Identifier: Apache-2.0
#pragma once

// A folder below that for temporary files, which goes with its object.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace wsapi {

class TemporaryFolder {
 public:
  explicit TemporaryFolder(std::string_view name) {
    std::error_code error;
    std::string path = std::filesystem::temp_directory_path(error) / name;
    path += "-XXXXXX";
    if (!error && ::mkdtemp(path.data()) != nullptr) path_ = path;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  // Empty where it could not be made.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace wsapi
