# ledge_add_target(NAME name [FORMAT n] [MAX_LEN bytes] [TIMEOUT_MS ms] [RSS_MB mb] [MALLOC_MB mb] [STABILITY percent]) makes
# everything a target needs out of targets/<name>.c. FORMAT is the version of the target's table: raise it when an operation or
# an argument changes meaning. MALLOC_MB is what one request for memory may be for: under a sanitizer that has an allocator,
# more is an out-of-memory. Without it a request for more than RSS_MB is answered with NULL, which the program has to handle.
# STABILITY is what AFL++'s must reach, 100 unless said: give less only where the path taken depends on addresses that malloc
# chooses, or on random numbers of the operating system.
#
# ledge_add_target(NAME name PLAIN [INCLUDES dir...] [DEFINITIONS def...] [LIBRARIES target...] ...) is for a target that
# isn't built on the kit: targets/<name>.c defines LLVMFuzzerTestOneInput itself, and an input is bytes to it.
# targets/<name>.sources lists what it tests, one file or pattern a line, from the project's directory on; they are compiled
# like the target in every flavour, sanitizer and coverage included. libledge is linked in the same flavour. LIBRARIES are
# linked as they are: MSan takes what an uninstrumented one wrote for uninitialized, so give INTERFACE libraries, or have
# their sources in the list. Campaigns, replaying, triage, corpora and minimizing (by bytes) work as for any target; what a
# table of operations gives (printing, C programs, generated seeds) doesn't exist. The dictionary and the corpus, in
# dict/<name>.dict and corpus/<name>/, are written by hand.

include(${CMAKE_CURRENT_LIST_DIR}/plain.cmake)

# ledge_target_object(PREFIX NAME FLAVOUR LIBRARY) compiles targets/<name>.c as PREFIX-object-FLAVOUR.
function(ledge_target_object prefix name flavour library)
  set(object ${prefix}-object-${flavour})
  add_library(${object} OBJECT EXCLUDE_FROM_ALL ${CMAKE_CURRENT_SOURCE_DIR}/${name}.c)
  target_include_directories(${object} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  get_property(malloc_mb GLOBAL PROPERTY LEDGE_MALLOC_MB_${name})
  target_compile_definitions(${object} PRIVATE _GNU_SOURCE KIT_MALLOC_MB=${malloc_mb})
  # What a target hands over may be wrong on purpose (LEDGE_WARN_IF of ledge/base.h).
  target_compile_options(${object} PRIVATE ${LEDGE_WARNINGS} -Wno-user-defined-warnings)
  target_link_libraries(${object} PRIVATE ${library})
  ledge_flavoured(${object} ${flavour} GUIDED)
endfunction()

# ledge_target_binaries(PREFIX OBJECT FLAVOUR LIBRARY) adds the executables of one target in one flavour.
function(ledge_target_binaries prefix object flavour library)
  set(parts $<TARGET_OBJECTS:${object}> $<TARGET_OBJECTS:kit-${flavour}>)
  if(LEDGE_AFL_BUILD)
    string(REPLACE "afl-" "" sanitizer ${flavour})
    ledge_executable(${prefix}-afl-${sanitizer} ${flavour} "${parts}" ${library} -fsanitize=fuzzer)
  else()
    ledge_executable(${prefix}-${flavour} ${flavour}
                     "${parts};$<TARGET_OBJECTS:replayer-${flavour}>;$<TARGET_OBJECTS:runner-${flavour}>" ${library} "")
    if(LEDGE_${flavour}_GUIDE)
      ledge_executable(${prefix}-libfuzzer-${flavour} ${flavour}
                       "${parts};$<TARGET_OBJECTS:mutator-libfuzzer-${flavour}>" ${library} -fsanitize=fuzzer)
    endif()
  endif()
endfunction()

# ledge_executable(NAME FLAVOUR PARTS LIBRARIES ENGINE): PARTS are objects and sources, with a main of our own, or ENGINE is
# the flag for another's.
function(ledge_executable name flavour parts libraries engine)
  add_executable(${name} EXCLUDE_FROM_ALL ${parts})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_compile_options(${name} PRIVATE ${LEDGE_WARNINGS})
  target_link_libraries(${name} PRIVATE ${libraries})
  ledge_flavoured(${name} ${flavour} KIT)
  target_link_options(${name} PRIVATE ${LEDGE_${flavour}_FLAGS} ${engine})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz LINKER_LANGUAGE C)
  if(LEDGE_AFL_BUILD)
    set_target_properties(${name} PROPERTIES C_LINKER_LAUNCHER "env;AFL_QUIET=1")
    if(flavour STREQUAL afl-cmplog)
      set_target_properties(${name} PROPERTIES C_LINKER_LAUNCHER "env;AFL_QUIET=1;AFL_LLVM_CMPLOG=1")
    endif()
  endif()
