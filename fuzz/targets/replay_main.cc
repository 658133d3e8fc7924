// SPDX-License-Identifier: Apache-2.0
//
// Runs a fuzz target on files, without any engine and with any compiler: a corpus as a test, or one
// input that an engine has found. A finding ends the program as it would end the engine.

#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/check.h"

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileSize = 16U << 20U;  // bytes
constexpr std::size_t kMaxFiles = 1'000'000;

void add_files(const fs::path& path, std::vector<fs::path>& files) {
  if (!fs::is_directory(path)) {
    files.push_back(path);
    return;
  }
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    // Documents beside the inputs are not inputs.
    if (entry.is_regular_file() && entry.path().extension() != ".md") files.push_back(entry.path());
  }
}

// False, with a message, where the file cannot be read.
bool replay(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file || size > kMaxFileSize) {
    std::fprintf(stderr, "error: %s: cannot be read, or is larger than %ju bytes\n", path.c_str(),
                 kMaxFileSize);
    return false;
  }
  std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
  // In memory of its own size, however large the vector is.
  std::vector<std::uint8_t> input(bytes.size());
  std::transform(bytes.begin(), bytes.end(), input.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  LLVMFuzzerTestOneInput(input.data(), input.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<fs::path> files;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--verbose") == 0) {
      verbose = true;
    } else if (std::strcmp(argv[i], "--help") == 0) {
      std::printf("usage: %s [--verbose] FILE|FOLDER...\nRuns the fuzz target on each file.\n",
                  argv[0]);
      return 0;
    } else if (!fs::exists(argv[i])) {
      std::fprintf(stderr, "error: %s: no such file or folder\n", argv[i]);
      return 4;
    } else {
      add_files(argv[i], files);
    }
  }
  if (files.empty() || files.size() > kMaxFiles) {
    std::fprintf(stderr, "error: %zu files to run; expected 1 to %zu (see --help)\n", files.size(),
                 kMaxFiles);
    return 4;
  }
  std::sort(files.begin(), files.end());
  wsapi::fuzz::reads_every_way = true;
  for (const fs::path& file : files) {
    // Before it runs, so that the last line names the file that ends the program.
    if (verbose) std::fprintf(stderr, "%s\n", file.c_str());
    if (!replay(file)) return 4;
  }
  std::printf("%zu inputs, no finding\n", files.size());
  return 0;
}
