# The unit tests once more, each as lib/<flavour>/<test>: by clang under ASan (with leaks), UBSan and MSan, and those that start
# threads under TSan; by gcc under Valgrind, where the tests are as they are, since Valgrind 3.19 can't read what clang-19 writes
# for debuggers.
#
# cmocka itself isn't instrumented. That is no trouble for MSan: what cmocka hands to a test are arguments, which clang's MSan
# takes for initialized, and memory from calloc. Nor for TSan: cmocka is only called in the main thread.

set(LEDGE_TESTS_asan -fsanitize=address)
# Sizes must not wrap either, in the sources and the headers; tests may.
set(LEDGE_TESTS_ubsan -fsanitize=undefined,unsigned-integer-overflow -fno-sanitize-recover=all
    -fsanitize-ignorelist=${CMAKE_CURRENT_SOURCE_DIR}/test/may_wrap.txt)
set(LEDGE_TESTS_msan -fsanitize=memory)
set(LEDGE_TESTS_tsan -fsanitize=thread)

# ledge_sanitized_tests(FLAVOUR SOURCE…)
function(ledge_sanitized_tests flavour)
  get_target_property(support lib-test-support SOURCES)
  add_library(lib-${flavour} STATIC ${LEDGE_LIB_SOURCES} ${support})
  target_include_directories(lib-${flavour} PUBLIC include)
  target_compile_options(lib-${flavour} PUBLIC -O1 -gline-tables-only -fno-omit-frame-pointer -Wno-user-defined-warnings
    ${LEDGE_TESTS_${flavour}})
  target_link_options(lib-${flavour} PUBLIC ${LEDGE_TESTS_${flavour}})
  target_link_libraries(lib-${flavour} PUBLIC PkgConfig::CMOCKA)
  foreach(source ${ARGN})
    get_filename_component(name ${source} NAME_WE)
    add_executable(lib-${flavour}-${name} ${source})
    target_link_libraries(lib-${flavour}-${name} PRIVATE lib-${flavour})
    add_test(NAME lib/${flavour}/${name} COMMAND lib-${flavour}-${name})
  endforeach()
endfunction()

# ledge_valgrind_tests(SOURCE…): of the tests that are there already. Valgrind runs one thread at a time; unless it is told to
# be fair, one that waits for another may have most of them.
function(ledge_valgrind_tests)
  find_program(LEDGE_VALGRIND valgrind)
  if(NOT LEDGE_VALGRIND)
    message(WARNING "valgrind was not found: its tests are left out.\n  Install it: apt-get install valgrind")
    return()
  endif()
  foreach(source ${ARGN})
    get_filename_component(name ${source} NAME_WE)
    add_test(NAME lib/valgrind/${name}
      COMMAND ${LEDGE_VALGRIND} -q --fair-sched=try --error-exitcode=99 --leak-check=full $<TARGET_FILE:lib-${name}>)
  endforeach()
endfunction()

if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  foreach(flavour asan ubsan msan)
    ledge_sanitized_tests(${flavour} ${lib_tests})
  endforeach()
  set(threaded lock_pool_thread_test owner_thread_test pool_thread_test provenance_test)
  list(TRANSFORM threaded REPLACE "(.+)" "test/\\1.c" OUTPUT_VARIABLE threaded_sources)
  list(TRANSFORM threaded PREPEND lib/tsan/)
  ledge_sanitized_tests(tsan ${threaded_sources})
  # What races may also hang.
  set_tests_properties(${threaded} PROPERTIES ENVIRONMENT TSAN_OPTIONS=halt_on_error=1)
else()
  ledge_valgrind_tests(${lib_tests})
endif()
