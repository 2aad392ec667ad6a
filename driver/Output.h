// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/CheckCommand.h"

#include "report/Report.h"
#include "report/Text.h"

#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace threadbare::driver {

struct CacheUse;

/// How long the steps of a run took.
struct StepTimes {
  std::chrono::duration<double> Reading{0}; ///< from the cache, or parsing
  std::chrono::duration<double> Linking{0}; ///< and asking the checks
};

/// Where the sources are that a report speaks of.
struct SourceTree {
  std::string Root;                                                ///< what SARIF's %SRCROOT% stands for
  bool NamesRoot = true;                                           ///< see report::SarifOptions
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files = nullptr; ///< what is quoted; nullptr: from where they are
};

/// Everything that a run says: findings to standard output or a file, the rest to standard error.
class Output {
public:
  explicit Output(const ReportRequest &Request);

  /// Says a line "FILE[:LINE[:COLUMN]]: error: WHAT", and takes it apart for the report.
  report::Failure fail(llvm::StringRef Line);
  /// The same of an error whose text may lack the place.
  report::Failure fail(llvm::Error Failed);
  void note(llvm::StringRef Text);

  /// One line that is overwritten; on a terminal only.
  void progress(llvm::StringRef Text);
  void endProgress();

  /// False, after saying why, if the report cannot be written.
  bool write(const report::Report &What, const SourceTree &Sources);

  /// --stats
  void statistics(const std::map<std::string, std::uint64_t> &Silences);
  void statistics(const std::map<std::string, std::uint64_t> &Silences, const CacheUse &Use, const StepTimes &Times);

private:
  const ReportRequest &Request;
  report::TextOptions Errors;
  bool OnTerminal;
};

} // namespace threadbare::driver
