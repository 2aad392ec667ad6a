// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions as locations: which object a glvalue designates.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace threadbare {

std::uint32_t FunctionReader::localIndex(const VarDecl *D) {
  auto [It, New] = LocalIndexes.try_emplace(D, Locals.size());
  if (New) {
    Local L;
    L.Name = B.string(D->getName());
    L.At = U.place(D->getLocation());
    if (D->getType()->isReferenceType())
      L.Flags |= LocalReference;
    if (D->getType()->isArithmeticType())
      L.Flags |= LocalArithmetic;
    if (U.isFileStream(D->getType()) && !opensFileInMemory(D))
      L.Flags |= LocalFileStream;
    Locals.push_back(L);
  }
  return It->second;
}

bool FunctionReader::owns(const VarDecl *D) const {
  if (Region)
    return PrivateInRegion.contains(D);
  // Clang declares [n = 0] in the function that the lambda runs, but it is a part of the closure.
  if (D->isInitCapture())
    return false;
  const DeclContext *C = D->getDeclContext();
  // Variables of blocks and requires-expressions belong to the function around them.
  while (C && !C->isFunctionOrMethod())
    C = C->getParent();
  if (!C)
    return false;
  return C == F || C->getPrimaryContext() == static_cast<const DeclContext *>(F)->getPrimaryContext();
}

TermIndex FunctionReader::captured(const VarDecl *D) {
  unsigned Index = 0;
  bool ByReference = true, Found = false;
  if (Region) {
    Index = CaptureIndexes.try_emplace(D, CaptureIndexes.size()).first->second;
    Found = true;
  } else if (auto *M = dyn_cast<CXXMethodDecl>(F); M && M->getParent()->isLambda()) {
    for (const LambdaCapture &C : M->getParent()->captures()) {
      if (C.capturesVariable() && C.getCapturedVar()->getCanonicalDecl() == D->getCanonicalDecl()) {
        ByReference = C.getCaptureKind() == LCK_ByRef;
        Found = true;
        break;
      }
      ++Index;
    }
  }
  if (!Found)
    return NoTerm;
  TermIndex Slot = B.term(TermKind::Capture, Index);
  if (ByReference || D->getType()->isReferenceType())
    return B.pointee(B.load(Slot));
  return Slot;
}

/// The initialiser that gives \p D its only value; null if it may get another.
const Expr *FunctionReader::onlyInit(const VarDecl *D) {
  if (!D->hasInit() || D->isInitCapture() || isa<ParmVarDecl>(D))
    return nullptr;
  if (D->getType()->isReferenceType() || D->getType().isConstQualified())
    return D->getInit();
  if (D->hasGlobalStorage() || Reassigned.contains(D) || !owns(D))
    return nullptr;
  return D->getInit();
}

TermIndex FunctionReader::variable(const VarDecl *D) {
  if (auto *P = dyn_cast<ParmVarDecl>(D); P && P->getDeclContext() == F && !Region) {
    TermIndex Slot = B.term(TermKind::Param, P->getFunctionScopeIndex());
    return P->getType()->isReferenceType() ? B.pointee(B.load(Slot)) : Slot;
  }
  if (D->isInitCapture())
    if (TermIndex T = captured(D))
      return T;
  if (D->hasGlobalStorage() && !(Region && PrivateInRegion.contains(D))) {
    std::uint8_t Flags = 0;
    if (D->getTLSKind() != VarDecl::TLS_None || D->hasAttr<OMPThreadPrivateDeclAttr>())
      Flags |= TermThreadOwn;
    if (D->getType().isConstQualified() && !D->getType()->isReferenceType())
      Flags |= TermConst;
    TermIndex Slot = B.global(U.symbol(D), Flags);
    if (D->getType()->isReferenceType()) {
      if (const Expr *Init = D->getInit(); Init && !Init->isValueDependent() && BeingResolved.insert(D).second) {
        TermIndex T = location(Init);
        BeingResolved.erase(D);
        if (T)
          return T;
      }
      return B.pointee(B.load(Slot));
    }
    return Slot;
  }
  if (!owns(D))
    return captured(D);
  // A future is the shared state of the promise that it was got from.
  if (U.role(D->getType()) == "future" && D->getInit() && !D->getType()->isReferenceType())
    if (auto *Call = dyn_cast<CallExpr>(strip(D->getInit())); Call && BeingResolved.insert(D).second) {
      TermIndex Shared = NoTerm;
      if (auto Site = callSite(Call); Site && Site->Callee)
        if (const catalog::FunctionModel *M = U.model(Site->Callee); M && M->Passes)
          if (const Expr *A = operandExpr(*Site, M->Passes))
            Shared = objectOf(A);
      BeingResolved.erase(D);
      if (Shared)
        return Shared;
    }
  if (D->getType()->isReferenceType()) {
    if (auto It = RangeOf.find(D); It != RangeOf.end())
      return B.element(objectOf(It->second), NoTerm, /*Any=*/true);
    if (const Expr *Init = D->getInit(); Init && BeingResolved.insert(D).second) {
      TermIndex T = location(Init);
      BeingResolved.erase(D);
      if (T)
        return T;
    }
    return B.pointee(B.load(B.term(TermKind::Local, localIndex(D))));
  }
  return B.term(TermKind::Local, localIndex(D));
}

