// SPDX-License-Identifier: Apache-2.0

#include "fuzz/plugin.h"

#include <dlfcn.h>

#include <bit>

namespace wsapi::fuzz {
namespace {

constexpr std::size_t kFirstCapacity = 256;  // bytes

// The numbers of the header are those of the enumerations.
static_assert(static_cast<int>(Revision::kLegacy) == WSAPI_PLUGIN_LEGACY);
static_assert(static_cast<int>(Revision::k2020_01) == WSAPI_PLUGIN_2020_01);
static_assert(static_cast<int>(Revision::k2020_03) == WSAPI_PLUGIN_2020_03);
static_assert(static_cast<int>(Direction::kToServer) == WSAPI_PLUGIN_TO_SERVER);
static_assert(static_cast<int>(Direction::kToClient) == WSAPI_PLUGIN_TO_CLIENT);

template <typename Function>
Function symbol(void* library, const char* name) {
  return std::bit_cast<Function>(dlsym(library, name));
}

// Calls f(buffer, capacity, &size), and again where the buffer was too small.
template <typename Element, typename Function>
Plugin::Answer<Element> call(Function&& f) {
  Plugin::Answer<Element> answer;
  std::size_t capacity = kFirstCapacity;
  for (int attempt = 0; attempt < 2; ++attempt) {
    answer.output.assign(capacity, Element{});
    answer.output.shrink_to_fit();
    std::size_t size = 0;
    answer.code = f(answer.output.data(), capacity, &size);
    if (answer.code == WSAPI_PLUGIN_OK) {
      if (size > capacity) answer.fault = "reports a size above the capacity";
      answer.output.resize(size > capacity ? 0 : size);
      return answer;
    }
    if (answer.code != WSAPI_PLUGIN_BUFFER_TOO_SMALL) break;
    if (size <= capacity || size > WSAPI_PLUGIN_MAX_SIZE) {
      answer.fault =
          "asks for " + std::to_string(size) + " bytes, having had " + std::to_string(capacity);
      break;
    }
    capacity = size;
  }
  answer.output.clear();
  if (answer.code == WSAPI_PLUGIN_BUFFER_TOO_SMALL && answer.fault.empty()) {
    answer.fault = "finds the capacity too small that it has asked for";
  }
  if (answer.code < WSAPI_PLUGIN_OK || answer.code > WSAPI_PLUGIN_UNSUPPORTED) {
    answer.fault = "returns " + std::to_string(answer.code) + ", which is no code of the header";
  }
  return answer;
}

}  // namespace

std::variant<Plugin, std::string> Plugin::load(const std::string& path) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const reason = dlerror();
    return "the plugin cannot be loaded: " + std::string(reason != nullptr ? reason : path);
  }
  using Version = decltype(&wsapi_plugin_version);
  const auto version = symbol<Version>(library, "wsapi_plugin_version");
  Plugin plugin;
  plugin.decode_ = symbol<decltype(decode_)>(library, "wsapi_plugin_decode");
  plugin.encode_ = symbol<decltype(encode_)>(library, "wsapi_plugin_encode");
  if (version == nullptr || plugin.decode_ == nullptr) {
    const std::string missing = version == nullptr ? "wsapi_plugin_version" : "wsapi_plugin_decode";
    return "the plugin " + path + " has no function " + missing + " (fuzz/codec_plugin.h)";
  }
  if (const std::uint32_t number = version(); number != WSAPI_PLUGIN_VERSION) {
    return "the plugin " + path + " has interface version " + std::to_string(number) +
           "; expected " + std::to_string(WSAPI_PLUGIN_VERSION);
  }
  return plugin;
}

Plugin::Answer<char> Plugin::decode(std::span<const std::byte> bytes, Revision revision,
                                    Direction direction) const {
  std::vector<std::uint8_t> input;
  input.reserve(bytes.size() + (bytes.empty() ? 1 : 0));  // never null
  for (const std::byte byte : bytes) input.push_back(std::to_integer<std::uint8_t>(byte));
  return call<char>([&](char* json, std::size_t capacity, std::size_t* size) {
    return decode_(input.data(), input.size(), static_cast<int>(revision),
                   static_cast<int>(direction), json, capacity, size);
  });
}

Plugin::Answer<std::uint8_t> Plugin::encode(const std::string& json, Revision revision) const {
  if (encode_ == nullptr) return {};
  return call<std::uint8_t>([&](std::uint8_t* bytes, std::size_t capacity, std::size_t* size) {
    return encode_(json.c_str(), json.size(), static_cast<int>(revision), bytes, capacity, size);
  });
}

}  // namespace wsapi::fuzz
