// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions as values: what a prvalue is, or what a glvalue holds.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprConcepts.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace threadbare {

TermIndex FunctionReader::closure(const LambdaExpr *E) {
  std::vector<TermIndex> Captures;
  auto Init = E->capture_init_begin();
  for (const LambdaCapture &C : E->captures()) {
    const Expr *Value = Init != E->capture_init_end() ? *Init : nullptr;
    ++Init;
    if (C.capturesThis()) {
      Captures.push_back(C.getCaptureKind() == LCK_StarThis ? NoTerm : value(Value));
    } else if (C.capturesVariable() && C.getCaptureKind() == LCK_ByRef && Value) {
      Captures.push_back(B.address(location(Value)));
    } else if (C.capturesVariable() && Value) {
      // A copy: a reference captured by copy is the object's value, too.
      Captures.push_back(value(Value));
    } else {
      Captures.push_back(NoTerm);
    }
  }
  const CXXMethodDecl *Op = U.callOperator(QualType(E->getLambdaClass()->getTypeForDecl(), 0));
  if (!Op)
    Op = E->getCallOperator();
  U.require(Op);
  return B.term(TermKind::Closure, 0, 0, U.id(Op), Captures);
}

/// A callable object: a closure, a function, or a functor with its object.
TermIndex FunctionReader::callableOf(const Expr *E) {
  const Expr *S = strip(E);
  if (!S || S->getType().isNull() || S->isTypeDependent())
    return NoTerm;
  TermIndex V = value(S);
  if (V) {
    TermKind K = B.get(V).Kind;
    if (K == TermKind::Closure || K == TermKind::Function || K == TermKind::Bound || K == TermKind::Result)
      return V;
  }
  QualType T = S->getType().getNonReferenceType();
  if (auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(T->getAsCXXRecordDecl());
      Spec && V && U.qualifiedName(Spec) == "std::reference_wrapper" && Spec->getTemplateArgs().size() == 1) {
    // std::ref(functor)
    QualType Inner = Spec->getTemplateArgs()[0].getAsType();
    const CXXRecordDecl *R = Inner->getAsCXXRecordDecl();
    if (R && !R->isLambda() && U.role(Inner).empty() && !U.inSystemHeader(R))
      if (const CXXMethodDecl *Op = U.callOperator(Inner)) {
        U.require(Op);
        return B.term(TermKind::Bound, B.term(TermKind::Function, 0, 0, U.id(Op)), 0, 0, {V});
      }
    return V;
  }
  if (const CXXRecordDecl *R = T->getAsCXXRecordDecl(); R && !R->isLambda() && U.role(T) != "callable") {
    if (const CXXMethodDecl *Op = U.callOperator(T); Op && !U.inSystemHeader(Op)) {
      U.require(Op);
      TermIndex Fn = B.term(TermKind::Function, 0, 0, U.id(Op));
      TermIndex Object = location(S);
      return B.term(TermKind::Bound, Fn, 0, 0, {B.address(Object)});
    }
  }
  return V;
}

TermIndex FunctionReader::constructed(const CXXConstructExpr *E) {
  QualType T = E->getType();
  llvm::StringRef Role = U.role(T);
  unsigned Args = 0;
  for (const Expr *A : E->arguments())
    if (!isa<CXXDefaultArgExpr>(A))
      ++Args;
  if (E->getConstructor()->isCopyOrMoveConstructor() && Args == 1)
    return value(E->getArg(0));
  if (Role == "callable" && Args >= 1)
    return callableOf(E->getArg(0));
  if (Role == "smart-pointer")
    return Args >= 1 ? value(E->getArg(0)) : B.constant(0);
  if (auto D = durationOf(E))
    return B.constant(*D);
  if (Args == 1 && U.qualifiedName(E->getConstructor()->getParent()) == "std::chrono::duration")
    return value(E->getArg(0));
  return B.load(destination(E));
}