endfunction()

function(ledge_mutator prefix library)
  add_library(${prefix}-mutator MODULE EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${prefix}-object-none>
              $<TARGET_OBJECTS:kit-none> kit/mutator_afl.c)
  target_include_directories(${prefix}-mutator PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${prefix}-mutator PRIVATE ${library})
  ledge_flavoured(${prefix}-mutator none KIT)
  set_target_properties(${prefix}-mutator PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
endfunction()

# ledge_target_products(OUT PREFIX FLAVOUR…) lists the CMake targets that ledge_target_binaries made.
function(ledge_target_products out prefix)
  set(products "")
  foreach(flavour ${ARGN})
    if(LEDGE_AFL_BUILD)
      string(REPLACE "afl-" "" sanitizer ${flavour})
      list(APPEND products ${prefix}-afl-${sanitizer})
    else()
      list(APPEND products ${prefix}-${flavour})
      if(LEDGE_${flavour}_GUIDE)
        list(APPEND products ${prefix}-libfuzzer-${flavour})
      endif()
    endif()
  endforeach()
  set(${out} ${products} PARENT_SCOPE)
endfunction()

# Two builds in the nested directory at once would spoil each other's logs.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS nested=1)

# ledge_nested_too(TARGET): the nested directory's target of that name is built with this one.
function(ledge_nested_too target)
  if(LEDGE_AFL_BUILD OR NOT LEDGE_AFL_FUZZ)
    return()
  endif()
  add_custom_target(${target}-afl JOB_POOL nested VERBATIM
    COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR}/afl --target ${target})
  add_dependencies(${target}-afl afl-configure)
  add_dependencies(${target} ${target}-afl)
endfunction()

# ledge_target_alone(NAME PRODUCT…) adds the build target fuzz-NAME: all of one fuzz target, for every engine. A build of
# everything doesn't ask for it, since that has all of the nested directory built at once.
function(ledge_target_alone name)
  add_custom_target(${name}-binaries ALL DEPENDS ${ARGN})
  add_custom_target(fuzz-${name} DEPENDS ${name}-binaries)
  ledge_nested_too(fuzz-${name})
endfunction()

function(ledge_json_strings out)
  set(quoted "")
  foreach(string ${ARGN})
    list(APPEND quoted "\"${string}\"")
  endforeach()
  list(JOIN quoted ", " text)
  set(${out} "[${text}]" PARENT_SCOPE)
endfunction()

# ledge_manifest_builds(OUT PREFIX FLAVOURS AFL_FLAVOURS) lists a target's binaries, as JSON objects.
function(ledge_manifest_builds out prefix flavours afl_flavours)
  set(dir ${CMAKE_BINARY_DIR}/fuzz)
  set(builds "")
  foreach(flavour ${flavours})
    list(APPEND builds "{\"engine\": \"replay\", \"sanitizer\": \"${flavour}\", \"binary\": \"${dir}/${prefix}-${flavour}\"}")
    if(LEDGE_${flavour}_GUIDE)
      list(APPEND builds
        "{\"engine\": \"libfuzzer\", \"sanitizer\": \"${flavour}\", \"binary\": \"${dir}/${prefix}-libfuzzer-${flavour}\"}")
    endif()
  endforeach()
  if(LEDGE_AFL_FUZZ)
    foreach(sanitizer ${afl_flavours})
      list(APPEND builds
        "{\"engine\": \"afl\", \"sanitizer\": \"${sanitizer}\", \"binary\": \"${CMAKE_BINARY_DIR}/afl/fuzz/${prefix}-afl-${sanitizer}\"}")
    endforeach()
  endif()
  list(JOIN builds ",\n      " builds)
  set(${out} "${builds}" PARENT_SCOPE)
endfunction()

