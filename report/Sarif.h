// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "report/Report.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/Support/VirtualFileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace threadbare::report {

struct SarifOptions {
  std::string Version;
  std::string InformationUri;
  /// The folder that %SRCROOT% stands for, absolute. Files elsewhere have absolute URIs.
  std::string SourceRoot;
  /// Whether the log says where that folder is. A log that is built must not: it is the same on every machine.
  bool NamesRoot = true;
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Sources = nullptr; ///< nullptr: from where they are
};

/// SARIF 2.1.0, one run. \p Rules are the checks that were enabled.
void writeSarif(llvm::raw_ostream &OS, const Report &What, llvm::ArrayRef<Rule> Rules, const SarifOptions &Options);

} // namespace threadbare::report
