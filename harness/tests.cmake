# SPDX-License-Identifier: Apache-2.0
#
# The tests of the whole program; those of one room are made by wsapi_room.

if(WSAPI_BUILD_PROGRAM_TESTS)
  file(GLOB program_test_sources CONFIGURE_DEPENDS cli/program_*_test.cc)
  wsapi_add_unit_tests(program_test program ${program_test_sources})
  target_include_directories(program_test PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(program_test PRIVATE wsapi_json pugixml::pugixml)
  target_compile_definitions(program_test PRIVATE WSAPI_PROGRAM="$<TARGET_FILE:wsapi-conform>")
  add_dependencies(program_test wsapi-conform)
endif()

add_test(NAME vectors.check COMMAND wsapi-conform vectors check)
set_tests_properties(vectors.check PROPERTIES LABELS vectors TIMEOUT 120)

# The schema of load reports, by an independent validator.
add_test(NAME load.report COMMAND wsapi-conform load --connections 2 --rate 100 --seconds 0.5
                                  --warmup 0 --report json:${PROJECT_BINARY_DIR}/load.json)
add_test(NAME load.report_schema COMMAND ${PROJECT_SOURCE_DIR}/ci/check_schemas
                                         --load-report ${PROJECT_BINARY_DIR}/load.json)
set_tests_properties(load.report PROPERTIES FIXTURES_SETUP load_report
                     PASS_REGULAR_EXPRESSION "errors      none")  # however busy the machine is
set_tests_properties(load.report_schema PROPERTIES FIXTURES_REQUIRED load_report)
set_tests_properties(load.report PROPERTIES LABELS harness-threads TIMEOUT 120)
set_tests_properties(load.report_schema PROPERTIES LABELS harness TIMEOUT 120)

# The schemas of a run's report and records, likewise: of a peer that fails in many ways.
add_test(NAME run.report COMMAND wsapi-conform run --builtin yes --timeout 1 --quiet
                                 --select "server/call/minimal*" --select "server/describe/*"
                                 --select "server/version-offer/*" --select "server/flow/*"
                                 --select "*~close-code"
                                 --report json:${PROJECT_BINARY_DIR}/run.json
                                 --report ndjson:${PROJECT_BINARY_DIR}/run.ndjson)
add_test(NAME run.report_schema COMMAND ${PROJECT_SOURCE_DIR}/ci/check_schemas
                                        --run-report ${PROJECT_BINARY_DIR}/run.json)
add_test(NAME run.records_schema COMMAND ${PROJECT_SOURCE_DIR}/ci/check_schemas
                                         --run-records ${PROJECT_BINARY_DIR}/run.ndjson)
set_tests_properties(run.report PROPERTIES FIXTURES_SETUP run_report
                     PASS_REGULAR_EXPRESSION " pass, [1-9][0-9]* fail, ")
set_tests_properties(run.report_schema run.records_schema PROPERTIES FIXTURES_REQUIRED run_report)
set_tests_properties(run.report PROPERTIES LABELS harness-threads TIMEOUT 120)
set_tests_properties(run.report_schema run.records_schema PROPERTIES LABELS harness TIMEOUT 120)

# The whole suite on the reference server; this is how sanitizers see both at work.
foreach(revision IN ITEMS legacy 2020-01 2020-03)
  add_test(NAME conformance.${revision}.unix
           COMMAND wsapi-conform run --strict --builtin reference --revision ${revision}
                   --timeout 60)
  add_test(NAME conformance.${revision}.tcp
           COMMAND wsapi-conform run --strict --builtin reference --revision ${revision}
                   --timeout 60 --target tcp:127.0.0.1:0/test)
  set_tests_properties(conformance.${revision}.unix conformance.${revision}.tcp
                       PROPERTIES LABELS conformance TIMEOUT 300)
endforeach()