/// The object that a constructing expression fills: the variable, field or returned object that it initialises, or
/// a temporary of its own.
TermIndex FunctionReader::destination(const Expr *E) {
  if (auto It = Destinations.find(E); It != Destinations.end())
    return It->second;
  return object(E);
}

/// An object without a name that \p Creator makes: a temporary, or what `new` and its kin allocate.
TermIndex FunctionReader::object(const void *Creator, SymbolId Class) {
  return B.term(TermKind::Object, ObjectIds.try_emplace(Creator, ObjectIds.size()).first->second, 0, Class);
}

TermIndex FunctionReader::object(const Expr *Creator) {
  // What is allocated has just the class that is written, which says what its virtual functions do.
  bool Allocates = isa<CXXNewExpr>(Creator);
  if (auto *C = dyn_cast<CallExpr>(Creator))
    if (const FunctionDecl *Callee = C->getDirectCallee())
      if (const catalog::FunctionModel *M = U.model(Callee))
        Allocates = M->Allocates;
  QualType T = Allocates ? dynamicType(Creator) : QualType();
  const CXXRecordDecl *R = T.isNull() ? nullptr : U.complete(T);
  if (!R || U.inSystemHeader(R))
    return object(static_cast<const void *>(Creator));
  // Of a template, the library's skipped body would have instantiated them.
  if (R->isPolymorphic())
    for (const CXXMethodDecl *M : R->methods())
      if (M->isVirtual() && !isa<CXXDestructorDecl>(M) && M->isTemplateInstantiation())
        U.require(M);
  return object(static_cast<const void *>(Creator), U.symbol(R));
}

