// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "catalog/Catalog.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"

namespace threadbare::driver {

/// The built-in catalog with what the project's own threadbare.yaml adds to it: the nearest one from a source file
/// upward or, if there is none, from the compilation database upward.
class Catalogs {
public:
  static llvm::Expected<Catalogs> create(llvm::StringRef DatabasePath);

  const catalog::Catalog &of(llvm::StringRef MainFile);

  /// All that were asked for, in one: for what is said of the program as a whole.
  llvm::StringRef replacement(llvm::StringRef Set, llvm::StringRef Ecosystem) const;

  /// What is wrong with the files that were read so far, one line each.
  llvm::ArrayRef<std::string> problems() const { return Problems; }

private:
  Catalogs(catalog::Catalog Builtin, std::string Fallback)
      : Builtin(std::move(Builtin)), Fallback(std::move(Fallback)) {}

  const catalog::Catalog &withFile(llvm::StringRef Path);

  catalog::Catalog Builtin;
  std::string Fallback; ///< the database's threadbare.yaml, or ""
  llvm::StringMap<std::string> FileByDirectory;
  llvm::StringMap<catalog::Catalog> Extended;
  std::vector<std::string> Problems;
};

/// The nearest threadbare.yaml from \p Directory upward, or "".
std::string findCatalogFile(llvm::StringRef Directory);

} // namespace threadbare::driver
