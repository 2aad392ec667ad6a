# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What every room links: LLVM's headers and definitions, our include roots, our warnings.

# LLVM's and Clang's headers. No library: the program links the shared ones, the plugin finds its host's.
add_library(threadbare_llvm INTERFACE)
target_include_directories(threadbare_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${CLANG_INCLUDE_DIRS})
separate_arguments(threadbare_llvm_definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(threadbare_llvm INTERFACE ${threadbare_llvm_definitions})
if(NOT LLVM_ENABLE_RTTI)
  target_compile_options(threadbare_llvm INTERFACE -fno-rtti)
endif()

# "model/Summary.h", "catalog/Catalog.h" from analysis/, "checks/Check.h", "report/..." from the root.
add_library(threadbare_headers INTERFACE)
target_include_directories(threadbare_headers INTERFACE ${PROJECT_SOURCE_DIR}/analysis ${PROJECT_SOURCE_DIR})
target_compile_features(threadbare_headers INTERFACE cxx_std_20)
target_link_libraries(threadbare_headers INTERFACE threadbare_llvm)

add_library(threadbare_warnings INTERFACE)
target_compile_options(threadbare_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual -Wno-unused-parameter)

# threadbare_room(NAME SOURCE...) makes the OBJECT library threadbare_NAME out of the sources of one folder. Its
# objects go into the program and into the clang-tidy plugin, so they are position independent.
function(threadbare_room name)
  add_library(threadbare_${name} OBJECT ${ARGN})
  set_target_properties(threadbare_${name} PROPERTIES
    LINKER_LANGUAGE CXX
    CXX_EXTENSIONS OFF
    POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(threadbare_${name} PUBLIC threadbare_headers PRIVATE threadbare_warnings)
endfunction()

include(ThreadbareLlvmLibraries)
