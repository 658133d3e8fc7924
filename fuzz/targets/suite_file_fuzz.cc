// SPDX-License-Identifier: Apache-2.0
//
// The suite's own files: message vectors, frame vectors and scenarios, as the strict readers
// read them. Input: the text of a file; its "kind" says which.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fuzz/check.h"
#include "harness/suite/scenario.h"
#include "harness/suite/vectors.h"

namespace wsapi::fuzz {
namespace {

constexpr std::size_t kMaxErrors = 64;  // of inputs of a few kilobytes

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

void read_vector_file(nlohmann::json& file, std::vector<FileError>& errors) {
  const bool has_list = file.is_object() && file.contains("vectors") && file["vectors"].is_array();
  const std::size_t expected = has_list ? file["vectors"].size() : 0;
  const VectorSet set = read_vectors(file, "input", errors);
  check(set.messages.size() + set.frames.size() == expected || !errors.empty(),
        "what is left out is an error");
  for (const MessageVector& vector : set.messages) {
    if (vector.message) (void)expand_message(*vector.message);
    check(vector.bytes.expand().size() == vector.bytes.size(), "bytes are of their size");
  }
  for (const FrameVector& vector : set.frames) {
    check(vector.bytes.expand().size() == vector.bytes.size(), "bytes are of their size");
  }
}

void read_scenario_file(nlohmann::json& file, std::vector<FileError>& errors) {
  const bool has_list = file.contains("scenarios") && file["scenarios"].is_array();
  const std::size_t expected = has_list ? file["scenarios"].size() : 0;
  const auto cases = read_scenarios(file, "input", errors);
  check(cases.size() == expected || !errors.empty(), "what is left out is an error");
  for (const TestCase& test_case : cases) check(!explain(test_case).empty(), "it is explained");
}

void read_file(const std::string& text) {
  std::vector<FileError> errors;
  nlohmann::json file = parse_json_file(text, "input", errors);
  check(file.is_null() == !errors.empty(), "a file that is not used is an error");
  if (!file.is_null()) {
    const auto kind = file.is_object() ? file.find("kind") : file.end();
    if (kind != file.end() && *kind == "scenarios") {
      read_scenario_file(file, errors);
    } else {
      read_vector_file(file, errors);
    }
  }
  check_errors(errors);
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  fuzz::read_file(std::string(fuzz::as_text(data, size)));
  return 0;
}
