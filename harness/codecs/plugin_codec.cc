// SPDX-License-Identifier: Apache-2.0

#include "harness/codecs/plugin_codec.h"

#include <dlfcn.h>

#include <algorithm>
#include <bit>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "codec/json_members.h"

namespace wsapi {
namespace {

constexpr std::size_t kFirstCapacity = 256;                              // bytes
constexpr std::size_t kUnset = std::numeric_limits<std::size_t>::max();  // a size not reported
constexpr std::uint8_t kFill = 0xa5;  // what a buffer holds before the call: no text of JSON

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

CodecAnswer fault(std::string why) {
  return {.outcome = CodecOutcome::kFault, .why = std::move(why), .error = {}};
}

// What one call returned and wrote.
template <typename Element>
struct Written {
  int code = WSAPI_PLUGIN_UNSUPPORTED;
  std::size_t size = kUnset;
  std::string fault;  // what the call did that it must not do; empty if nothing
  std::vector<Element> buffer;
};

// Calls f(buffer, capacity, &size) with a buffer of that capacity, and a guard after it.
template <typename Element, typename Function>
Written<Element> call_once(Function& f, std::size_t capacity) {
  constexpr auto kFilled = static_cast<Element>(kFill);
  Written<Element> written;
  // Not one byte more than the guard, so that AddressSanitizer sees the end.
  written.buffer = std::vector<Element>(capacity + kPluginGuardSize, kFilled);
  try {
    written.code = f(written.buffer.data(), capacity, &written.size);
  } catch (...) {
    written.fault = "throws an exception";
    return written;
  }
  const auto guard = std::span(written.buffer).subspan(capacity);
  if (std::ranges::any_of(guard, [](Element e) { return e != kFilled; })) {
    written.fault = "writes beyond the capacity of its buffer";
  }
  written.buffer.resize(capacity);
  return written;
}

template <typename Element>
std::string fault_of(const Written<Element>& written, std::size_t capacity, bool is_repeated) {
  if (!written.fault.empty()) return written.fault;
  const auto numbers = [&] {
    return (written.size == kUnset ? "no size" : std::to_string(written.size) + " bytes") +
           ", with a capacity of " + std::to_string(capacity);
  };
  switch (written.code) {
    case WSAPI_PLUGIN_OK:
      return written.size > capacity ? "reports a size above the capacity: " + numbers() : "";
    case WSAPI_PLUGIN_BUFFER_TOO_SMALL:
      if (is_repeated) return "finds the capacity too small that it has asked for";
      if (written.size <= capacity || written.size > WSAPI_PLUGIN_MAX_SIZE) {
        return "asks for " + numbers();
      }
      return "";
    case WSAPI_PLUGIN_REFUSED:
    case WSAPI_PLUGIN_UNSUPPORTED: return "";
    default: return "returns " + std::to_string(written.code) + ", which is no code of the header";
  }
}

// The answer without the output, which goes to `output`. The function is called again where its
// buffer was too small.
template <typename Element, typename Function>
CodecAnswer call(const char* name, Function&& f, std::vector<Element>& output) {
  std::size_t capacity = kFirstCapacity;
  for (const bool is_repeated : {false, true}) {
    Written<Element> written = call_once<Element>(f, capacity);
    if (std::string why = fault_of(written, capacity, is_repeated); !why.empty()) {
      return fault(std::string(name) + ' ' + why);
    }
    CodecAnswer answer;
    if (written.code == WSAPI_PLUGIN_UNSUPPORTED) return answer;
    if (written.code == WSAPI_PLUGIN_REFUSED) {
      answer.outcome = CodecOutcome::kRefused;
      return answer;
    }
    if (written.code == WSAPI_PLUGIN_OK) {
      written.buffer.resize(written.size);
      output = std::move(written.buffer);
      answer.outcome = CodecOutcome::kDone;
      return answer;
    }
    capacity = written.size;
  }
  return {};  // not reached: the second call has an answer or a fault
}

// Of a file in the working folder too, which dlopen would look for in the system's folders.
std::string path_to_load(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return path;
  const auto absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.string();
}

}  // namespace

std::variant<PluginCodec, std::string> PluginCodec::load(const std::string& path) {
  if (path.empty()) return "the plugin has no name";
  void* const library = dlopen(path_to_load(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const reason = dlerror();
    return "the plugin cannot be loaded: " + std::string(reason != nullptr ? reason : path);
  }
  using Version = decltype(&wsapi_plugin_version);
  const auto version = symbol<Version>(library, "wsapi_plugin_version");
  PluginCodec codec;
  codec.name_ = "the plugin " + path;
  codec.decode_ = symbol<decltype(decode_)>(library, "wsapi_plugin_decode");
  codec.encode_ = symbol<decltype(encode_)>(library, "wsapi_plugin_encode");
  if (version == nullptr || codec.decode_ == nullptr) {
    const std::string missing = version == nullptr ? "wsapi_plugin_version" : "wsapi_plugin_decode";
    return codec.name_ + " has no function " + missing + " (harness/codecs/codec_plugin.h)";
  }
  try {
    if (const std::uint32_t number = version(); number != WSAPI_PLUGIN_VERSION) {
      return codec.name_ + " has interface version " + std::to_string(number) + "; expected " +
             std::to_string(WSAPI_PLUGIN_VERSION);
    }
  } catch (...) {
    return codec.name_ + ": wsapi_plugin_version throws an exception";
  }
  return codec;
}

DecodeAnswer PluginCodec::decode(std::span<const std::byte> bytes, Revision revision,
                                 Direction direction) const {
  constexpr const char* kName = "wsapi_plugin_decode";
  std::vector<std::uint8_t> input;
  input.reserve(bytes.size() + (bytes.empty() ? 1 : 0));  // never null
  for (const std::byte byte : bytes) input.push_back(std::to_integer<std::uint8_t>(byte));
  std::vector<char> output;
  const auto decode = [&](char* json, std::size_t capacity, std::size_t* size) {
    return decode_(input.data(), input.size(), static_cast<int>(revision),
                   static_cast<int>(direction), json, capacity, size);
  };
  DecodeAnswer answer{call(kName, decode, output), {}, {}};
  answer.json.assign(output.begin(), output.end());
  if (!std::ranges::equal(std::as_bytes(std::span(input)), bytes)) {
    return {fault(std::string(kName) + " changes its input"), {}, {}};
  }
  if (answer.outcome != CodecOutcome::kDone) return answer;
  if (const auto members = read_json_members(answer.json); !members) {
    const std::string why = "gives no flat JSON object: " + to_string(members.error());
    return {fault(std::string(kName) + ' ' + why), {}, {}};
  }
  return answer;
}

EncodeAnswer PluginCodec::encode(const std::string& json, Revision revision) const {
  constexpr const char* kName = "wsapi_plugin_encode";
  if (encode_ == nullptr) return {};
  const std::string input(json);
  std::vector<std::uint8_t> output;
  const auto encode = [&](std::uint8_t* bytes, std::size_t capacity, std::size_t* size) {
    return encode_(input.c_str(), input.size(), static_cast<int>(revision), bytes, capacity, size);
  };
  EncodeAnswer answer{call(kName, encode, output), {}};
  if (input != json) return {fault(std::string(kName) + " changes its input"), {}};
  const auto written = std::as_bytes(std::span(output));
  answer.bytes.assign(written.begin(), written.end());
  return answer;
}

}  // namespace wsapi
