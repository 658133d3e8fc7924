# SPDX-License-Identifier: Apache-2.0
#
# cmake -D PROGRAM=make_dictionaries -D COMMITTED=FOLDER -D FRESH=FOLDER -P THIS: fails where the
# first folder does not have the dictionaries that the program writes to the second. Those of the
# parsers are made by hand.

file(REMOVE_RECURSE ${FRESH})
file(MAKE_DIRECTORY ${FRESH})
execute_process(COMMAND ${PROGRAM} ${FRESH} COMMAND_ERROR_IS_FATAL ANY)
file(GLOB fresh RELATIVE ${FRESH} ${FRESH}/*.dict)
if(NOT fresh)
  message(FATAL_ERROR "${PROGRAM} has written nothing to ${FRESH}")
endif()
foreach(name IN LISTS fresh)
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${FRESH}/${name} ${COMMITTED}/${name}
                  RESULT_VARIABLE different)
  if(different)
    message(FATAL_ERROR "${name} is out of date: run make_dictionaries ${COMMITTED}")
  endif()
endforeach()
