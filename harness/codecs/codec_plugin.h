/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WSAPI_HARNESS_CODECS_CODEC_PLUGIN_H
#define WSAPI_HARNESS_CODECS_CODEC_PLUGIN_H

/* A codec of yours as a shared library, in C or C++, with the functions below: for the fuzz target
 * `differential` to compare with the reference codec. The environment variable WSAPI_FUZZ_PLUGIN
 * names the library; fuzz/targets/example_plugin.cc is one.
 *
 *   cc -shared -fPIC -I. my_plugin.c my_decoder.c -o my_plugin.so
 *   WSAPI_FUZZ_PLUGIN=./my_plugin.so build/fuzz/fuzz_differential corpus/differential
 *
 * To fuzz it, build it with the sanitizers of the target (and -fsanitize=fuzzer-no-link for
 * coverage), so that the fuzzer sees into it.
 *
 * Messages are exchanged in the JSON form: one flat object with the name of the message and its
 * fields, as `wsapi-conform decode` prints it and codec/json_form.h describes it. White space, the
 * order of members and the way of escaping are free.
 *
 * The functions are called from one thread. They must not keep the pointers, must not change their
 * input, must write only into the buffers that they are given and no more than the capacity, and
 * must not throw. They set `*size` where the code below says so.
 *
 * What a plugin may answer (protocol section 7), besides what the reference codec answers:
 *   - bytes after a complete message: the message, or WSAPI_PLUGIN_REFUSED;
 *   - a NUL inside a text: the whole text, the text before the first NUL, or
 *     WSAPI_PLUGIN_REFUSED;
 *   - a text that is not UTF-8: any text, or WSAPI_PLUGIN_REFUSED. {"hex": "..."} holds its bytes;
 *   - an object (args, data, description): its text, verbatim, as a JSON string; or null from a
 *     plugin that does not keep the text, for which it is then not compared;
 *   - an object whose text is not a JSON value, or is nested more than 32 deep: as any other, or
 *     WSAPI_PLUGIN_REFUSED.
 * A plugin must refuse everything else that the reference codec refuses, and answer the rest.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header; a plugin of another version is not used. */
#define WSAPI_PLUGIN_VERSION 1u

/* Revisions of the wire format, and directions of a message. */
enum { WSAPI_PLUGIN_LEGACY = 0, WSAPI_PLUGIN_2020_01 = 1, WSAPI_PLUGIN_2020_03 = 2 };
enum { WSAPI_PLUGIN_TO_SERVER = 0, WSAPI_PLUGIN_TO_CLIENT = 1 };

/* What a function returns; any other value is reported as a fault. */
enum {
  WSAPI_PLUGIN_OK = 0,      /* the answer is in the buffer, its size in bytes in *size */
  WSAPI_PLUGIN_REFUSED = 1, /* decode: no message. encode: cannot be written */
  /* The answer needs *size bytes; the contents of the buffer do not matter. The function is called
   * once more with that capacity, unless it is above WSAPI_PLUGIN_MAX_SIZE. */
  WSAPI_PLUGIN_BUFFER_TOO_SMALL = 2,
  /* Not implemented: this revision, direction or message. Nothing is compared. */
  WSAPI_PLUGIN_UNSUPPORTED = 3
};

#define WSAPI_PLUGIN_MAX_SIZE (64u << 20)

/* For libraries that are built with -fvisibility=hidden. */
#define WSAPI_PLUGIN_EXPORT __attribute__((visibility("default")))

/* Returns WSAPI_PLUGIN_VERSION. Called first. Required. */
WSAPI_PLUGIN_EXPORT uint32_t wsapi_plugin_version(void);

/* Decodes one message, the payload of one WebSocket message, to its JSON form, which needs no
 * terminating NUL. `bytes` is never null, also where bytes_size is 0. Required. */
WSAPI_PLUGIN_EXPORT int wsapi_plugin_decode(const uint8_t* bytes, size_t bytes_size, int revision,
                                            int direction, char* json, size_t capacity,
                                            size_t* size);

/* Encodes the JSON form of one message; json[json_size] is a NUL. Optional: without it, nothing is
 * compared. Called with what the reference codec has decoded; the bytes must be the same again,
 * but for objects where decode answered null. */
WSAPI_PLUGIN_EXPORT int wsapi_plugin_encode(const char* json, size_t json_size, int revision,
                                            uint8_t* bytes, size_t capacity, size_t* size);

#ifdef __cplusplus
}
#endif

#endif
