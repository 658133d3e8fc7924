# SPDX-License-Identifier: Apache-2.0
#
# Library wsapi_parsers: the parsers of files and addresses by themselves, for the fuzz targets that
# need nothing else of the harness. Without the harness (WSAPI_BUILD_HARNESS) it needs headers
# alone: the machines on which a fuzzing service runs the targets have no libraries of ours, and
# its C++ library is another than that which the system's were built with.

find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_path(VALIJSON_INCLUDE_DIR valijson/validator.hpp REQUIRED)

set(parser_sources address json_file json_text pattern plain_json printable scenario vector_json
                   vectors wire_bytes)
list(TRANSFORM parser_sources REPLACE "(.+)" "${CMAKE_CURRENT_LIST_DIR}/\\1.cc")
add_library(wsapi_parsers STATIC ${parser_sources})
target_link_libraries(
  wsapi_parsers
  PUBLIC wsapi_codec nlohmann_json::nlohmann_json
         $<IF:$<BOOL:${WSAPI_BUILD_HARNESS}>,fmt::fmt,fmt::fmt-header-only>
  PRIVATE wsapi_options)
target_include_directories(wsapi_parsers SYSTEM PUBLIC ${VALIJSON_INCLUDE_DIR})
target_compile_definitions(wsapi_parsers
                           PUBLIC WSAPI_SOURCE_VECTORS_DIR="${PROJECT_SOURCE_DIR}/vectors")
