// SPDX-License-Identifier: Apache-2.0

#include "harness/cli/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/cli/print_error.h"
#include "harness/text/printable.h"

namespace wsapi {
namespace {

constexpr mode_t kMode = 0666;  // as the umask allows

constexpr int kFlags = O_WRONLY | O_CLOEXEC | O_NOCTTY;
constexpr int kMaxTries = 1000;  // names for a temporary file

struct Place {
  std::string target;            // links followed
  bool is_direct = false;        // not a file: written to as it is
  std::optional<mode_t> mode{};  // of the file that is there
};

// Names of what a descriptor of this process stands for: not places of files.
bool is_descriptor(std::string_view path) {
  return path.starts_with("/dev/fd/") || path.starts_with("/dev/std") || path.starts_with("/proc/");
}

Place place_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {path};
  if (!S_ISREG(found.st_mode) || is_descriptor(path)) return {path, true};
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::canonical(path, error);
  return {error ? path : resolved.string(), false, found.st_mode & 0777U};
}

// Opens a new file beside `target`, and sets `name`; -1 with errno.
int open_beside(const std::string& target, std::string& name) {
  const std::string folder = target.substr(0, target.rfind('/') + 1);
  int descriptor = -1;
  for (int i = 0; i < kMaxTries && (i == 0 || (descriptor < 0 && errno == EEXIST)); ++i) {
    name = fmt::format("{}.wsapi-conform-{}-{}", folder, ::getpid(), i);
    descriptor = ::open(name.c_str(), kFlags | O_CREAT | O_EXCL, kMode);
  }
  return descriptor;
}

}  // namespace

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  remove_temporary();
}

void OutputFile::remove_temporary() const {
  if (!temporary_.empty() && unfinished_ == Unfinished::kRemoved) ::unlink(temporary_.c_str());
}

bool OutputFile::fail(const std::string& what, int error) const {
  print_error(printable(path_) + ": " + what + ": " + std::generic_category().message(error));
  return false;
}

bool OutputFile::check(const std::string& path) {
  OutputFile file;
  const Place place = place_of(path);
  if (!place.is_direct) return file.open(path);
  file.path_ = path;
  if (std::filesystem::is_directory(path)) {
    return file.fail("cannot be opened for writing", EISDIR);
  }
  return ::access(path.c_str(), W_OK) == 0 || file.fail("cannot be opened for writing", errno);
}

bool OutputFile::open(const std::string& path, Unfinished unfinished) {
  path_ = path;
  unfinished_ = unfinished;
  const Place place = place_of(path);
  target_ = place.target;
  if (place.mode && ::access(target_.c_str(), W_OK) != 0) {
    return fail("cannot be opened for writing", errno);
  }
  if (place.is_direct) {
    descriptor_ = ::open(target_.c_str(), kFlags);
  } else if (unfinished == Unfinished::kKeptAsPart) {
    temporary_ = target_ + ".part";
    descriptor_ = ::open(temporary_.c_str(), kFlags | O_CREAT | O_TRUNC, kMode);
  } else {
    descriptor_ = open_beside(target_, temporary_);
  }
  if (descriptor_ < 0) return fail("cannot be opened for writing", errno);
  if (place.mode) (void)::fchmod(descriptor_, *place.mode);  // that of the file it replaces
  out_ = std::make_unique<Output>(descriptor_);
  return true;
}

bool OutputFile::finish() {
  out_->flush();
  int error = out_->has_failed() ? out_->error() : 0;
  if (::close(std::exchange(descriptor_, -1)) != 0 && error == 0) error = errno;
  if (error == 0 && !temporary_.empty() && std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) return true;
  remove_temporary();
  return fail("could not be written to the end", error);
}

}  // namespace wsapi
