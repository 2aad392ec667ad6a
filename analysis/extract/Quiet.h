// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "clang/Sema/Scope.h"
#include "clang/Sema/Sema.h"
#include "llvm/Support/SaveAndRestore.h"

namespace threadbare {

/// While Clang is asked about code that the program does not contain as such, its opinion of it is not the user's
/// business. The parser has left the unit's scope by then, and the first coroutine of a file still puts Clang's
/// builtins there.
class Quiet {
public:
  explicit Quiet(clang::Sema &S)
      : Diagnostics(S.getDiagnostics()), Saved(Diagnostics.getSuppressAllDiagnostics()),
        TopLevel(nullptr, clang::Scope::DeclScope, Diagnostics), InScope(S.TUScope, S.TUScope ? S.TUScope : &TopLevel) {
    Diagnostics.setSuppressAllDiagnostics(true);
  }
  ~Quiet() { Diagnostics.setSuppressAllDiagnostics(Saved); }
  Quiet(const Quiet &) = delete;
  Quiet &operator=(const Quiet &) = delete;

private:
  clang::DiagnosticsEngine &Diagnostics;
  bool Saved;
  clang::Scope TopLevel;
  llvm::SaveAndRestore<clang::Scope *> InScope;
};

} // namespace threadbare
