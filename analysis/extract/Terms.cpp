// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Expressions as terms: what a glvalue designates (a location), what a prvalue is (a value).
#include "extract/Reader.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprConcepts.h"
#include "clang/AST/StmtCXX.h"

#include <functional>

using namespace clang;

namespace threadbare {

/// Without what changes neither the object nor its value.
static const Expr *strip(const Expr *E) {
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
  if (D->hasGlobalStorage()) {
    std::uint8_t Flags = 0;
    if (D->getTLSKind() != VarDecl::TLS_None)
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
  const CXXRecordDecl *R = T.isNull() ? nullptr : T->getAsCXXRecordDecl();
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
        return NoTerm;
  TermIndex V = value(E);
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
  return FromArray(V) ? NoTerm : V;
}

TermIndex FunctionReader::objectOf(const Expr *E) {
  if (!E)
    return NoTerm;
  if (E->getType()->isPointerType())
    return B.pointee(value(E));
  return location(E);
}

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
        if (V->getType()->isIntegerType() && Reassigned.contains(V) && owns(V) && V->hasInit() &&
            !isa<ParmVarDecl>(V) && !V->isInitCapture() && !constantOf(V->getInit()) &&
            BeingResolved.insert(V).second) {
          TermIndex Start = value(V->getInit());
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
              Transparent = M->Binds;
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
      return B.derived({B.load(location(UO->getSubExpr()))});
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

/// The class of the object that \p E designates, or points to, where it is known here; null otherwise.
QualType FunctionReader::dynamicType(const Expr *E) {
  // What an iterator leads to is not of the iterator's class.
  auto Pointed = [&](const Expr *Pointer) {
    bool Pointerlike = Pointer && (Pointer->getType()->isPointerType() || U.role(Pointer->getType()) == "smart-pointer");
    return Pointerlike ? dynamicType(Pointer) : QualType();
  };
  E = strip(E);
  if (!E)
    return {};
  E = strip(E->IgnoreImpCasts());
  if (auto *N = dyn_cast<CXXNewExpr>(E))
    return N->getAllocatedType();
  if (auto *C = dyn_cast<CXXConstructExpr>(E)) {
    if (C->getNumArgs() >= 1 && (C->getConstructor()->isCopyOrMoveConstructor() ||
                                 U.role(C->getType()) == "smart-pointer"))
      return dynamicType(C->getArg(0));
    return {};
  }
  if (auto *C = dyn_cast<CallExpr>(E)) {
    const FunctionDecl *Callee = C->getDirectCallee();
    const catalog::FunctionModel *M = Callee ? U.model(Callee) : nullptr;
    if (M && M->Allocates && Callee->getTemplateSpecializationArgs() &&
        Callee->getTemplateSpecializationArgs()->size())
      return Callee->getTemplateSpecializationArgs()->get(0).getKind() == TemplateArgument::Type
                 ? Callee->getTemplateSpecializationArgs()->get(0).getAsType()
                 : QualType();
    if (M && (M->Passes || M->PointsTo))
      if (auto Site = callSite(C))
        return M->Passes ? dynamicType(operandExpr(*Site, M->Passes)) : Pointed(operandExpr(*Site, M->PointsTo));
    return {};
  }
  if (auto *UO = dyn_cast<UnaryOperator>(E)) {
    if (UO->getOpcode() == UO_Deref)
      return Pointed(UO->getSubExpr());
    if (UO->getOpcode() == UO_AddrOf) {
      const Expr *Sub = strip(UO->getSubExpr());
      if (auto *R = dyn_cast<DeclRefExpr>(Sub))
        if (auto *V = dyn_cast<VarDecl>(R->getDecl()); V && !V->getType()->isReferenceType())
          return V->getType();
    }
    return {};
  }
  if (auto *R = dyn_cast<DeclRefExpr>(E))
    if (auto *V = dyn_cast<VarDecl>(R->getDecl())) {
      QualType T = V->getType();
      if (T->isRecordType() && U.role(T) != "smart-pointer" && !T->isReferenceType())
        return T;
      if (!BeingResolved.insert(V).second)
        return {};
      QualType Known;
      if (const Expr *Init = onlyInit(V)) {
        Known = dynamicType(Init);
      }
      BeingResolved.erase(V);
      return Known;
    }
  return {};
}

ExecutorRef FunctionReader::executor(const Expr *E) {
  E = strip(E);
  if (!E || E->isTypeDependent())
    return {};
  QualType T = E->getType();
  bool Pointer = T->isPointerType();
  if (Pointer)
    T = T->getPointeeType();
  llvm::StringRef Role = U.role(T);
  if (Role == "smart-pointer")
    if (auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(T->getAsCXXRecordDecl()))
      if (Spec->getTemplateArgs().size() && Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type) {
        Pointer = true;
        Role = U.role(Spec->getTemplateArgs()[0].getAsType());
      }
  auto Here = [&](ExecutorKind K) { return ExecutorRef{K, Pointer ? B.pointee(value(E)) : location(E)}; };
  if (Role == "pool")
    return Here(ExecutorKind::Pool);
  if (Role == "loop")
    return Here(ExecutorKind::Loop);
  if (Role == "strand")
    return Here(ExecutorKind::Strand);
  if (auto *R = dyn_cast<DeclRefExpr>(E))
    if (U.qualifiedName(R->getDecl()).ends_with("this_coro::executor"))
      return {ExecutorKind::Same, NoTerm};
  TermIndex V = value(E);
  if (V && B.get(V).Kind == TermKind::Executor)
    return {static_cast<ExecutorKind>(B.get(V).B), B.get(V).A};
  if (V && B.get(V).Kind == TermKind::Load)
    return {ExecutorKind::Unknown, V};
  return {};
}

} // namespace threadbare
