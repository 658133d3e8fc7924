// SPDX-License-Identifier: Apache-2.0
//
// An example of a codec plugin (harness/codecs/codec_plugin.h): it decodes with the simple decoder,
// which is right, and encodes with the reference codec. Built a second time with
// WSAPI_PLUGIN_IS_WRONG, it makes mistakes that implementations have been seen to make, so that a
// test can show that they are found.

#include <algorithm>
#include <string>
#include <vector>

#include "codec/encode.h"
#include "codec/json_form.h"
#include "fuzz/models/simple_decoder.h"
#include "harness/codecs/codec_plugin.h"

namespace {

#ifdef WSAPI_PLUGIN_IS_WRONG
// EVENT CREATE with a string of length 0, which it takes for the empty string.
void spoil_input(std::vector<std::uint8_t>& bytes) {
  if (bytes.size() == 7 && bytes[0] == 'E' && bytes[3] == 0) {
    bytes[3] = 1;
    bytes.push_back(0);
  }
}
// VERSION SET of version 2 for any other.
void spoil_output(std::vector<std::byte>& bytes) {
  if (bytes[0] == std::byte{'v'}) bytes.back() = std::byte{2};
}
#else
void spoil_input(std::vector<std::uint8_t>&) {}
void spoil_output(std::vector<std::byte>&) {}
#endif

// The common end of both functions.
template <typename Output, typename Element>
int give(const Output& output, Element* buffer, std::size_t capacity, std::size_t* size) {
  *size = output.size();
  if (output.size() > capacity) return WSAPI_PLUGIN_BUFFER_TOO_SMALL;
  std::ranges::transform(output, buffer, [](auto e) { return static_cast<Element>(e); });
  return WSAPI_PLUGIN_OK;
}

}  // namespace

extern "C" std::uint32_t wsapi_plugin_version(void) { return WSAPI_PLUGIN_VERSION; }

extern "C" int wsapi_plugin_decode(const std::uint8_t* bytes, std::size_t bytes_size, int revision,
                                   int direction, char* json, std::size_t capacity,
                                   std::size_t* size) {
  std::vector<std::uint8_t> input(bytes, bytes + bytes_size);
  spoil_input(input);
  const auto answer = wsapi::fuzz::simple_decode(input, static_cast<wsapi::Revision>(revision),
                                                 static_cast<wsapi::Direction>(direction));
  if (!answer) return WSAPI_PLUGIN_REFUSED;
  return give(*answer, json, capacity, size);
}

extern "C" int wsapi_plugin_encode(const char* json, std::size_t json_size, int revision,
                                   std::uint8_t* bytes, std::size_t capacity, std::size_t* size) {
  const auto message = wsapi::from_json({json, json_size});
  if (!message) return WSAPI_PLUGIN_REFUSED;
  auto encoded = wsapi::encode_to_bytes(*message, static_cast<wsapi::Revision>(revision));
  if (!encoded) return WSAPI_PLUGIN_REFUSED;
  spoil_output(*encoded);
  return give(*encoded, bytes, capacity, size);
}
