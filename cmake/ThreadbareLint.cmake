# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#     find_package(threadbare REQUIRED)
#     threadbare_lint(TARGET [CHECKS GLOB ...] [CONFIG FILE])
#
# makes a target TARGET_threadbare that fails when there are findings in the program TARGET: its sources and those of all
# libraries of this project that it links. `all_threadbare` makes all of them. Touching one file re-runs one `threadbare
# summarize` and the `threadbare link` of each program that contains it.
#
#   CHECKS   globs, appended to those of .clang-tidy: -* threadbare-sync-*
#   CONFIG   a file to read in place of .clang-tidy, next to the sources and above them
#
# For an executable the whole program is known; a library may have users elsewhere, and what rests on them is not
# claimed. Sources with the property SKIP_LINTING are left out.
#
# How: each target is mirrored by an object library with the same sources and properties, whose compiler launcher is
# `threadbare summarize`. The build system then does all it does for objects: flags, generated headers, dependencies.
include_guard(GLOBAL)

find_program(THREADBARE_EXECUTABLE threadbare
  HINTS "${CMAKE_CURRENT_LIST_DIR}/../../../bin" "${CMAKE_CURRENT_LIST_DIR}/../../../../bin"
  DOC "The program threadbare")

function(threadbare_lint target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CONFIG" "CHECKS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "threadbare_lint: unknown arguments: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT TARGET ${target})
    message(FATAL_ERROR "threadbare_lint: there is no target '${target}'")
  endif()
  if(NOT THREADBARE_EXECUTABLE)
    message(FATAL_ERROR "threadbare_lint: threadbare was not found; set THREADBARE_EXECUTABLE")
  endif()
  if(arg_CONFIG)
    get_filename_component(arg_CONFIG "${arg_CONFIG}" ABSOLUTE)
    if(NOT EXISTS "${arg_CONFIG}")
      message(FATAL_ERROR "threadbare_lint: there is no file '${arg_CONFIG}'")
    endif()
  endif()
  list(JOIN arg_CHECKS "," checks)
  # When everything is known: targets get properties, and libraries, until the end.
  cmake_language(EVAL CODE "
    cmake_language(DEFER DIRECTORY [==[${CMAKE_SOURCE_DIR}]==]
      CALL _threadbare_lint [==[${target}]==] [==[${checks}]==] [==[${arg_CONFIG}]==])")
endfunction()

# The target \p target, as it is called where it was made, and whether it has sources of its own.
function(_threadbare_resolve target name_out compiled_out)
  get_target_property(aliased ${target} ALIASED_TARGET)
  if(aliased)
    set(target ${aliased})
  endif()
  get_target_property(imported ${target} IMPORTED)
  get_target_property(type ${target} TYPE)
  set(${name_out} ${target} PARENT_SCOPE)
  if(imported OR NOT type MATCHES "^(EXECUTABLE|(STATIC|SHARED|MODULE|OBJECT)_LIBRARY)$")
    set(${compiled_out} FALSE PARENT_SCOPE)
  else()
    set(${compiled_out} TRUE PARENT_SCOPE)
  endif()
endfunction()

# All targets of this project that are compiled into \p target. Generator expressions are not evaluated: whatever target
# they name is taken.
function(_threadbare_closure target out)
  set(open ${target})
  set(seen)
  set(compiled_targets)
  while(open)
    list(POP_FRONT open next)
    _threadbare_resolve(${next} name compiled)
    if(name IN_LIST seen)
      continue()
    endif()
    list(APPEND seen ${name})
    if(compiled)
      list(APPEND compiled_targets ${name})
    endif()
    foreach(property IN ITEMS LINK_LIBRARIES INTERFACE_LINK_LIBRARIES SOURCES INTERFACE_SOURCES)
      get_target_property(items ${name} ${property})
      if(property MATCHES "SOURCES")
        list(FILTER items INCLUDE REGEX "TARGET_OBJECTS:")
      endif()
      string(REGEX MATCHALL "[A-Za-z0-9_+.-]+(::[A-Za-z0-9_+.-]+)*" words "${items}")
      foreach(word IN LISTS words)
        if(TARGET ${word})
          list(APPEND open ${word})
        endif()
      endforeach()
    endforeach()
  endwhile()
  set(${out} ${compiled_targets} PARENT_SCOPE)
endfunction()

# The C and C++ sources of \p target, with absolute paths, and whether any file of it is generated.
function(_threadbare_sources target sources_out generated_out)
  get_target_property(all ${target} SOURCES)
  get_target_property(folder ${target} SOURCE_DIR)
  set(sources)
  set(any_generated FALSE)
  foreach(source IN LISTS all)
    if(source MATCHES "TARGET_OBJECTS:")
      continue()
    endif()
    if(NOT source MATCHES "^\\$<")
      # A name that is not in the source folder is one of the binary folder.
      get_target_property(binary_folder ${target} BINARY_DIR)
      get_filename_component(path "${source}" ABSOLUTE BASE_DIR "${folder}")
      if(NOT EXISTS "${path}")
        get_filename_component(path "${source}" ABSOLUTE BASE_DIR "${binary_folder}")
      endif()
      get_source_file_property(generated "${path}" TARGET_DIRECTORY ${target} GENERATED)
      get_source_file_property(skipped "${path}" TARGET_DIRECTORY ${target} SKIP_LINTING)
      if(generated)
        set(any_generated TRUE)
      endif()
      if(skipped OR NOT path MATCHES "\\.(c|C|cc|cpp|cxx|c\\+\\+|CPP)$")
        continue()
      endif()
      set(source "${path}")
    endif()
    list(APPEND sources "${source}")
  endforeach()
  set(${sources_out} "${sources}" PARENT_SCOPE)
  set(${generated_out} ${any_generated} PARENT_SCOPE)
endfunction()

# What is said of single sources holds in the folder where it was said.
function(_threadbare_copy_source_properties target sources)
  get_target_property(folder ${target} SOURCE_DIR)
  if(folder STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    return()
  endif()
  foreach(source IN LISTS sources)
    foreach(property IN ITEMS COMPILE_DEFINITIONS COMPILE_FLAGS COMPILE_OPTIONS INCLUDE_DIRECTORIES LANGUAGE GENERATED
                              SKIP_PRECOMPILE_HEADERS HEADER_FILE_ONLY)
      get_source_file_property(value "${source}" TARGET_DIRECTORY ${target} ${property})
      if(value)
        set_property(SOURCE "${source}" PROPERTY ${property} "${value}")
      endif()
    endforeach()
  endforeach()
endfunction()

# The mirror of \p target. There is one for each target and configuration file, however many programs contain it.
function(_threadbare_mirror target config out)
  set(mirror ${target}_threadbare_summaries)
  if(config)
    string(MD5 hash "${config}")
    string(SUBSTRING "${hash}" 0 8 hash)
    string(APPEND mirror _${hash})
  endif()
  set(${out} "" PARENT_SCOPE)
  _threadbare_sources(${target} sources any_generated)
  if(NOT sources)
    return()
  endif()
  set(${out} ${mirror} PARENT_SCOPE)
  if(TARGET ${mirror})
    return()
  endif()

  add_library(${mirror} OBJECT EXCLUDE_FROM_ALL ${sources})
  _threadbare_copy_source_properties(${target} "${sources}")
  foreach(property IN ITEMS COMPILE_DEFINITIONS COMPILE_FEATURES COMPILE_FLAGS COMPILE_OPTIONS INCLUDE_DIRECTORIES
                            LINK_LIBRARIES PRECOMPILE_HEADERS PRECOMPILE_HEADERS_REUSE_FROM DISABLE_PRECOMPILE_HEADERS
                            NO_SYSTEM_FROM_IMPORTED POSITION_INDEPENDENT_CODE MANUALLY_ADDED_DEPENDENCIES
                            C_STANDARD C_STANDARD_REQUIRED C_EXTENSIONS
                            CXX_STANDARD CXX_STANDARD_REQUIRED CXX_EXTENSIONS)
    get_target_property(value ${target} ${property})
    if(property STREQUAL "MANUALLY_ADDED_DEPENDENCIES")
      if(value)
        add_dependencies(${mirror} ${value})
      endif()
    elseif(NOT value STREQUAL "value-NOTFOUND")
      set_property(TARGET ${mirror} PROPERTY ${property} "${value}")
    endif()
  endforeach()

  # Which folders are SYSTEM, CMake tells only of those that are so to others, too.
  get_target_property(system_folders ${target} INTERFACE_SYSTEM_INCLUDE_DIRECTORIES)
  if(system_folders)
    target_include_directories(${mirror} SYSTEM PRIVATE ${system_folders})
  endif()
  # CMake gives a shared library a macro of its own.
  get_target_property(type ${target} TYPE)
  if(type MATCHES "SHARED|MODULE")
    get_target_property(symbol ${target} DEFINE_SYMBOL)
    if(NOT symbol)
      string(MAKE_C_IDENTIFIER ${target}_EXPORTS symbol)
    endif()
    set_property(TARGET ${mirror} APPEND PROPERTY COMPILE_DEFINITIONS ${symbol})
    set_property(TARGET ${mirror} PROPERTY POSITION_INDEPENDENT_CODE ON)
  endif()
  # Flags of another folder.
  get_target_property(folder ${target} SOURCE_DIR)
  foreach(language IN ITEMS C CXX)
    get_directory_property(flags DIRECTORY "${folder}" DEFINITION CMAKE_${language}_FLAGS)
    if(flags AND NOT flags STREQUAL "${CMAKE_${language}_FLAGS}")
      separate_arguments(flags NATIVE_COMMAND "${flags}")
      set_property(TARGET ${mirror} APPEND PROPERTY COMPILE_OPTIONS "$<$<COMPILE_LANGUAGE:${language}>:${flags}>")
    endif()
  endforeach()

  get_target_property(moc ${target} AUTOMOC)
  get_target_property(uic ${target} AUTOUIC)
  if(moc OR uic)
    get_target_property(binary_folder ${target} BINARY_DIR)
    set_property(TARGET ${mirror} APPEND PROPERTY INCLUDE_DIRECTORIES "${binary_folder}/${target}_autogen/include")
  endif()
  # What is generated for the target, the target's own rules generate; and make runs a rule twice that two targets have.
  if(any_generated OR moc OR uic OR NOT CMAKE_GENERATOR MATCHES "Ninja")
    add_dependencies(${mirror} ${target})
  endif()

  # A new threadbare writes new summaries: its hash makes the command another one.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${THREADBARE_EXECUTABLE}")
  file(SHA256 "${THREADBARE_EXECUTABLE}" key)
  set(launcher "${THREADBARE_EXECUTABLE}" summarize --root "${CMAKE_SOURCE_DIR}" --key ${key})
  if(config)
    list(APPEND launcher --config-file "${config}")
  endif()
  set_target_properties(${mirror} PROPERTIES
    C_COMPILER_LAUNCHER "${launcher};--"
    CXX_COMPILER_LAUNCHER "${launcher};--"
    AUTOMOC OFF AUTOUIC OFF AUTORCC OFF
    UNITY_BUILD OFF
    EXPORT_COMPILE_COMMANDS OFF)
  foreach(tool IN ITEMS CLANG_TIDY CPPCHECK CPPLINT INCLUDE_WHAT_YOU_USE)
    set_target_properties(${mirror} PROPERTIES C_${tool} "" CXX_${tool} "")
  endforeach()
endfunction()

function(_threadbare_lint target checks config)
  _threadbare_closure(${target} targets)
  set(objects)
  set(mirrors)
  foreach(part IN LISTS targets)
    _threadbare_mirror(${part} "${config}" mirror)
    if(mirror)
      list(APPEND objects "$<TARGET_OBJECTS:${mirror}>")
      list(APPEND mirrors ${mirror})
    endif()
  endforeach()
  if(NOT objects)
    message(FATAL_ERROR "threadbare_lint: '${target}' has no C or C++ sources")
  endif()

  set(folder "${CMAKE_BINARY_DIR}/threadbare")
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(multi_config)
    string(APPEND folder "/$<CONFIG>")
  endif()
  set(stamp "${folder}/${target}.stamp")
  set(list_file "${folder}/${target}.list")
  # A precompiled header is an object, too, to CMake.
  set(summaries "$<FILTER:${objects},EXCLUDE,cmake_pch>")
  file(GENERATE OUTPUT "${list_file}" CONTENT "\"$<JOIN:${summaries},\"\n\">\"\n")

  set(options --quiet --root "${CMAKE_SOURCE_DIR}")
  if(checks)
    list(APPEND options "--checks=${checks}")
  endif()
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "EXECUTABLE")
    list(APPEND options --open-world)
  endif()
  add_custom_command(
    OUTPUT "${stamp}"
    COMMAND "${THREADBARE_EXECUTABLE}" link ${options} "@${list_file}"
    COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
    DEPENDS ${objects} "${list_file}" "${THREADBARE_EXECUTABLE}"
    COMMENT "Linking the summaries of ${target}"
    VERBATIM)
  add_custom_target(${target}_threadbare DEPENDS "${stamp}")
  if(NOT CMAKE_GENERATOR MATCHES "Ninja") # which knows files, where others know targets
    add_dependencies(${target}_threadbare ${mirrors})
  endif()
  if(NOT TARGET all_threadbare)
    add_custom_target(all_threadbare)
  endif()
  add_dependencies(all_threadbare ${target}_threadbare)
endfunction()
