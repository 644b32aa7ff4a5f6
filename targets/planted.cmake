# Planted bugs: crashes/planted/<id>/ holds a patch against lib/ and a manifest. Each is applied to a copy of lib/ at build
# time (build target bug-<id>, not part of "all"), and its target is linked to that copy. Where the patch leaves the headers
# alone, only the sources that it changes are compiled; the rest of the library, and the target, are those of the clean one.

# Two builds in the nested directory at once would spoil each other's logs.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS nested=1)

function(ledge_patched_copy id patch)
  set(copy ${CMAKE_BINARY_DIR}/bugs/${id})
  file(GLOB_RECURSE originals CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/include/*.h ${PROJECT_SOURCE_DIR}/lib/src/*)
  set(copies "")
  foreach(original ${originals})
    file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR} ${original})
    list(APPEND copies ${copy}/${relative})
  endforeach()
  add_custom_command(OUTPUT ${copies}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${copy}
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${PROJECT_SOURCE_DIR}/lib/include ${copy}/lib/include
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${PROJECT_SOURCE_DIR}/lib/src ${copy}/lib/src
    COMMAND patch --quiet --strip=1 --fuzz=0 --directory=${copy} --input=${patch}
    DEPENDS ${originals} ${patch}
    COMMENT "Planting bug ${id}" VERBATIM)
  add_custom_target(bug-${id}-sources DEPENDS ${copies})
  list(FILTER copies INCLUDE REGEX "\\.c$")
  set(LEDGE_COPY_SOURCES ${copies} PARENT_SCOPE)
endfunction()

# ledge_patched_binaries(ID NAME FLAVOUR PATCH): the target NAME on the library with the patch, in one flavour. `include` is
# set to where the library's headers are.
function(ledge_patched_binaries id name flavour patch)
  set(prefix bug-${id})
  set(copy ${CMAKE_BINARY_DIR}/bugs/${id}/lib)
  set(include ${copy}/include)
  set(object ${prefix}-object-${flavour})
  set(sources ${LEDGE_COPY_SOURCES})
  set(rest "")
  file(STRINGS ${patch} changed REGEX "^\\+\\+\\+ b/")
  list(TRANSFORM changed REPLACE "^\\+\\+\\+ b/lib/([^ \t]*).*" "\\1")
  if(NOT changed MATCHES "\\.h")
    set(include ${PROJECT_SOURCE_DIR}/lib/include)
    set(object ${name}-object-${flavour})
    list(TRANSFORM changed PREPEND ${copy}/ OUTPUT_VARIABLE sources)
    list(JOIN changed "|" pattern)
    string(REPLACE "." "\\." pattern "${pattern}")
    set(rest "$<FILTER:$<TARGET_OBJECTS:ledge-${flavour}-objects>,EXCLUDE,/(${pattern})\\.o$>")
  endif()
  ledge_library(${prefix}-lib-${flavour} ${flavour} ${include} "${rest}" ${sources})
  add_dependencies(${prefix}-lib-${flavour}-objects ${prefix}-sources)
  if(object STREQUAL ${prefix}-object-${flavour})
    ledge_target_object(${prefix} ${name} ${flavour} ${prefix}-lib-${flavour})
    add_dependencies(${object} ${prefix}-sources)
  endif()
  ledge_target_binaries(${prefix} ${object} ${flavour} ${prefix}-lib-${flavour})
  set(include ${include} PARENT_SCOPE)
endfunction()

function(ledge_add_planted_bug directory)
  get_filename_component(id ${directory} NAME)
  file(READ ${directory}/bug.json manifest)
  string(JSON name ERROR_VARIABLE error GET "${manifest}" target)
  if(error)
    message(FATAL_ERROR "${directory}/bug.json: ${error}")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${directory}/bug.json)
  ledge_patched_copy(${id} ${directory}/bug.patch)
  set(prefix bug-${id})
  foreach(flavour ${LEDGE_PLANTED_FLAVOURS})
    ledge_patched_binaries(${id} ${name} ${flavour} ${directory}/bug.patch)
  endforeach()
  ledge_target_products(products ${prefix} ${LEDGE_PLANTED_FLAVOURS})
  add_custom_target(bug-${id} DEPENDS ${products})
  if(NOT LEDGE_AFL_BUILD)
    if(LEDGE_AFL_FUZZ)
      add_custom_target(bug-${id}-afl JOB_POOL nested VERBATIM
        COMMAND ${CMAKE_COMMAND} --build ${CMAKE_BINARY_DIR}/afl --target bug-${id})
      add_dependencies(bug-${id}-afl afl-configure)
      add_dependencies(bug-${id} bug-${id}-afl)
    endif()
    ledge_manifest_entry(entry ${prefix} ${name} ${include} ${prefix}-lib "${LEDGE_PLANTED_FLAVOURS}" "none;asan")
    set_property(GLOBAL APPEND PROPERTY LEDGE_MANIFEST_BUGS
      "{\"id\": \"${id}\", \"build_target\": \"bug-${id}\", \"file\": \"${directory}/bug.json\", \"variant\": ${entry}}")
  endif()
endfunction()

function(ledge_add_planted_bugs)
  file(GLOB manifests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/crashes/planted/*/bug.json)
  foreach(manifest ${manifests})
    get_filename_component(directory ${manifest} DIRECTORY)
    ledge_add_planted_bug(${directory})
  endforeach()
endfunction()
