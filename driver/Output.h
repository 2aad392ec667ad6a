// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/CheckCommand.h"

#include "report/Report.h"
#include "report/Text.h"

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <string>

namespace threadbare::driver {

/// Everything that a run says: findings to standard output or a file, the rest to standard error.
class Output {
public:
  explicit Output(const CheckRequest &Request);

  /// Says a line "FILE[:LINE[:COLUMN]]: error: WHAT", and takes it apart for the report.
  report::Failure fail(llvm::StringRef Line);
  void note(llvm::StringRef Text);

  /// One line that is overwritten; on a terminal only.
  void progress(std::size_t Done, std::size_t Total, llvm::StringRef File);
  void endProgress();

  /// False, after saying why, if the report cannot be written. \p Root is what SARIF's %SRCROOT% stands for.
  bool write(const report::Report &What, llvm::StringRef Root);

  /// --stats
  void statistics(const std::map<std::string, std::uint64_t> &Silences);

private:
  const CheckRequest &Request;
  report::TextOptions Errors;
  bool OnTerminal;
};

} // namespace threadbare::driver
