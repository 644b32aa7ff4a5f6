# The same trace, whoever compiled it: the library and every target by clang and gcc at -O0, -O2 and -O3, as replayers that
# say what a run did as one number (kit/hash.h). Test traces/<target> has them all run the corpus; one number is right.
#
# Plain compiler calls, since CMake has one C compiler; what they would warn of, other builds say. The kit, which looks on, is
# the same in all six.

set(LEDGE_TRACE_LEVELS 0 2 3)
set(LEDGE_TRACE_INCLUDES -I${CMAKE_CURRENT_SOURCE_DIR} -I${PROJECT_SOURCE_DIR}/lib/include)

# ledge_trace_object(OUT COMPILER LEVEL SOURCE) compiles one file.
function(ledge_trace_object out compiler level source)
  get_filename_component(maker ${compiler} NAME)
  file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${source})
  string(REPLACE "/" "-" name ${name})
  set(object ${CMAKE_CURRENT_BINARY_DIR}/traces/${maker}-O${level}/${name}.o)
  add_custom_command(OUTPUT ${object}
    COMMAND ${compiler} -std=c11 -w -D_GNU_SOURCE -O${level} ${LEDGE_TRACE_INCLUDES} -MD -MF ${object}.d -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d VERBATIM
    COMMENT "Building ${name} by ${maker} -O${level}")
  set(${out} ${object} PARENT_SCOPE)
endfunction()

function(ledge_trace_objects out compiler level)
  set(objects "")
  foreach(source ${ARGN})
    ledge_trace_object(object ${compiler} ${level} ${source})
    list(APPEND objects ${object})
  endforeach()
  set(${out} ${objects} PARENT_SCOPE)
endfunction()

# ledge_trace_replayer(OUT COMPILER LEVEL NAME LIBRARY_OBJECTS) links the replayer of one target.
function(ledge_trace_replayer out compiler level name library)
  get_filename_component(maker ${compiler} NAME)
  set(binary ${CMAKE_CURRENT_BINARY_DIR}/traces/${maker}-O${level}/${name})
  ledge_trace_object(object ${compiler} ${level} ${CMAKE_CURRENT_SOURCE_DIR}/${name}.c)
  set(kit "$<TARGET_OBJECTS:kit-none>;$<TARGET_OBJECTS:replayer-none>;$<TARGET_OBJECTS:runner-none>")
  add_custom_command(OUTPUT ${binary}
    COMMAND ${compiler} -o ${binary} ${object} ${library} "${kit}" -pthread
    DEPENDS ${object} ${library} "${kit}" VERBATIM COMMAND_EXPAND_LISTS
    COMMENT "Linking ${name} by ${maker} -O${level}")
  set(${out} ${binary} PARENT_SCOPE)
endfunction()

# ledge_traces(NAME…) is for the targets of those names, all built on the kit.
function(ledge_traces)
  if(NOT LEDGE_GCC)
    message(WARNING "gcc was not found: traces are not compared")
    return()
  endif()
  set(binaries "")
  foreach(compiler ${CMAKE_C_COMPILER} ${LEDGE_GCC})
    foreach(level ${LEDGE_TRACE_LEVELS})
      ledge_trace_objects(library ${compiler} ${level} ${LEDGE_LIB_SOURCES})
      foreach(name ${ARGN})
        ledge_trace_replayer(binary ${compiler} ${level} ${name} "${library}")
        list(APPEND binaries_of_${name} ${binary})
      endforeach()
    endforeach()
  endforeach()
  foreach(name ${ARGN})
    list(APPEND binaries ${binaries_of_${name}})
    add_test(NAME traces/${name}
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/kit/test/traces.sh ${PROJECT_SOURCE_DIR}/corpus/${name} ${binaries_of_${name}})
  endforeach()
  add_custom_target(traces ALL DEPENDS ${binaries})
endfunction()
