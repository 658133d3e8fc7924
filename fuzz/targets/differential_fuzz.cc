// SPDX-License-Identifier: Apache-2.0
//
// The reference decoder against a second one that was written from the protocol alone, and against
// the codec that the environment variable WSAPI_FUZZ_PLUGIN names (harness/codecs/codec_plugin.h),
// in all revisions and directions. Input: the bytes of a message, as the payload of a frame has
// them.

#include <cstdlib>
#include <string>

#include "fuzz/check.h"
#include "fuzz/targets/differential.h"
#include "harness/codecs/plugin_codec.h"

namespace wsapi::fuzz {
namespace {

constexpr const char* kPluginVariable = "WSAPI_FUZZ_PLUGIN";
constexpr int kExitUsage = 4;

// Each kind of difference is a finding of its own.
void check_same(const std::optional<Difference>& difference) {
  if (!difference) return;
  std::fputs(difference->report.c_str(), stderr);
  check(false, ("two codecs agree: " + difference->kind).c_str());
}

std::optional<PluginCodec> load_plugin() {
  const char* const path = std::getenv(kPluginVariable);
  if (path == nullptr || *path == '\0') return std::nullopt;
  auto loaded = PluginCodec::load(path);
  if (const auto* error = std::get_if<std::string>(&loaded)) {
    std::fprintf(stderr, "error: %s: %s\n", kPluginVariable, error->c_str());
    std::_Exit(kExitUsage);  // no input is to blame: the engine must not keep one
  }
  return std::get<PluginCodec>(std::move(loaded));
}

}  // namespace
}  // namespace wsapi::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wsapi;
  static const std::optional<PluginCodec> plugin = fuzz::load_plugin();
  const auto bytes = fuzz::as_bytes(data, size);
  for (const Revision revision : kRevisions) {
    for (const Direction direction : kDirections) {
      fuzz::check_same(fuzz::simple_difference(bytes, revision, direction));
      if (plugin) {
        fuzz::check_same(fuzz::codec_difference(bytes, revision, direction, *plugin));
      }
    }
  }
  return 0;
}