TermIndex FunctionReader::value(const Expr *E) {
  E = strip(E);
  if (!E || E->getType().isNull() || E->isTypeDependent())
    return NoTerm;
  if (auto C = constantOf(E))
    return B.constant(*C);
  // A function's name is no glvalue in C.
  if (auto *R = dyn_cast<DeclRefExpr>(E))
    if (auto *Fn = dyn_cast<FunctionDecl>(R->getDecl())) {
      U.require(Fn);
      return B.term(TermKind::Function, 0, 0, U.id(Fn));
    }
  if (E->isGLValue()) {
    if (E->getType()->isRecordType() && (isa<DeclRefExpr>(E) || isa<MemberExpr>(E)))
      if (TermIndex Known = iterator(E))
        return Known;
    if (auto *R = dyn_cast<DeclRefExpr>(E)) {
      if (auto *V = dyn_cast<VarDecl>(R->getDecl())) {
        if (ThreadOwn.contains(V) || (V->hasGlobalStorage() && V->getTLSKind() != VarDecl::TLS_None &&
                                      V->getType()->isIntegerType()))
          return B.term(TermKind::Unknown, 1, 0, 0, {}, TermThreadOwn);
        // An iterator or pointer that walks a container: every element in turn.
        if ((V->getType()->isRecordType() || V->getType()->isPointerType()) && Reassigned.contains(V) &&
            !Assigned.contains(V) && owns(V) && V->hasInit() && !isa<ParmVarDecl>(V) && U.role(V->getType()).empty() &&
            BeingResolved.insert(V).second) {
          TermIndex Start = value(V->getInit());
          BeingResolved.erase(V);
          if (Start && B.get(Start).Kind == TermKind::Address &&
              B.get(B.get(Start).A).Kind == TermKind::Element)
            return B.address(B.element(B.get(B.get(Start).A).A, NoTerm, /*Any=*/true));
        }
        // A loop's counter: where it starts says whose part of an array the loop walks.
        if (V->getType()->isIntegerType() && Reassigned.contains(V) && owns(V) && !isa<ParmVarDecl>(V) &&
            !V->isInitCapture())
          if (const Expr *From = startOf(E, V); From && !constantOf(From) && BeingResolved.insert(V).second) {
            TermIndex Start = value(From);
            BeingResolved.erase(V);
            if (Start)
              return B.derived({B.load(variable(V)), Start});
          }
        // A reference's or a variable's only value is that of its initialiser.
        QualType T = V->getType().getNonReferenceType();
        llvm::StringRef Role = U.role(T);
        bool Transparent = T->isPointerType() || T->isIntegralOrEnumerationType() || T->isFunctionType() ||
                           Role == "callable" || Role == "smart-pointer" || Role == "executor" ||
                           (T->getAsCXXRecordDecl() && T->getAsCXXRecordDecl()->isLambda()) ||
                           U.qualifiedName(T->getAsCXXRecordDecl()) == "std::chrono::duration" ||
                           U.qualifiedName(T->getAsCXXRecordDecl()) == "std::reference_wrapper";
        if (const Expr *Init = onlyInit(V); !Transparent && Init)
          if (auto *Call = dyn_cast<CallExpr>(strip(Init)); Call && Call->getDirectCallee())
            if (const catalog::FunctionModel *M = U.model(Call->getDirectCallee()))
              Transparent = M->Binds || M->PointsInto; // a bound callable, an iterator
        if (Transparent && BeingResolved.insert(V).second) {
          TermIndex Known = NoTerm;
          if (const Expr *Init = onlyInit(V); Init && !RangeOf.count(V))
            Known = value(Init);
          BeingResolved.erase(V);
          if (Known)
            return Known;
        }
      }
    }
    if (auto *C = dyn_cast<CallExpr>(E))
      if (TermIndex Loc = callLocation(C); Loc && B.get(Loc).Kind != TermKind::Unknown)
        if (B.get(Loc).Kind != TermKind::Pointee || B.get(B.get(Loc).A).Kind != TermKind::Result) {
          // std::move(x), *p: the value that is there, as if it were written without the call.
          if (auto Site = callSite(C); Site && Site->Callee)
            if (const catalog::FunctionModel *M = U.model(Site->Callee); M && M->Passes)
              if (const Expr *A = operandExpr(*Site, M->Passes); A && A->getType()->isRecordType())
                return value(A);
        }
    return B.load(location(E));
  }
  if (auto *C = dyn_cast<CastExpr>(E)) {
    const Expr *Sub = C->getSubExpr();
    switch (C->getCastKind()) {
    case CK_LValueToRValue:
      return value(Sub);
    case CK_ArrayToPointerDecay:
      return B.address(location(Sub));
    case CK_FunctionToPointerDecay:
    case CK_BuiltinFnToFnPtr:
      return value(Sub);
    case CK_NullToPointer:
      return B.constant(0);
    case CK_UserDefinedConversion:
      return value(Sub);
    default:
      return value(Sub);
    }
  }
  if (auto *L = dyn_cast<LambdaExpr>(E))
    return closure(L);
  if (isa<CXXThisExpr>(E)) {
    if (auto *M = dyn_cast<CXXMethodDecl>(F); M && M->getParent()->isLambda()) {
      unsigned Index = 0;
      for (const LambdaCapture &C : M->getParent()->captures()) {
        if (C.capturesThis())
          return C.getCaptureKind() == LCK_StarThis ? B.address(B.term(TermKind::Capture, Index))
                                                    : B.load(B.term(TermKind::Capture, Index));
        ++Index;
      }
      return NoTerm;
    }
    return B.address(B.term(TermKind::This));
  }
  if (auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_AddrOf) {
      const Expr *Sub = strip(UO->getSubExpr());
      if (auto *R = dyn_cast<DeclRefExpr>(Sub); R && isa<FunctionDecl>(R->getDecl())) {
        auto *Fn = cast<FunctionDecl>(R->getDecl());
        return B.term(TermKind::Function, 0, 0, U.designated(Fn));
      }
      return B.address(location(Sub));
    }
    if (UO->isIncrementDecrementOp())
      return B.derived({value(UO->getSubExpr())});
    if (UO->getOpcode() == UO_Plus || UO->getOpcode() == UO_Minus || UO->getOpcode() == UO_Not)
      return B.derived({value(UO->getSubExpr())});
    return NoTerm;
  }
  if (auto *BO = dyn_cast<BinaryOperator>(E)) {
    if (BO->isAssignmentOp() || BO->getOpcode() == BO_Comma)
      return value(BO->getOpcode() == BO_Comma || BO->getOpcode() == BO_Assign ? BO->getRHS() : BO->getLHS());
    if (E->getType()->isPointerType() && BO->isAdditiveOp()) {
      const Expr *Pointer = BO->getLHS()->getType()->isPointerType() ? BO->getLHS() : BO->getRHS();
      const Expr *Offset = Pointer == BO->getLHS() ? BO->getRHS() : BO->getLHS();
      return B.address(B.element(B.pointee(value(Pointer)), value(Offset)));
    }
    if (BO->isMultiplicativeOp() || BO->isAdditiveOp() || BO->isShiftOp() || BO->isBitwiseOp())
      return B.derived({value(BO->getLHS()), value(BO->getRHS())});
    return NoTerm;
  }
  if (auto *N = dyn_cast<CXXNewExpr>(E))
    return B.address(object(N));
  if (auto *C = dyn_cast<AbstractConditionalOperator>(E)) {
    TermIndex T = value(C->getTrueExpr());
    return T == value(C->getFalseExpr()) ? T : NoTerm;
  }
  if (auto *C = dyn_cast<CXXConstructExpr>(E))
    return constructed(C);
  if (auto *C = dyn_cast<CallExpr>(E))
    return callValue(C);
  if (auto *A = dyn_cast<CoawaitExpr>(E)) {
    const Expr *Operand = strip(A->getOperand());
    if (Operand)
      if (ExecutorRef Ref = executor(Operand); Ref.Kind == ExecutorKind::Same)
        return B.term(TermKind::Executor, 0, static_cast<std::uint32_t>(ExecutorKind::Same));
    return NoTerm;
  }
  if (auto *I = dyn_cast<InitListExpr>(E)) {
    if (I->getNumInits() == 1 && !I->getType()->isRecordType())
      return value(I->getInit(0));
    if (TermIndex D = Destinations.lookup(I))
      return B.load(D);
    return NoTerm;
  }
  if (isa<CXXScalarValueInitExpr>(E) || isa<ImplicitValueInitExpr>(E) || isa<CXXNullPtrLiteralExpr>(E) ||
      isa<GNUNullExpr>(E))
    return B.constant(0);
  return NoTerm;
}

} // namespace threadbare
