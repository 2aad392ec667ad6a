// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See Syntax.h.
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"

using namespace clang;

namespace threadbare {

const Expr *bare(const Expr *E) {
  while (E) {
    const Expr *Next = E->IgnoreParenImpCasts();
    if (auto *C = dyn_cast<ExprWithCleanups>(Next))
      Next = C->getSubExpr();
    else if (auto *M = dyn_cast<MaterializeTemporaryExpr>(Next))
      Next = M->getSubExpr();
    else if (auto *T = dyn_cast<CXXBindTemporaryExpr>(Next))
      Next = T->getSubExpr();
    if (Next == E)
      return E;
    E = Next;
  }
  return E;
}

const Expr *strip(const Expr *E) {
  while (E) {
    const Expr *Next = E->IgnoreParens();
    if (auto *C = dyn_cast<ExprWithCleanups>(Next))
      Next = C->getSubExpr();
    else if (auto *M = dyn_cast<MaterializeTemporaryExpr>(Next))
      Next = M->getSubExpr();
    else if (auto *T = dyn_cast<CXXBindTemporaryExpr>(Next))
      Next = T->getSubExpr();
    else if (auto *S = dyn_cast<SubstNonTypeTemplateParmExpr>(Next))
      Next = S->getReplacement();
    else if (auto *C = dyn_cast<ConstantExpr>(Next))
      Next = C->getSubExpr();
    else if (auto *O = dyn_cast<OpaqueValueExpr>(Next); O && O->getSourceExpr())
      Next = O->getSourceExpr(); // the awaiter, in the calls of its functions
    else if (auto *D = dyn_cast<CXXDefaultInitExpr>(Next))
      Next = D->getExpr();
    else if (auto *D = dyn_cast<CXXDefaultArgExpr>(Next))
      Next = D->getExpr();
    else if (auto *C = dyn_cast<CastExpr>(Next);
             C && (C->getCastKind() == CK_NoOp || C->getCastKind() == CK_DerivedToBase ||
                   C->getCastKind() == CK_UncheckedDerivedToBase || C->getCastKind() == CK_BaseToDerived ||
                   C->getCastKind() == CK_LValueBitCast || C->getCastKind() == CK_ConstructorConversion))
      Next = C->getSubExpr();
    if (Next == E)
      return E;
    E = Next;
  }
  return E;
}

const Expr *constructing(const Expr *E) {
  E = bare(E);
  while (auto *C = dyn_cast_or_null<CXXConstructExpr>(E)) {
    // An elided copy of a prvalue constructs in place.
    if (!C->getConstructor()->isCopyOrMoveConstructor() || C->getNumArgs() < 1 || C->getArg(0)->isGLValue())
      break;
    const Expr *Inner = bare(C->getArg(0));
    if (!isa<CXXConstructExpr>(Inner) && !isa<CallExpr>(Inner) && !isa<LambdaExpr>(Inner))
      break;
    E = Inner;
  }
  if (auto *I = dyn_cast_or_null<CXXFunctionalCastExpr>(E))
    return constructing(I->getSubExpr());
  return E;
}

bool isMapNode(QualType T) {
  auto *Pair = T.isNull() ? nullptr : dyn_cast_or_null<ClassTemplateSpecializationDecl>(T->getAsCXXRecordDecl());
  if (!Pair || !Pair->getIdentifier() || Pair->getName() != "pair" || !Pair->isInStdNamespace())
    return false;
  const TemplateArgument &Key = Pair->getTemplateArgs()[0];
  return Key.getKind() == TemplateArgument::Type && Key.getAsType().isConstQualified();
}

bool mentions(const Stmt *S, const VarDecl *V) {
  if (auto *D = dyn_cast_or_null<DeclRefExpr>(S))
    return D->getDecl() == V;
  return S && llvm::any_of(S->children(), [V](const Stmt *Child) { return mentions(Child, V); });
}

SourceLocation placeOf(const Expr *E) {
  if (auto *M = dyn_cast<CXXMemberCallExpr>(E))
    if (auto *Callee = dyn_cast<MemberExpr>(M->getCallee()->IgnoreParens()))
      if (Callee->getMemberLoc().isValid())
        return Callee->getMemberLoc();
  if (auto *O = dyn_cast<CXXOperatorCallExpr>(E))
    return O->getOperator() == OO_Call ? O->getBeginLoc() : O->getOperatorLoc();
  return E->getBeginLoc();
}

} // namespace threadbare
