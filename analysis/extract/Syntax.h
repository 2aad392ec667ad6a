// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the room: what is looked through in Clang's expressions, and where a call is said to stand.
#pragma once

#include "clang/AST/ExprCXX.h"

namespace threadbare {

/// Without parentheses, implicit conversions, and what only says how long a temporary lives.
const clang::Expr *bare(const clang::Expr *E);

/// Without what changes neither the object nor its value; looks into default arguments and template parameters, but not
/// through conversions that load or convert.
const clang::Expr *strip(const clang::Expr *E);

/// The constructing expression or call that an initialiser comes down to.
const clang::Expr *constructing(const clang::Expr *E);

/// std::pair<const Key, Value>: what a map is made of.
bool isMapNode(clang::QualType T);

bool mentions(const clang::Stmt *S, const clang::VarDecl *V);

/// Where people look for a call: at the name of the method, at the operator.
clang::SourceLocation placeOf(const clang::Expr *Call);

} // namespace threadbare
