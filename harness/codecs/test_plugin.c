/* SPDX-License-Identifier: Apache-2.0 */

/* A plugin for the tests, in C, as the header must be usable from it: it knows the answers to a few
 * messages by heart. Protocol section 7 allows some of them, others are wrong, and some break the
 * rules of codec_plugin.h. Other builds of it have another version, or no functions. */

#include <stdbool.h>
#include <string.h>

#include "harness/codecs/codec_plugin.h"

#ifndef WSAPI_TEST_PLUGIN_IS_EMPTY

#ifndef WSAPI_TEST_PLUGIN_VERSION
#define WSAPI_TEST_PLUGIN_VERSION WSAPI_PLUGIN_VERSION
#endif

uint32_t wsapi_plugin_version(void) { return WSAPI_TEST_PLUGIN_VERSION; }

/* The usual end: the text goes to the buffer, if that is large enough. */
static int answer(const char* text, char* buffer, size_t capacity, size_t* size) {
  const size_t text_size = strlen(text);
  *size = text_size;
  if (text_size > capacity) return WSAPI_PLUGIN_BUFFER_TOO_SMALL;
  memcpy(buffer, text, text_size);
  return WSAPI_PLUGIN_OK;
}

/* By the id of an EVENT REMOVE: what the plugin does wrong. */
enum {
  ID_OTHER_NUMBER = 4,
  ID_NO_JSON = 5,
  ID_UNKNOWN_CODE = 6,
  ID_SIZE_ABOVE_CAPACITY = 7,
  ID_UNSUPPORTED = 8,
  ID_SIZE_UNSET = 9,
  ID_ASKS_FOR_LESS = 10,
  ID_ASKS_FOR_TOO_MUCH = 11,
  ID_NEVER_ENOUGH = 12,
  ID_WRITES_BEYOND = 13,
  ID_CHANGES_INPUT = 14,
  ID_DUPLICATE_MEMBER = 15,
  ID_WRITES_NOTHING = 16,
  ID_NEGATIVE_CODE = 17,
  ID_EXACTLY_FULL = 18,
  ID_RIGHT = 19,
  ID_REFUSED = 20
};

/* What both functions do wrong with sizes and codes; false: nothing of that. */
static bool misbehave(int id, size_t capacity, size_t* size, int* code) {
  *code = WSAPI_PLUGIN_OK;
  switch (id) {
    case ID_UNKNOWN_CODE: *code = 7; return true;
    case ID_NEGATIVE_CODE: *code = -1; return true;
    case ID_UNSUPPORTED: *code = WSAPI_PLUGIN_UNSUPPORTED; return true;
    case ID_REFUSED: *code = WSAPI_PLUGIN_REFUSED; return true;
    case ID_SIZE_UNSET: return true;
    case ID_SIZE_ABOVE_CAPACITY: *size = capacity + 1; return true;
    case ID_WRITES_NOTHING: *size = 10; return true;
    case ID_ASKS_FOR_LESS: *size = capacity; break;
    case ID_ASKS_FOR_TOO_MUCH: *size = (size_t)WSAPI_PLUGIN_MAX_SIZE + 1; break;
    case ID_NEVER_ENOUGH: *size = capacity + 1; break;
    default: return false;
  }
  *code = WSAPI_PLUGIN_BUFFER_TOO_SMALL;
  return true;
}

static int decode_event_remove(uint8_t* bytes, char* json, size_t capacity, size_t* size) {
  const int id = bytes[1];
  int code = WSAPI_PLUGIN_OK;
  if (misbehave(id, capacity, size, &code)) return code;
  switch (id) {
    case ID_OTHER_NUMBER:
      return answer("{\"message\":\"event-remove\",\"event_id\":3}", json, capacity, size);
    case ID_NO_JSON: return answer("event 5", json, capacity, size);
    case ID_DUPLICATE_MEMBER:
      return answer("{\"message\":\"event-remove\",\"event_id\":15,\"event_id\":15}", json, capacity,
                    size);
    case ID_RIGHT:
      return answer("{\"event_id\" : 19, \"message\" : \"event-remove\"}", json, capacity, size);
    case ID_CHANGES_INPUT:
      bytes[0] = 'x';
      return answer("{\"message\":\"event-remove\",\"event_id\":14}", json, capacity, size);
    case ID_WRITES_BEYOND:
      json[capacity] = ' ';
      return answer("{\"message\":\"event-remove\",\"event_id\":13}", json, capacity, size);
    case ID_EXACTLY_FULL:
      memset(json, ' ', capacity);
      code = answer("{\"message\":\"event-remove\",\"event_id\":18}", json, capacity, size);
      *size = capacity;
      return code;
    default: return WSAPI_PLUGIN_REFUSED;
  }
}

static const struct {
  const char* bytes;
  size_t bytes_size;
  const char* json;
} kAnswers[] = {
    {"E\3\0\4\0\0\0e\0t\0", 11, "{\"message\":\"event-create\",\"event_id\":3,\"name\":\"e\"}"},
    {"P\3\0\5\0\0\0null\0", 12, "{\"message\":\"event-push\",\"event_id\":3,\"data\":null}"},
    {"E\3\0\2\0\0\0\xff\0", 9, "{\"message\":\"event-create\",\"event_id\":3,\"name\":\"?\"}"},
    {"E\3\0\3\0\0\0ev\0", 10, "{\"message\":\"event-create\",\"event_id\":3,\"name\":\"e\"}"},
};

int wsapi_plugin_decode(const uint8_t* bytes, size_t bytes_size, int revision, int direction,
                        char* json, size_t capacity, size_t* size) {
  (void)revision;
  (void)direction;
  if (bytes_size == 3 && bytes[0] == 'e' && bytes[2] == 0) {
    return decode_event_remove((uint8_t*)bytes, json, capacity, size);
  }
  for (size_t i = 0; i < sizeof kAnswers / sizeof kAnswers[0]; ++i) {
    if (kAnswers[i].bytes_size == bytes_size &&
        memcmp(kAnswers[i].bytes, bytes, bytes_size) == 0) {
      return answer(kAnswers[i].json, json, capacity, size);
    }
  }
  return WSAPI_PLUGIN_REFUSED;
}

/* Encodes EVENT REMOVE in the form that the reference codec gives it, and nothing else. */
int wsapi_plugin_encode(const char* json, size_t json_size, int revision, uint8_t* bytes,
                        size_t capacity, size_t* size) {
  static const char kFront[] = "{\"message\":\"event-remove\",\"event_id\":";
  int code = WSAPI_PLUGIN_OK;
  int id = 0;
  (void)revision;
  if (strncmp(json, kFront, sizeof kFront - 1) != 0) return WSAPI_PLUGIN_UNSUPPORTED;
  for (size_t i = sizeof kFront - 1; i < json_size && json[i] >= '0' && json[i] <= '9'; ++i) {
    id = id * 10 + (json[i] - '0');
  }
  if (misbehave(id, capacity, size, &code)) return code;
  if (id == ID_CHANGES_INPUT) ((char*)json)[0] = '[';
  if (id == ID_WRITES_BEYOND) bytes[capacity] = 0;
  *size = 3;
  bytes[0] = 'e';
  bytes[1] = (uint8_t)(id == ID_OTHER_NUMBER ? 3 : id);
  bytes[2] = 0;
  return WSAPI_PLUGIN_OK;
}

#endif
