// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/Config.h"
#include "driver/NoLint.h"

#include "model/Summary.h"
#include "report/Report.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringMap.h"

#include <optional>
#include <string>
#include <vector>

namespace threadbare::driver {

/// Decides which findings are reported, and as what: what was named on the command line, what .clang-tidy says for
/// the translation units that a file is part of, NOLINT, and whether it is test code next to a product.
class Sieve {
public:
  /// \p Root is the folder of all sources, absolute.
  Sieve(NoLint &Comments, llvm::StringRef Root) : Comments(Comments), Root(Root) {}

  /// To be called for every unit that is linked. \p Settings, which must outlive this, are those of its main file.
  /// Unless \p OnlyHeaders is empty, findings are reported in these headers alone.
  void addUnit(const FileConfig &Settings, llvm::ArrayRef<std::string> OnlyHeaders, const UnitSummary &Summary);

  /// Whether any unit asks this question.
  bool wants(llvm::StringRef Check) const;

  /// Nothing if it is not to be reported.
  std::optional<report::Result> judge(Finding F, report::Level Severity);

private:
  /// A unit that a file is part of, and whether findings in that file are reported for its sake.
  struct Membership {
    const FileConfig *Settings;
    bool IsMainFile;
  };

  bool isTest(llvm::StringRef File) const;

  NoLint &Comments;
  std::string Root;
  /// Something was selected that is no test code. Who has nothing but tests, or names nothing else, is asking for them.
  bool HasProduct = false;
  llvm::SmallPtrSet<const FileConfig *, 4> AllSettings;
  llvm::StringMap<std::vector<Membership>> ReportedFiles;
};

} // namespace threadbare::driver
