// SPDX-License-Identifier: Apache-2.0
//
// The golden vectors against codecs that come as plugins: a decoder that was written from the
// protocol alone agrees with them, and faults are found.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "harness/codecs/check/vector_check.h"
#include "harness/codecs/plugin_codec.h"
#include "harness/suite/vectors.h"

namespace wsapi::fuzz {
namespace {

constexpr std::size_t kMaxSize = 50'000;  // bytes of a vector; longer ones take their time

// What the vectors say of the plugin, and how many were compared.
struct Check {
  std::vector<Disagreement> found;
  std::size_t count = 0;
};

Check check_plugin(const char* path) {
  Check check;
  auto loaded = PluginCodec::load(path);
  if (const auto* const error = std::get_if<std::string>(&loaded)) {
    ADD_FAILURE() << *error;
    return check;
  }
  const auto codec = std::get<PluginCodec>(std::move(loaded));
  std::vector<FileError> errors;
  const VectorSet set = load_vectors(WSAPI_SOURCE_VECTORS_DIR, errors);
  EXPECT_TRUE(errors.empty());
  for (const MessageVector& vector : set.messages) {
    if (vector.bytes.size() < kMaxSize) check.count += check_vector(vector, codec, check.found);
  }
  return check;
}

TEST(PluginVectorsTest, ARightPluginAgrees) {
  const Check check = check_plugin(WSAPI_EXAMPLE_PLUGIN);
  EXPECT_GT(check.count, 500U);
  for (const Disagreement& one : check.found) ADD_FAILURE() << one.id << " " << one.message;
}

TEST(PluginVectorsTest, AWrongPluginIsFound) {
  const Check check = check_plugin(WSAPI_WRONG_PLUGIN);
  std::set<std::string> messages;  // that the vectors with a disagreement are of
  for (const Disagreement& one : check.found) messages.insert(one.id.substr(0, one.id.find('/')));
  EXPECT_EQ(messages, (std::set<std::string>{"event-create", "version-set"}));
}

}  // namespace
}  // namespace wsapi::fuzz
