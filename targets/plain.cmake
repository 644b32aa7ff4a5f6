# Targets that aren't built on the kit (ledge_add_target(... PLAIN ...)).

function(ledge_plain_binaries name flavour sources includes definitions libraries)
  set(object ${name}-object-${flavour})
  add_library(${object} OBJECT EXCLUDE_FROM_ALL ${CMAKE_CURRENT_SOURCE_DIR}/${name}.c ${sources})
  target_include_directories(${object} PRIVATE ${includes})
  target_compile_definitions(${object} PRIVATE _GNU_SOURCE ${definitions})
  target_compile_options(${object} PRIVATE ${LEDGE_WARNINGS})
  list(PREPEND libraries ledge-${flavour})
  target_link_libraries(${object} PRIVATE ${libraries})
  ledge_flavoured(${object} ${flavour} GUIDED)
  set(parts $<TARGET_OBJECTS:${object}>)
  if(LEDGE_AFL_BUILD)
    string(REPLACE "afl-" "" sanitizer ${flavour})
    ledge_executable(${name}-afl-${sanitizer} ${flavour} "${parts}" "${libraries}" -fsanitize=fuzzer)
    return()
  endif()
  ledge_executable(${name}-${flavour} ${flavour} "${parts};kit/replay_plain.c;$<TARGET_OBJECTS:runner-${flavour}>"
                   "${libraries}" "")
  if(LEDGE_${flavour}_GUIDE)
    ledge_executable(${name}-libfuzzer-${flavour} ${flavour} "${parts}" "${libraries}" -fsanitize=fuzzer)
  endif()
endfunction()

function(ledge_plain_manifest_entry out name)
  ledge_manifest_builds(builds ${name} "${LEDGE_FLAVOURS}" "none;asan;cmplog")
  get_property(limits GLOBAL PROPERTY LEDGE_LIMITS_${name})
  set(${out} "{
    \"name\": \"${name}\", \"format_version\": 1, \"kit\": false,
    \"source\": \"${CMAKE_CURRENT_SOURCE_DIR}/${name}.c\",
    \"dictionary\": \"${PROJECT_SOURCE_DIR}/dict/${name}.dict\",
    \"corpus\": \"${PROJECT_SOURCE_DIR}/corpus/${name}\",
    \"limits\": ${limits},
    \"builds\": [
      ${builds}]
  }" PARENT_SCOPE)
endfunction()

# Its corpus and its crashes run through every build; an engine reads its dictionary and makes some use of it.
function(ledge_plain_tests name)
  add_test(NAME regress/${name} COMMAND ledge-command replay --regress --target ${name})
  add_test(NAME engine/${name} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/kit/test/engine_plain.sh
    $<TARGET_FILE:${name}-libfuzzer-asan> ${PROJECT_SOURCE_DIR}/corpus/${name} ${PROJECT_SOURCE_DIR}/dict/${name}.dict)
endfunction()

# The files that targets/<name>.sources lists.
function(ledge_plain_sources out name)
  file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/${name}.sources patterns)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}.sources)
  list(TRANSFORM patterns PREPEND ${PROJECT_SOURCE_DIR}/)
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

function(ledge_plain_target name includes definitions libraries)
  ledge_plain_sources(sources ${name})
  foreach(flavour ${LEDGE_FLAVOURS})
    ledge_plain_binaries(${name} ${flavour} "${sources}" "${includes}" "${definitions}" "${libraries}")
  endforeach()
  ledge_target_products(products ${name} ${LEDGE_FLAVOURS})
  ledge_target_alone(${name} ${products})
  if(NOT LEDGE_AFL_BUILD)
    ledge_plain_manifest_entry(entry ${name})
    set_property(GLOBAL APPEND PROPERTY LEDGE_MANIFEST_TARGETS "${entry}")
    ledge_plain_tests(${name})
  endif()
endfunction()
