// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "catalog/Catalog.h"

#include "model/SummaryFile.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace threadbare::driver {

/// The built-in catalog with what the project's own threadbare.yaml adds to it: the nearest one from a source file
/// upward or, if there is none, from the compilation database upward. Then the files that .clang-tidy lists:
///
///   CheckOptions: {threadbare.Catalog: 'tools/vendor.yaml;tools/legacy.yaml'}
class Catalogs {
public:
  /// Nothing is looked for above \p Top, unless that is "".
  static llvm::Expected<Catalogs> create(llvm::StringRef DatabasePath, llvm::StringRef Top = "");

  /// \p Listed are the files of the option, separated by semicolons; relative ones are looked for from the source file
  /// upward.
  const catalog::Catalog &of(llvm::StringRef MainFile, llvm::StringRef Listed);

  static constexpr llvm::StringLiteral OptionName = "threadbare.Catalog";

  /// All that were asked for, in one: for what is said of the program as a whole.
  llvm::StringRef replacement(llvm::StringRef Set, llvm::StringRef Ecosystem) const;

  /// What the project's own catalogs say to write instead of what is in \p Sets, in every ecosystem that they know.
  std::vector<Replacement> ownReplacements(const llvm::StringSet<> &Sets) const;

  /// The project's own catalogs that were read so far.
  llvm::ArrayRef<std::string> files() const { return Files; }

  /// What is wrong with the files that were read so far, one line each.
  llvm::ArrayRef<std::string> problems() const { return Problems; }

private:
  Catalogs(catalog::Catalog Builtin, std::string Fallback, std::string Top)
      : Builtin(std::move(Builtin)), Fallback(std::move(Fallback)), Top(std::move(Top)) {}

  llvm::StringRef ownFile(llvm::StringRef Directory);
  const catalog::Catalog &with(llvm::ArrayRef<std::string> Files);
  void complain(std::string Line);

  catalog::Catalog Builtin;
  std::string Fallback; ///< the database's threadbare.yaml, or ""
  std::string Top;
  llvm::StringMap<std::string> FileByDirectory;
  llvm::StringMap<catalog::Catalog> Extended; ///< by the files that were added
  std::vector<std::string> Files, Problems;
};

/// The nearest file of this name from \p Directory upward, but not above \p Top, or "".
std::string findUpward(llvm::StringRef Name, llvm::StringRef Directory, llvm::StringRef Top = "");

} // namespace threadbare::driver
