# The target ledge-ignored-frames: whoever compiles src/ignore_list.c links it, and has the list of ignored frames
# (ignored_frames.txt) as ignored_frames.inc in its include path.

if(NOT TARGET ledge-ignored-frames)
  set(from ${CMAKE_CURRENT_LIST_DIR}/ignored_frames.txt)
  set(to ${CMAKE_BINARY_DIR}/generated/ignored_frames.inc)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
  add_custom_command(
    OUTPUT ${to}
    COMMAND ${CMAKE_COMMAND} -DFROM=${from} -DTO=${to} -P ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
    DEPENDS ${from} ${CMAKE_CURRENT_LIST_DIR}/embed.cmake
    VERBATIM)
  add_custom_target(ledge-ignored-frames-made DEPENDS ${to})
  add_library(ledge-ignored-frames INTERFACE)
  target_include_directories(ledge-ignored-frames INTERFACE ${CMAKE_BINARY_DIR}/generated)
  add_dependencies(ledge-ignored-frames ledge-ignored-frames-made)
endif()
