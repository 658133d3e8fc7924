// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reading of the project's JSON files, with errors that name the file, the place in it, and what
// was expected there. What the members of a file mean is read by json_reader.h.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace wsapi {

struct FileError {
  std::string file;
  std::string place;    // "line 3, column 7", or a JSON pointer; empty for the file as a whole
  std::string message;  // what is wrong, and what was expected
};

// "vectors/messages/call.json: /vectors/3/id: ..."
[[nodiscard]] std::string to_string(const FileError& error);

inline constexpr std::size_t kMaxJsonFileSize = 16U << 20U;  // bytes
inline constexpr std::size_t kMaxFileErrors = 8;             // that are reported for one file

// The file's value; on failure appends to `errors` and returns null. A failure is also a member
// that an object has twice. Texts and keys of the file stand in error messages escaped and
// shortened.
[[nodiscard]] nlohmann::json read_json_file(const std::filesystem::path& path,
                                            std::vector<FileError>& errors);

// The same of a text that has been read from `file`.
[[nodiscard]] nlohmann::json parse_json_file(const std::string& text, const std::string& file,
                                             std::vector<FileError>& errors);

}  // namespace wsapi
