// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Finding.h"
#include "model/Summary.h"

#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <memory>
#include <string>
#include <vector>

namespace threadbare::driver {

/// clang-tidy's NOLINT, NOLINTNEXTLINE and NOLINTBEGIN/END, at places instead of in an AST: findings of the link have
/// none. Reads each file once.
class NoLint {
public:
  /// Reads the sources from \p Files, or from where they are.
  explicit NoLint(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files = nullptr);
  ~NoLint();

  /// Learns where the macros of a unit are written: a comment there counts as well.
  void addUnit(const UnitSummary &Unit);

  /// Where a comment would silence what is said of \p At: there, and where a macro is written that makes it.
  std::vector<Location> placesOf(const Location &At) const;

  /// Whether a comment at \p At silences \p Check.
  bool silences(llvm::StringRef Check, const Location &At);

  /// What is wrong with the comments themselves (a BEGIN without an END), one line each.
  const std::vector<std::string> &complaints() const;

private:
  struct Impl;
  std::unique_ptr<Impl> Data;
};

} // namespace threadbare::driver
