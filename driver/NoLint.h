// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Finding.h"

#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <string>
#include <vector>

namespace threadbare::driver {

/// clang-tidy's NOLINT, NOLINTNEXTLINE and NOLINTBEGIN/END, at places instead of in an AST: findings of the link have
/// none. Reads each file once.
class NoLint {
public:
  NoLint();
  ~NoLint();

  /// Whether a comment at one of \p Places silences \p Check: the finding's own place and, in a macro, the place where
  /// the macro is written.
  bool silences(llvm::StringRef Check, llvm::ArrayRef<Location> Places);

  /// What is wrong with the comments themselves (a BEGIN without an END), each said once.
  const std::vector<std::string> &complaints() const;

private:
  struct Impl;
  std::unique_ptr<Impl> Data;
};

} // namespace threadbare::driver
