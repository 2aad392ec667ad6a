// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/CompileCommands.h"

#include "model/Summary.h"

#include "clang/Frontend/DependencyOutputOptions.h"
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <string>
#include <vector>

namespace threadbare::catalog {
class Catalog;
}

namespace threadbare::driver {

struct ReadOptions {
  /// The folder of all sources by its names; see ExtractOptions.
  std::vector<std::string> Roots;
  /// Where a rule for make goes that names every file that was read; nowhere if its OutputFile is empty.
  clang::DependencyOutputOptions Dependencies;
  /// Through which everything is read; the machine's own if there is none.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
};

/// Reads one translation unit. Changes the working directory of the process and leaves the AST behind: made for a
/// process that ends afterwards. Fails, with the first error as one line, if the unit does not parse.
llvm::Expected<UnitSummary> readUnit(const CompileUnit &Unit, const catalog::Catalog &Catalog,
                                     const ReadOptions &Options);

} // namespace threadbare::driver
