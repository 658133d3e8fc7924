// SPDX-License-Identifier: Apache-2.0
//
// A plugin for the tests that throws, which codec_plugin.h forbids: from decode and encode or, in
// another build, from the first function that is called.

#include <stdexcept>

#include "harness/codecs/codec_plugin.h"

extern "C" std::uint32_t wsapi_plugin_version(void) {
#ifdef WSAPI_TEST_PLUGIN_VERSION_THROWS
  throw std::runtime_error("version");
#else
  return WSAPI_PLUGIN_VERSION;
#endif
}

extern "C" int wsapi_plugin_decode(const std::uint8_t*, std::size_t, int, int, char*, std::size_t,
                                   std::size_t*) {
  throw std::runtime_error("decode");
}

extern "C" int wsapi_plugin_encode(const char*, std::size_t, int, std::uint8_t*, std::size_t,
                                   std::size_t*) {
  throw 1;
}
