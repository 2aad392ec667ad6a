# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# cmake -DPAGES=FILE;... -DOUTPUT=FILE -P embed-pages.cmake: makes a C++ source out of the checks' documentation.
set(entries "")
foreach(page IN LISTS PAGES)
  get_filename_component(id ${page} NAME_WE)
  file(READ ${page} text)
  # The licence line is for readers of the file.
  string(REGEX REPLACE "^<!--[^\n]*-->\n+" "" text "${text}")
  string(APPEND entries "      .Case(\"${id}\", R\"page(${text})page\")\n")
endforeach()

file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
// Made by driver/embed-pages.cmake from docs/checks/.
#include "driver/Pages.h"

#include "llvm/ADT/StringSwitch.h"

namespace threadbare::driver {

llvm::StringRef page(llvm::StringRef CheckId) {
  return llvm::StringSwitch<llvm::StringRef>(CheckId)
@entries@      .Default("");
}

} // namespace threadbare::driver
]] @ONLY)
