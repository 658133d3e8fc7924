// SPDX-License-Identifier: Apache-2.0
//
// The suite's own files: message vectors, frame vectors and scenarios, checked against their
// schemas and read. Input: the text of a file; its "kind" says which.

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "fuzz/check.h"
#include "harness/suite/scenario.h"
#include "harness/suite/vectors.h"

namespace wsapi::fuzz {
namespace {

constexpr std::size_t kMaxErrors = 64;  // of inputs of a few kilobytes

struct Schemas {
  std::vector<FileError> errors;
  JsonSchema messages{folder() / "message-vectors.schema.json", errors};
  JsonSchema frames{folder() / "frame-vectors.schema.json", errors};
  JsonSchema scenarios{folder() / "scenarios.schema.json", errors};

  // Beside the program, as fuzzing services keep what it reads; else in the source tree.
  static std::filesystem::path folder() {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto beside = program.parent_path() / "suite_file_schema";
    if (std::filesystem::is_directory(beside, error)) return beside;
    return WSAPI_SOURCE_VECTORS_DIR "/schema";
  }
};

void check_errors(const std::vector<FileError>& errors) {
  check(errors.size() <= kMaxErrors, "errors are bounded");
  for (const FileError& error : errors) {
    check(error.file == "input", "an error names the file");
    const std::string text = to_string(error);
    check(text.size() > error.file.size() + 2 && !error.message.empty(), "an error says what");
    check(std::ranges::all_of(
              text, [](char c) { return c >= ' ' && static_cast<unsigned char>(c) < 0x7f; }),
          "an error can be shown");
  }
}

void read_file(const std::string& text, const Schemas& schemas) {
  std::vector<FileError> errors;
  const nlohmann::json file = parse_json_file(text, "input", errors);
  check(file.is_null() == !errors.empty(), "a file that is not used is an error");
  const std::string kind = file.is_object() && file.contains("kind") && file["kind"].is_string()
                               ? file["kind"].get<std::string>()
                               : "";
  const JsonSchema& schema = kind == "scenarios"       ? schemas.scenarios
                             : kind == "frame-vectors" ? schemas.frames
                                                       : schemas.messages;
  if (!file.is_null() && schema.check(file, "input", errors)) {
    check(errors.empty(), "a file that has passed its schema has no error");
    if (kind == "scenarios") {
      const auto cases = read_scenarios(file);
      check(cases.size() == file["scenarios"].size(), "each scenario is a case");
    } else {
      const VectorSet set = read_vectors(file, "input", errors);
      const std::size_t count = set.messages.size() + set.frames.size();
      check(count == file["vectors"].size() || !errors.empty(), "what is left out is an error");
      for (const MessageVector& vector : set.messages) {
        if (vector.message) (void)expand_message(*vector.message);
        check(vector.bytes.expand().size() == vector.bytes.size(), "bytes are of their size");
      }
      for (const FrameVector& vector : set.frames) {
        check(vector.bytes.expand().size() == vector.bytes.size(), "bytes are of their size");
      }
    }
  } else {
    check(!errors.empty(), "a file that is not used is an error");
  }
  check_errors(errors);
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  static const fuzz::Schemas schemas;
  fuzz::check(schemas.errors.empty(), "the schemas can be used");
  fuzz::read_file(std::string(fuzz::as_text(data, size)), schemas);
  return 0;
}
