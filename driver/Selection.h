// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which translation units are read, and of which files findings are reported.
#pragma once

#include "driver/CompileCommands.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringSet.h"

#include <string>
#include <vector>

namespace threadbare::driver {

struct SelectedUnit {
  CompileUnit Unit; ///< with a command that Clang accepts
  /// The headers that it was selected for: only in them are findings reported. Empty if the unit itself was named:
  /// then they are in all of its files.
  std::vector<std::string> OnlyHeaders;
};

struct Selection {
  std::vector<SelectedUnit> Units; ///< sorted
  /// Every file of the database is read.
  bool WholeDatabase = false;
  /// Arguments that select nothing, one line each.
  std::vector<std::string> Problems;
};

/// \p Arguments are files, headers and directories; none of them means everything. A file is selected once for each
/// distinct command.
Selection select(const CompileDatabase &Database, CommandFilter &Filter, llvm::ArrayRef<std::string> Arguments);

} // namespace threadbare::driver
