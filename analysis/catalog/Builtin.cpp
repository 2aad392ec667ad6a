// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "catalog/Contents.h"

// The standard promises 65,536 characters; the compilers that build this program take millions.
#pragma GCC diagnostic ignored "-Woverlength-strings"

namespace threadbare::catalog {

llvm::StringRef builtinTable() {
  static constexpr char Table[] =
#include "catalog-table.inc"
      ;
  return llvm::StringRef(Table, sizeof Table - 1);
}

} // namespace threadbare::catalog