TermIndex FunctionReader::location(const Expr *E) {
  E = strip(E);
  if (!E || E->getType().isNull() || E->isTypeDependent())
    return NoTerm;
  if (auto *R = dyn_cast<DeclRefExpr>(E)) {
    if (auto *V = dyn_cast<VarDecl>(R->getDecl()))
      return variable(V);
    if (auto *Bd = dyn_cast<BindingDecl>(R->getDecl())) {
      if (const VarDecl *H = Bd->getHoldingVar())
        return variable(H);
      return Bd->getBinding() ? location(Bd->getBinding()) : NoTerm;
    }
    return NoTerm;
  }
  if (auto *M = dyn_cast<MemberExpr>(E)) {
    if (auto *V = dyn_cast<VarDecl>(M->getMemberDecl()))
      return variable(V);
    auto *Fd = dyn_cast<FieldDecl>(M->getMemberDecl());
    if (!Fd)
      return NoTerm;
    TermIndex Base = M->isArrow() ? B.pointee(value(M->getBase())) : location(M->getBase());
    if (isMapNode(M->isArrow() ? M->getBase()->getType()->getPointeeType() : M->getBase()->getType()) &&
        Fd->getName() == "second")
      return Base;
    TermIndex T = B.field(Base, U.symbol(Fd));
    return Fd->getType()->isReferenceType() ? B.pointee(B.load(T)) : T;
  }
  if (auto *A = dyn_cast<CoawaitExpr>(E))
    return A->isPRValue() && A->getType()->isRecordType() ? destination(A) : NoTerm;
  if (auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_Deref)
      return B.pointee(value(UO->getSubExpr()));
    if (UO->isIncrementDecrementOp() || UO->getOpcode() == UO_Extension)
      return location(UO->getSubExpr());
    return NoTerm;
  }
  if (auto *A = dyn_cast<ArraySubscriptExpr>(E)) {
    const Expr *Base = A->getBase()->IgnoreParens();
    TermIndex Array = NoTerm;
    if (auto *C = dyn_cast<ImplicitCastExpr>(Base); C && C->getCastKind() == CK_ArrayToPointerDecay)
      Array = location(C->getSubExpr());
    else
      Array = B.pointee(value(Base));
    return B.element(Array, index(A->getIdx()));
  }
  if (auto *BO = dyn_cast<BinaryOperator>(E)) {
    if (BO->isAssignmentOp())
      return location(BO->getLHS());
    if (BO->getOpcode() == BO_Comma)
      return location(BO->getRHS());
    if (BO->isPtrMemOp())
      return NoTerm;
    return NoTerm;
  }
  if (auto *C = dyn_cast<AbstractConditionalOperator>(E)) {
    TermIndex T = location(C->getTrueExpr());
    return T == location(C->getFalseExpr()) ? T : NoTerm;
  }
  if (auto *C = dyn_cast<CallExpr>(E))
    return callLocation(C);
  if (auto *C = dyn_cast<CXXConstructExpr>(E)) {
    if (C->getConstructor()->isCopyOrMoveConstructor() && C->getNumArgs() >= 1 && !Destinations.count(C))
      return location(C->getArg(0)); // elided or passed on
    return destination(C);
  }
  if (auto *C = dyn_cast<CastExpr>(E)) {
    if (C->getCastKind() == CK_UserDefinedConversion || C->isGLValue())
      return location(C->getSubExpr());
    return NoTerm;
  }
  if (isa<LambdaExpr>(E) || isa<InitListExpr>(E))
    return Destinations.lookup(E);
  if (isa<CXXThisExpr>(E))
    return NoTerm;
  return NoTerm;
}

/// The value of an index. One that was read out of another array may be the same for two threads, whichever part of
/// that array each walks: a histogram's.
TermIndex FunctionReader::index(const Expr *E) {
  // Several numbers give the same index.
  if (auto *BO = dyn_cast<BinaryOperator>(E->IgnoreParenCasts()))
    if (BO->getOpcode() == BO_Rem || BO->getOpcode() == BO_Div || BO->getOpcode() == BO_And || BO->getOpcode() == BO_Shr)
      if (!constantOf(E))
        return FoldsIndexes ? folded(E) : NoTerm;
  TermIndex V = value(E);
  if (!V && FoldsIndexes)
    return folded(E);
  std::function<bool(TermIndex)> FromArray = [&](TermIndex T) {
    if (!T)
      return false;
    const Term &Node = B.get(T);
    if (Node.Kind == TermKind::Derived) {
      for (TermIndex Item : B.Unit.list(Node.List).vec())
        if (FromArray(Item))
          return true;
      return false;
    }
    return Node.Kind == TermKind::Load && B.get(Node.A).Kind == TermKind::Element;
  };
  if (FromArray(V))
    return NoTerm;
  const Expr *Counter = E->IgnoreParenImpCasts();
  if (auto *UO = dyn_cast<UnaryOperator>(Counter); UO && UO->isPostfix())
    Counter = UO->getSubExpr(); // a[i++]
  TermIndex Numbers = interval(Counter), Me = chosenBy(Counter);
  return Me ? B.derived({V, Me}) : Numbers ? Numbers : V;
}

TermIndex FunctionReader::objectOf(const Expr *E) {
  if (!E)
    return NoTerm;
  if (E->getType()->isPointerType())
    return B.pointee(value(E));
  return location(E);
}

} // namespace threadbare
