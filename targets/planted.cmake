# Planted bugs: crashes/planted/<id>/ holds a patch against lib/ and a manifest. Each is applied to a copy of lib/ at build
# time (build target bug-<id>, or `bugs` for every one; not part of "all"), and its target is linked to that copy. Only what
# the patch changes is compiled, by itself or by a header; the rest is that of the clean library. The target is compiled
# where headers change.

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
endfunction()

# ledge_changed_files(OUT PATCH) lists the files of lib/, from there on, that a patch changes, and those that include them,
# however far away. Names of headers are unique in lib/.
function(ledge_changed_files out patch)
  file(STRINGS ${patch} changed REGEX "^\\+\\+\\+ b/")
  list(TRANSFORM changed REPLACE "^\\+\\+\\+ b/lib/([^ \t]*).*" "\\1")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${patch})
  file(GLOB_RECURSE files RELATIVE ${PROJECT_SOURCE_DIR}/lib ${PROJECT_SOURCE_DIR}/lib/include/*.h ${PROJECT_SOURCE_DIR}/lib/src/*)
  set(pending ${changed})
  list(FILTER pending INCLUDE REGEX "\\.h$")
  while(pending)
    list(POP_FRONT pending header)
    get_filename_component(header ${header} NAME)
    foreach(file ${files})
      file(STRINGS ${PROJECT_SOURCE_DIR}/lib/${file} includes REGEX "^#include [<\"](ledge/)?${header}[>\"]")
      if(includes AND NOT file IN_LIST changed)
        list(APPEND changed ${file})
        list(APPEND pending ${file})
        list(FILTER pending INCLUDE REGEX "\\.h$")
      endif()
    endforeach()
  endwhile()
  set(${out} ${changed} PARENT_SCOPE)
endfunction()

# ledge_patched_binaries(ID NAME FLAVOUR CHANGED): the target NAME on the library with the patch, in one flavour. CHANGED is
# what ledge_changed_files says of it. `include` is set to where the library's headers are.
function(ledge_patched_binaries id name flavour changed)
  set(prefix bug-${id})
  set(copy ${CMAKE_BINARY_DIR}/bugs/${id}/lib)
  set(include ${copy}/include)
  set(object ${prefix}-object-${flavour})
  if(NOT changed MATCHES "\\.h")
    set(include ${PROJECT_SOURCE_DIR}/lib/include)
    set(object ${name}-object-${flavour})
  endif()
  list(FILTER changed INCLUDE REGEX "\\.c$")
  if(NOT changed)
    set(changed src/base.c) # a library has to have a source
  endif()
  list(TRANSFORM changed PREPEND ${copy}/ OUTPUT_VARIABLE sources)
  list(JOIN changed "|" pattern)
  string(REPLACE "." "\\." pattern "${pattern}")
  ledge_library(${prefix}-lib-${flavour} ${flavour} ${include}
    "$<FILTER:$<TARGET_OBJECTS:ledge-${flavour}-objects>,EXCLUDE,/(${pattern})\\.o$>" ${sources})
  add_dependencies(${prefix}-lib-${flavour}-objects ${prefix}-sources)
  if(object STREQUAL ${prefix}-object-${flavour})
    ledge_target_object(${prefix} ${name} ${flavour} ${prefix}-lib-${flavour})
    add_dependencies(${object} ${prefix}-sources)
  endif()
  ledge_target_binaries(${prefix} ${object} ${flavour} ${prefix}-lib-${flavour})
  set(include ${include} PARENT_SCOPE)
endfunction()

# The flavours that a bug is built in: the manifest's "sanitizers", where it names some.
function(ledge_bug_flavours out manifest)
  set(flavours ${LEDGE_PLANTED_FLAVOURS})
  string(JSON count ERROR_VARIABLE none LENGTH "${manifest}" sanitizers)
  if(NOT none AND NOT LEDGE_AFL_BUILD)
    set(flavours "")
    math(EXPR last "${count} - 1")
    foreach(i RANGE ${last})
      string(JSON flavour GET "${manifest}" sanitizers ${i})
      list(APPEND flavours ${flavour})
    endforeach()
  endif()
  set(${out} ${flavours} PARENT_SCOPE)
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
  ledge_changed_files(changed ${directory}/bug.patch)
  ledge_bug_flavours(flavours "${manifest}")
  foreach(flavour ${flavours})
    ledge_patched_binaries(${id} ${name} ${flavour} "${changed}")
  endforeach()
  ledge_target_products(products ${prefix} ${flavours})
  add_custom_target(bug-${id} DEPENDS ${products})
  set_property(GLOBAL APPEND PROPERTY LEDGE_BUG_PRODUCTS ${products})
  ledge_nested_too(bug-${id})
  if(NOT LEDGE_AFL_BUILD)
    ledge_manifest_entry(entry ${prefix} ${name} ${include} ${prefix}-lib "${flavours}" "none;asan")
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
  # Not made of bug-<id>, each of which has the nested directory built once more.
  get_property(products GLOBAL PROPERTY LEDGE_BUG_PRODUCTS)
  add_custom_target(bugs DEPENDS ${products})
  ledge_nested_too(bugs)
endfunction()