# ledge_manifest_entry(OUT PREFIX NAME INCLUDE LIBRARY_PREFIX FLAVOURS AFL_FLAVOURS) is a target's JSON object.
# Emitted C programs are compiled with -O0: a load that goes wrong must be made, also where nothing looks at its value. lld
# links them in half the time.
function(ledge_manifest_entry out prefix name include library flavours afl_flavours)
  set(dir ${CMAKE_BINARY_DIR}/fuzz)
  set(repro "")
  set(lld "")
  if(LEDGE_LLD)
    set(lld "\"-fuse-ld=lld\", ")
  endif()
  ledge_manifest_builds(builds ${prefix} "${flavours}" "${afl_flavours}")
  foreach(flavour ${flavours})
    ledge_json_strings(flags ${LEDGE_${flavour}_FLAGS})
    list(APPEND repro
      "{\"sanitizer\": \"${flavour}\", \"flags\": ${flags}, \"library\": \"${CMAKE_CURRENT_BINARY_DIR}/lib${library}-${flavour}.a\"}")
  endforeach()
  list(JOIN repro ",\n        " repro)
  get_property(limits GLOBAL PROPERTY LEDGE_LIMITS_${name})
  get_property(format GLOBAL PROPERTY LEDGE_FORMAT_${name})
  set(${out} "{
    \"name\": \"${name}\", \"format_version\": ${format}, \"kit\": true,
    \"source\": \"${CMAKE_CURRENT_SOURCE_DIR}/${name}.c\",
    \"dictionary\": \"${PROJECT_SOURCE_DIR}/dict/${name}.dict\",
    \"corpus\": \"${PROJECT_SOURCE_DIR}/corpus/${name}\",
    \"mutator\": \"${dir}/${name}-mutator.so\",
    \"limits\": ${limits},
    \"builds\": [
      ${builds}],
    \"repro\": { \"cc\": \"${CMAKE_C_COMPILER}\",
      \"cflags\": [\"-std=gnu11\", \"-g\", \"-O0\", \"-fno-omit-frame-pointer\", ${lld}\"-I${include}\"],
      \"flavours\": [
        ${repro}] }
  }" PARENT_SCOPE)
endfunction()

