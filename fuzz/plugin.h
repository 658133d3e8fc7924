// SPDX-License-Identifier: Apache-2.0
#pragma once

// A codec that comes as a shared library (codec_plugin.h): loading it, and calling it with buffers
// of exact sizes.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codec/revision.h"
#include "fuzz/codec_plugin.h"

namespace wsapi::fuzz {

inline constexpr const char* kPluginVariable = "WSAPI_FUZZ_PLUGIN";

class Plugin {
 public:
  // The library stays loaded until the program ends. On failure: what is wrong, as a sentence.
  [[nodiscard]] static std::variant<Plugin, std::string> load(const std::string& path);

  // What a function returned and wrote. Where it breaks the rules of codec_plugin.h, `fault` says
  // how.
  template <typename Element>
  struct Answer {
    int code = WSAPI_PLUGIN_UNSUPPORTED;
    std::vector<Element> output;
    std::string fault;
  };

  [[nodiscard]] Answer<char> decode(std::span<const std::byte> bytes, Revision revision,
                                    Direction direction) const;
  // WSAPI_PLUGIN_UNSUPPORTED where the plugin has no such function.
  [[nodiscard]] Answer<std::uint8_t> encode(const std::string& json, Revision revision) const;

 private:
  decltype(&wsapi_plugin_decode) decode_ = nullptr;
  decltype(&wsapi_plugin_encode) encode_ = nullptr;
};

}  // namespace wsapi::fuzz
