// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/Config.h"
#include "driver/NoLint.h"
#include "driver/Selection.h"

#include "model/Summary.h"
#include "report/Report.h"

#include "llvm/ADT/StringMap.h"

#include <optional>

namespace threadbare::driver {

/// Decides which findings are reported, and as what: what was named on the command line, what .clang-tidy says for
/// the translation units that a file is part of, and NOLINT.
class Sieve {
public:
  Sieve(Config &Configuration, NoLint &Comments) : Configuration(Configuration), Comments(Comments) {}

  /// To be called for every unit that is linked.
  void addUnit(const SelectedUnit &Selected, const UnitSummary &Summary);

  /// Nothing if it is not to be reported.
  std::optional<report::Result> judge(Finding F, report::Level Severity);

private:
  /// A unit that a file is part of, and whether findings in that file are reported for its sake.
  struct Membership {
    const FileConfig *Settings;
    bool IsMainFile;
  };
  Config &Configuration;
  NoLint &Comments;
  llvm::StringMap<std::vector<Membership>> ReportedFiles;
};

} // namespace threadbare::driver
