// SPDX-License-Identifier: Apache-2.0
#pragma once

// A codec that comes as a shared library with the C interface of codec_plugin.h. What it does is
// checked as far as that can be seen from outside: a plugin that breaks the rules gives an answer
// kFault with a text, and nothing that it wrote is used.

#include <memory>
#include <string>
#include <variant>

#include "harness/codecs/codec_plugin.h"
#include "harness/codecs/codec_under_test.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WSAPI_BUILT_WITH_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WSAPI_BUILT_WITH_ASAN 1
#endif

namespace wsapi {

// Bytes after each output buffer that a plugin must leave as they are. AddressSanitizer sees any
// write there itself, and more, if the buffer is as large as the plugin was told.
#if defined(WSAPI_BUILT_WITH_ASAN)
inline constexpr std::size_t kPluginGuardSize = 0;
#else
inline constexpr std::size_t kPluginGuardSize = 64;
#endif

class PluginCodec final : public CodecUnderTest {
 public:
  // Loads the library, which stays loaded until the program ends. On failure: a sentence that says
  // what is wrong with `path` or the library.
  [[nodiscard]] static std::variant<PluginCodec, std::string> load(const std::string& path);

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] bool is_exact() const override { return false; }

  // The answer is a flat JSON object, or there is none. It has no size: plugins do not count bytes.
  [[nodiscard]] DecodeAnswer decode(std::span<const std::byte> bytes, Revision revision,
                                    Direction direction) const override;
  // kUnsupported if the plugin has no such function.
  [[nodiscard]] EncodeAnswer encode(const std::string& json, Revision revision) const override;

 private:
  PluginCodec() = default;

  std::string name_;
  decltype(&wsapi_plugin_decode) decode_ = nullptr;
  decltype(&wsapi_plugin_encode) encode_ = nullptr;
};

}  // namespace wsapi
