// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the compiler can compute: integers, and the sign of durations.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

std::optional<std::int64_t> FunctionReader::constantOf(const Expr *E) {
  // Lists in braces have no type until a template is instantiated.
  if (!E || E->getType().isNull() || E->isValueDependent() || E->isTypeDependent() || E->isInstantiationDependent())
    return std::nullopt;
  QualType T = E->getType();
  if (T->isPointerType() || T->isNullPtrType())
    return E->IgnoreParenImpCasts()->isNullPointerConstant(Context, Expr::NPC_ValueDependentIsNotNull)
               ? std::optional<std::int64_t>(0)
               : std::nullopt;
  if (!T->isIntegralOrEnumerationType())
    return std::nullopt;
  Expr::EvalResult Result;
  if (!E->EvaluateAsInt(Result, Context, Expr::SE_NoSideEffects))
    return std::nullopt;
  const llvm::APSInt &Value = Result.Val.getInt();
  if (Value.getBitWidth() > 64)
    return std::nullopt;
  // `true` has one bit: it is 1, not -1.
  return Value.isSigned() ? Value.getSExtValue() : static_cast<std::int64_t>(Value.getZExtValue());
}

static std::optional<std::int64_t> firstInteger(const APValue &V) {
  if (V.isInt())
    return V.getInt().getSExtValue();
  if (V.isFloat())
    return V.getFloat().isZero() ? 0 : V.getFloat().isNegative() ? -1 : 1;
  if (V.isStruct()) {
    if (V.getStructNumFields())
      return firstInteger(V.getStructField(0));
    if (V.getStructNumBases())
      return firstInteger(V.getStructBase(0));
  }
  return std::nullopt;
}

/// The count of a duration whose value the compiler knows, in whatever unit: only its sign matters.
std::optional<std::int64_t> FunctionReader::durationOf(const Expr *E) {
  E = strip(E);
  if (!E || E->isValueDependent() || E->isTypeDependent())
    return std::nullopt;
  if (auto C = constantOf(E))
    return C;
  if (auto *R = dyn_cast<DeclRefExpr>(E))
    if (auto *V = dyn_cast<VarDecl>(R->getDecl())) {
      if (V->isConstexpr() || (V->getType().isConstQualified() && V->hasGlobalStorage()))
        if (const APValue *A = V->evaluateValue())
          return firstInteger(*A);
      if (const Expr *Init = onlyInit(V))
        return durationOf(Init);
      return std::nullopt;
    }
  if (E->isGLValue() || !E->getType()->isRecordType())
    return std::nullopt;
  Expr::EvalResult Result;
  if (E->EvaluateAsRValue(Result, Context) && !Result.HasSideEffects)
    return firstInteger(Result.Val);
  return std::nullopt;
}

} // namespace threadbare
