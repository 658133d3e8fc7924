// SPDX-License-Identifier: Apache-2.0
//
// A plugin for differential_test.cc: it knows the answers to a few messages by heart, such that
// section 7 of the protocol allows, and such that it does not. Other builds of it have another
// version, or no functions.

#include <cstring>
#include <span>
#include <string_view>

#include "fuzz/codec_plugin.h"

#ifndef WSAPI_PLUGIN_IS_EMPTY

extern "C" uint32_t wsapi_plugin_version(void) { return WSAPI_PLUGIN_TEST_VERSION; }

extern "C" int wsapi_plugin_decode(const uint8_t* bytes, size_t bytes_size, int, int, char* json,
                                   size_t capacity, size_t* size) {
  struct Answer {
    std::string_view bytes;
    int code;
    std::string_view json;
  };
  using std::string_view_literals::operator""sv;
  static constexpr Answer kAnswers[] = {
      {"E\3\0\4\0\0\0e\0t\0"sv, 0, R"({"message":"event-create","event_id":3,"name":"e"})"},
      {"P\3\0\5\0\0\0null\0"sv, 0, R"({"message":"event-push","event_id":3,"data":null})"},
      {"E\3\0\2\0\0\0\xff\0"sv, 0, R"({"message":"event-create","event_id":3,"name":"?"})"},
      {"E\3\0\3\0\0\0ev\0"sv, 0, R"({"message":"event-create","event_id":3,"name":"e"})"},
      {"e\4\0"sv, 0, R"({"message":"event-remove","event_id":3})"},
      {"e\5\0"sv, 0, "event 5"},
      {"e\6\0"sv, 7, ""},
      {"e\7\0"sv, 0, ""},
      {"e\10\0"sv, WSAPI_PLUGIN_UNSUPPORTED, ""},
  };
  for (const Answer& answer : kAnswers) {
    if (answer.bytes.size() != bytes_size) continue;
    if (std::memcmp(answer.bytes.data(), bytes, bytes_size) != 0) continue;
    *size = bytes[1] == 7 ? capacity + 1 : answer.json.size();
    answer.json.copy(json, capacity);
    return answer.code;
  }
  return WSAPI_PLUGIN_REFUSED;
}

#endif
