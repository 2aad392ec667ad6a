# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# threadbare_link_llvm(TARGET) links a program with LLVM and Clang: into it, where that is wanted and can be done, or the
# shared libraries. A program that has them within starts in a fraction of the time (docs/speed.md), because there is
# next to nothing to relocate: that is what most of the time goes into for a small file.

set(static_by_default OFF)
if(CMAKE_BUILD_TYPE STREQUAL Release)
  set(static_by_default ON)
endif()
option(THREADBARE_STATIC_LLVM "Link LLVM and Clang into the program" ${static_by_default})

if(THREADBARE_STATIC_LLVM)
  # What Debian's archives of LLVM use themselves. The archives' own targets would bring the shared LLVM along.
  find_library(THREADBARE_ZLIB z)
  find_library(THREADBARE_ZSTD zstd)
  find_library(THREADBARE_TERMINFO NAMES tinfo ncurses)
  file(GLOB threadbare_llvm_archives ${LLVM_LIBRARY_DIR}/libclang[A-Z]*.a ${LLVM_LIBRARY_DIR}/libLLVM*.a)
  if(NOT THREADBARE_ZLIB OR NOT THREADBARE_ZSTD OR NOT THREADBARE_TERMINFO
      OR NOT EXISTS ${LLVM_LIBRARY_DIR}/libclangSema.a OR NOT EXISTS ${LLVM_LIBRARY_DIR}/libLLVMSupport.a)
    message(STATUS "Linking the shared LLVM: static libraries are missing, the program will start more slowly")
    set(THREADBARE_STATIC_LLVM OFF)
  endif()
endif()

function(threadbare_link_llvm target)
  if(THREADBARE_STATIC_LLVM)
    target_link_libraries(${target} PRIVATE
      "$<LINK_GROUP:RESCAN,${threadbare_llvm_archives}>"
      ${THREADBARE_ZLIB} ${THREADBARE_ZSTD} ${THREADBARE_TERMINFO} ${CMAKE_DL_LIBS} m)
    # Nothing to relocate, and no library to look for.
    target_link_options(${target} PRIVATE
      -no-pie -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--as-needed)
  else()
    # Clang-tidy's are static anyway, for they are in no shared library; they bring the shared clang-cpp and LLVM along.
    target_link_libraries(${target} PRIVATE clangTidy clangTidyUtils clang-cpp LLVM)
  endif()
endfunction()
