# SPDX-License-Identifier: Apache-2.0
#
# The library of this room, which needs the reference codec alone, so that every build has it: the
# differential fuzz target compares codecs. And plugins (codec_plugin.h) for the tests here and in
# fuzz/; one of them is written in C, as the header must be usable from it.

add_library(wsapi_codecs STATIC codecs/message_match.cc codecs/plugin_codec.cc
                                codecs/reference_codec.cc)
target_link_libraries(wsapi_codecs PUBLIC wsapi_codec ${CMAKE_DL_LIBS} PRIVATE wsapi_options)

# wsapi_add_plugin(NAME SOURCE...): the shared library NAME.so.
function(wsapi_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_compile_options(${name} PRIVATE -Wall -Wextra -Werror)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  # Nothing but the functions of the interface is seen by the program that loads it.
  set_target_properties(${name} PROPERTIES CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden
                                           C_STANDARD 99 C_EXTENSIONS OFF CXX_STANDARD 20 PREFIX "")
endfunction()

if(NOT BUILD_TESTING)
  return()
endif()
enable_language(C)
foreach(kind test empty other_version)
  wsapi_add_plugin(${kind}_plugin codecs/test_plugin.c)
endforeach()
target_compile_definitions(empty_plugin PRIVATE WSAPI_TEST_PLUGIN_IS_EMPTY)
target_compile_definitions(other_version_plugin PRIVATE WSAPI_TEST_PLUGIN_VERSION=99)
foreach(kind throwing throwing_version)
  wsapi_add_plugin(${kind}_plugin codecs/throwing_plugin.cc)
endforeach()
target_compile_definitions(throwing_version_plugin PRIVATE WSAPI_TEST_PLUGIN_VERSION_THROWS)
