// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "catalog/Catalog.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"

namespace threadbare::driver {

/// The built-in catalog with what the project's own threadbare.yaml adds to it: the nearest one from a source file
/// upward or, if there is none, from the compilation database upward. Then the files that .clang-tidy lists:
///
///   CheckOptions: {threadbare.Catalog: 'tools/vendor.yaml;tools/legacy.yaml'}
class Catalogs {
public:
  static llvm::Expected<Catalogs> create(llvm::StringRef DatabasePath);

  /// \p Listed are the files of the option, separated by semicolons; relative ones are looked for from the source file
  /// upward.
  const catalog::Catalog &of(llvm::StringRef MainFile, llvm::StringRef Listed);

  static constexpr llvm::StringLiteral OptionName = "threadbare.Catalog";

  /// All that were asked for, in one: for what is said of the program as a whole.
  llvm::StringRef replacement(llvm::StringRef Set, llvm::StringRef Ecosystem) const;

  /// What is wrong with the files that were read so far, one line each.
  llvm::ArrayRef<std::string> problems() const { return Problems; }

private:
  Catalogs(catalog::Catalog Builtin, std::string Fallback)
      : Builtin(std::move(Builtin)), Fallback(std::move(Fallback)) {}

  llvm::StringRef ownFile(llvm::StringRef Directory);
  const catalog::Catalog &with(llvm::ArrayRef<std::string> Files);
  void complain(std::string Line);

  catalog::Catalog Builtin;
  std::string Fallback; ///< the database's threadbare.yaml, or ""
  llvm::StringMap<std::string> FileByDirectory;
  llvm::StringMap<catalog::Catalog> Extended; ///< by the files that were added
  std::vector<std::string> Problems;
};

/// The nearest file of this name from \p Directory upward, or "".
std::string findUpward(llvm::StringRef Name, llvm::StringRef Directory);

} // namespace threadbare::driver
