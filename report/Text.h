// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "report/Report.h"

#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace threadbare::report {

struct TextOptions {
  bool Color = false;
  std::string WorkingDirectory; ///< paths below it are printed relative to it
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Sources = nullptr; ///< nullptr: from where they are
};

/// The way Clang says it, with the source line and a caret where the file is readable.
void writeText(llvm::raw_ostream &OS, const Report &What, const TextOptions &Options);

/// One line for each failure.
void writeFailures(llvm::raw_ostream &OS, llvm::ArrayRef<Failure> Failures, const TextOptions &Options);

/// "3 findings in 2 files (12 units read, 1 failed)", and a line that names what was left out.
void writeSummary(llvm::raw_ostream &OS, const Report &What, const TextOptions &Options);

} // namespace threadbare::report
