// SPDX-License-Identifier: Apache-2.0

#include "harness/process/sanitizer_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <system_error>

namespace wsapi {
namespace {

constexpr std::array<std::string_view, 5> kSanitizers{"asan", "lsan", "msan", "tsan", "ubsan"};

std::string variable_of(std::string_view sanitizer) {
  std::string out(sanitizer);
  std::ranges::transform(out, out.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return out + "_OPTIONS";
}

}  // namespace

Environment SanitizerFiles::options(const Environment& given) const {
  Environment out;
  for (const std::string_view sanitizer : kSanitizers) {
    const std::string name = variable_of(sanitizer);
    std::string value;
    if (const char* const ours = std::getenv(name.c_str()); ours != nullptr) value = ours;
    for (const auto& [key, text] : given) {
      if (key == name) value = text;
    }
    if (!value.empty()) value += ':';
    value += "print_stacktrace=1";
    if (!folder_.path().empty()) {
      value += fmt::format(":log_path='{}/{}'", folder_.path().string(), sanitizer);
    }
    out.emplace_back(name, value);
  }
  return out;
}

void SanitizerFiles::read_file(const std::filesystem::path& path, File& file,
                               std::vector<FaultReport>& out) {
  std::error_code error;
  const std::uintmax_t size = std::min(std::filesystem::file_size(path, error), kMaxFileSize);
  if (error || size <= file.offset) return;
  std::ifstream in(path, std::ios::binary);
  std::string text(size - file.offset, '\0');
  in.seekg(static_cast<std::streamoff>(file.offset));
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  file.offset += text.size();
  file.lines.feed(text, [&](std::string_view line) { (void)file.reports.feed(line, out); });
}

void SanitizerFiles::read(bool is_last, std::vector<FaultReport>& out) {
  if (folder_.path().empty()) return;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder_.path(), error), end; entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!files_.contains(name) && files_.size() >= kMaxFiles) continue;
    read_file(entry->path(), files_[name], out);
  }
  if (!is_last) return;
  for (auto& [name, file] : files_) {
    file.lines.finish([&](std::string_view line) { (void)file.reports.feed(line, out); });
    file.reports.finish(out);
  }
}

void SanitizerFiles::finish_open_ends(std::vector<FaultReport>& out) {
  for (auto& [name, file] : files_) file.reports.finish_open_end(out);
}

void SanitizerFiles::clear() {
  for (const auto& [name, file] : files_) {
    std::error_code ignored;
    std::filesystem::remove(folder_.path() / name, ignored);
  }
  files_.clear();
}

}  // namespace wsapi
