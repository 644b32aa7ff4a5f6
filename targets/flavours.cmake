# The flavours a target is built in, and the library and the kit in each.
#
#   asan ubsan tsan msan   libFuzzer binary and replayer
#   coverage none          replayer only; "none" also makes the AFL++ mutator
#   edges                  libFuzzer binary and replayer without a sanitizer, for what needs coverage and speed alone
#   afl-none afl-asan afl-cmplog   AFL++ binaries (nested build)
#
# LEDGE_<flavour>_FLAGS compile the library and the target, and link. LEDGE_<flavour>_GUIDE is added for what the engine
# should see: again the library and the target, never the kit, whose branches would only be noise in the coverage.
# Comparisons are not traced: a number of the program under test does not stand as such in an input (kit/wire.h), so an
# engine has no use for it. LEDGE_<flavour>_KIT compiles the kit, which needs no sanitizer and is several times cheaper
# without; it tells ASan and MSan itself what they have to know (kit/memory.c).

set(LEDGE_FUZZ_BASE -g -fno-omit-frame-pointer -fno-optimize-sibling-calls)

if(LEDGE_AFL_BUILD)
  set(LEDGE_FLAVOURS afl-none afl-asan afl-cmplog)
  set(LEDGE_afl-none_FLAGS "")
  set(LEDGE_afl-asan_FLAGS -fsanitize=address)
  set(LEDGE_afl-asan_KIT -DKIT_ASAN)
  set(LEDGE_afl-cmplog_FLAGS "")
  set(LEDGE_PLANTED_FLAVOURS afl-none afl-asan)
else()
  set(LEDGE_FLAVOURS asan ubsan tsan msan none edges coverage)
  set(LEDGE_asan_FLAGS -fsanitize=address)
  # The checked build, too (ledge/provenance.h): it asks what no sanitizer does, and needs none.
  set(LEDGE_ubsan_FLAGS -fsanitize=undefined -fno-sanitize-recover=all -DLEDGE_CHECKED=1)
  set(LEDGE_tsan_FLAGS -fsanitize=thread)
  set(LEDGE_msan_FLAGS -fsanitize=memory -fsanitize-memory-track-origins)
  set(LEDGE_none_FLAGS -fPIC)
  set(LEDGE_asan_KIT -DKIT_ASAN)
  set(LEDGE_msan_KIT -DKIT_MSAN)
  set(LEDGE_tsan_KIT -DKIT_TSAN)
  set(LEDGE_none_KIT ${LEDGE_none_FLAGS})
  set(LEDGE_coverage_FLAGS -O0 -fprofile-instr-generate -fcoverage-mapping)
  foreach(flavour asan ubsan tsan msan edges)
    set(LEDGE_${flavour}_GUIDE -fsanitize-coverage=inline-8bit-counters,pc-table
        -fsanitize-coverage-ignorelist=${CMAKE_CURRENT_SOURCE_DIR}/unguided.txt)
  endforeach()
  # Checks that fail alike would share the call that says so, and it the names of the functions that they are inlined from.
  list(APPEND LEDGE_ubsan_GUIDE "SHELL:-mllvm -enable-tail-merge=0")
  # Not part of "undefined": sizes in the library must not wrap either.
  set(LEDGE_ubsan_LIBRARY -fsanitize=unsigned-integer-overflow)
  set(LEDGE_PLANTED_FLAVOURS asan ubsan)
endif()

# ledge_flavoured(TARGET FLAVOUR GUIDED|KIT) gives a CMake target the compiler flags of a flavour.
function(ledge_flavoured target flavour role)
  set(environment AFL_QUIET=1)
  if(role STREQUAL GUIDED)
    target_compile_options(${target} PRIVATE ${LEDGE_FUZZ_BASE} -O2 ${LEDGE_${flavour}_FLAGS} ${LEDGE_${flavour}_GUIDE})
    if(flavour STREQUAL afl-cmplog)
      list(APPEND environment AFL_LLVM_CMPLOG=1)
    endif()
  else()
    target_compile_options(${target} PRIVATE ${LEDGE_FUZZ_BASE} -O2 ${LEDGE_${flavour}_KIT})
    list(APPEND environment AFL_NOOPT=1)
  endif()
  if(LEDGE_AFL_BUILD)
    set_target_properties(${target} PROPERTIES C_COMPILER_LAUNCHER "env;${environment}")
  endif()
endfunction()

# ledge_library(NAME FLAVOUR INCLUDE OBJECTS SOURCE…) is libledge, or a patched copy of it, in one flavour: the objects of
# the sources, and those that another library (or "") lends.
function(ledge_library name flavour include objects)
  add_library(${name}-objects OBJECT EXCLUDE_FROM_ALL ${ARGN})
  target_include_directories(${name}-objects PRIVATE ${include})
  ledge_flavoured(${name}-objects ${flavour} GUIDED)
  target_compile_options(${name}-objects PRIVATE ${LEDGE_${flavour}_LIBRARY})
  add_library(${name} STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${name}-objects> ${objects})
  target_include_directories(${name} PUBLIC ${include})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
endfunction()

file(GLOB LEDGE_LIB_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/src/*.c)
file(GLOB LEDGE_KIT_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/kit/*.c)
list(FILTER LEDGE_KIT_SOURCES EXCLUDE REGEX "/(replay[a-z_]*|inputs|serve|measure|mutator_[a-z]+)\\.c$")

foreach(flavour ${LEDGE_FLAVOURS})
  ledge_library(ledge-${flavour} ${flavour} ${PROJECT_SOURCE_DIR}/lib/include "" ${LEDGE_LIB_SOURCES})
  # An object library: the kit and the target need each other.
  add_library(kit-${flavour} OBJECT EXCLUDE_FROM_ALL ${LEDGE_KIT_SOURCES})
  target_include_directories(kit-${flavour} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(kit-${flavour} PUBLIC _GNU_SOURCE)
  target_compile_options(kit-${flavour} PRIVATE ${LEDGE_WARNINGS})
  ledge_flavoured(kit-${flavour} ${flavour} KIT)
endforeach()

# What executables of our own and libFuzzer's have beside the target and the kit.
function(ledge_main_objects name flavour)
  add_library(${name}-${flavour} OBJECT EXCLUDE_FROM_ALL ${ARGN})
  target_include_directories(${name}-${flavour} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(${name}-${flavour} PRIVATE _GNU_SOURCE)
  target_compile_options(${name}-${flavour} PRIVATE ${LEDGE_WARNINGS})
  ledge_flavoured(${name}-${flavour} ${flavour} KIT)
endfunction()

if(NOT LEDGE_AFL_BUILD)
  foreach(flavour ${LEDGE_FLAVOURS})
    ledge_main_objects(runner ${flavour} kit/inputs.c kit/serve.c kit/measure.c)
    ledge_main_objects(replayer ${flavour} kit/replay.c)
    ledge_main_objects(mutator-libfuzzer ${flavour} kit/mutator_libfuzzer.c)
  endforeach()
endif()