# The tests that every target gets. Emitted programs are plain C: gcc compiles them, in half of clang's time; what `ledge`
# itself does with them is done by clang.
function(ledge_target_tests name stability)
  set(tests ${CMAKE_CURRENT_SOURCE_DIR}/kit/test)
  set(cc ${CMAKE_C_COMPILER})
  if(LEDGE_GCC)
    set(cc ${LEDGE_GCC})
  endif()
  set(corpus ${PROJECT_SOURCE_DIR}/corpus/${name})
  add_test(NAME regress/${name} COMMAND ledge-command replay --regress --target ${name})
  add_test(NAME generated/${name}
    COMMAND ${PROJECT_SOURCE_DIR}/ci/generate --check $<TARGET_FILE:${name}-none> ${name})
  add_test(NAME emitted/${name} COMMAND ${tests}/emitted.sh $<TARGET_FILE:${name}-none> ${corpus} ${cc}
    $<TARGET_FILE:ledge> ${PROJECT_SOURCE_DIR}/lib/include)
  if(LEDGE_AFL_FUZZ)
    add_test(NAME engines/${name} COMMAND ${tests}/engines.sh $<TARGET_FILE:${name}-libfuzzer-asan>
      ${CMAKE_BINARY_DIR}/afl/fuzz/${name}-afl-none $<TARGET_FILE:${name}-mutator> ${corpus}
      ${stability})
  endif()

  add_executable(${name}-format_test ${tests}/format_test.c $<TARGET_OBJECTS:${name}-object-none>
                 $<TARGET_OBJECTS:kit-none>)
  target_include_directories(${name}-format_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_options(${name}-format_test PRIVATE ${LEDGE_WARNINGS})
  target_link_libraries(${name}-format_test PRIVATE ledge-none PkgConfig::CMOCKA)
  add_test(NAME format/${name} COMMAND ${name}-format_test)
endfunction()

function(ledge_add_target)
  cmake_parse_arguments(arg "PLAIN" "NAME;FORMAT;MAX_LEN;TIMEOUT_MS;RSS_MB;MALLOC_MB;STABILITY" "INCLUDES;DEFINITIONS;LIBRARIES"
    ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ledge_add_target(NAME ${arg_NAME} ...) doesn't know: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_PLAIN AND (arg_INCLUDES OR arg_DEFINITIONS OR arg_LIBRARIES))
    message(FATAL_ERROR "ledge_add_target(NAME ${arg_NAME} ...): INCLUDES, DEFINITIONS and LIBRARIES are for PLAIN targets. A "
      "target of the kit calls what is in lib/: put the sources into lib/src and the headers into lib/include.")
  endif()
  foreach(default "FORMAT;1" "MAX_LEN;1024" "TIMEOUT_MS;5000" "RSS_MB;2048" "MALLOC_MB;0" "STABILITY;100")
    list(GET default 0 key)
    list(GET default 1 value)
    if(NOT arg_${key})
      set(arg_${key} ${value})
    endif()
  endforeach()
  set_property(GLOBAL PROPERTY LEDGE_FORMAT_${arg_NAME} ${arg_FORMAT})
  set_property(GLOBAL PROPERTY LEDGE_MALLOC_MB_${arg_NAME} ${arg_MALLOC_MB})
  set(malloc_mb "null")
  if(arg_MALLOC_MB)
    set(malloc_mb ${arg_MALLOC_MB})
  endif()
  set_property(GLOBAL PROPERTY LEDGE_LIMITS_${arg_NAME} "{\"timeout_ms\": ${arg_TIMEOUT_MS}, \"rss_mb\": ${arg_RSS_MB}, \
\"malloc_mb\": ${malloc_mb}, \"max_len\": ${arg_MAX_LEN}}")

  if(arg_PLAIN)
    ledge_plain_target(${arg_NAME} "${arg_INCLUDES}" "${arg_DEFINITIONS}" "${arg_LIBRARIES}")
    return()
  endif()
  foreach(flavour ${LEDGE_FLAVOURS})
    ledge_target_object(${arg_NAME} ${arg_NAME} ${flavour} ledge-${flavour})
    ledge_target_binaries(${arg_NAME} ${arg_NAME}-object-${flavour} ${flavour} ledge-${flavour})
  endforeach()
  if(NOT LEDGE_AFL_BUILD)
    ledge_mutator(${arg_NAME} ledge-none)
  endif()
  ledge_target_products(products ${arg_NAME} ${LEDGE_FLAVOURS})
  if(NOT LEDGE_AFL_BUILD)
    list(APPEND products ${arg_NAME}-mutator)
  endif()
  ledge_target_alone(${arg_NAME} ${products})

  if(NOT LEDGE_AFL_BUILD)
    ledge_manifest_entry(entry ${arg_NAME} ${arg_NAME} ${PROJECT_SOURCE_DIR}/lib/include ledge "${LEDGE_FLAVOURS}"
                         "none;asan;cmplog")
    set_property(GLOBAL APPEND PROPERTY LEDGE_MANIFEST_TARGETS "${entry}")
    set_property(GLOBAL APPEND PROPERTY LEDGE_KIT_TARGETS ${arg_NAME})
    ledge_target_tests(${arg_NAME} ${arg_STABILITY})
  endif()
endfunction()

# ledge_write_manifest() writes build/manifest.json; call it after the last target. A file .ledge-ignore beside the
# project's CMakeLists.txt says which of its functions don't name a crash (tools/data/ignored_frames.txt has the form).
function(ledge_write_manifest)
  get_property(targets GLOBAL PROPERTY LEDGE_MANIFEST_TARGETS)
  get_property(bugs GLOBAL PROPERTY LEDGE_MANIFEST_BUGS)
  list(JOIN targets ",\n  " targets)
  list(JOIN bugs ",\n  " bugs)
  set(afl null)
  if(LEDGE_AFL_FUZZ)
    set(afl "\"${LEDGE_AFL_FUZZ}\"")
  endif()
  set(ignore null)
  if(EXISTS ${PROJECT_SOURCE_DIR}/.ledge-ignore)
    set(ignore "\"${PROJECT_SOURCE_DIR}/.ledge-ignore\"")
  endif()
  file(WRITE ${CMAKE_BINARY_DIR}/manifest.json "{
  \"format\": 1,
  \"root\": \"${PROJECT_SOURCE_DIR}\",
  \"build\": \"${CMAKE_BINARY_DIR}\",
  \"crashes\": \"${PROJECT_SOURCE_DIR}/crashes\",
  \"cmake\": \"${CMAKE_COMMAND}\",
  \"symbolizer\": \"${LEDGE_SYMBOLIZER}\",
  \"afl_fuzz\": ${afl},
  \"llvm_cov\": \"${LEDGE_LLVM_COV}\",
  \"llvm_profdata\": \"${LEDGE_LLVM_PROFDATA}\",
  \"sources\": [\"${PROJECT_SOURCE_DIR}/lib/include\", \"${PROJECT_SOURCE_DIR}/lib/src\"],
  \"ignore\": ${ignore},
  \"targets\": [
  ${targets}],
  \"bugs\": [
  ${bugs}]
}
")
endfunction()
