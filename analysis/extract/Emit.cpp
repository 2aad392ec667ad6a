// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A call as an operation: its name, its arguments, what the catalog says of its blocking.
#include "extract/Reader.h"
#include "extract/Syntax.h"

using namespace clang;

namespace threadbare {

/// 'std::future<int>::get', 'read', 'Repository::find': in the user's own spelling of the receiver's type where that
/// is short.
std::string FunctionReader::writtenName(const CallSite &C) {
  if (!C.Callee)
    return "";
  std::string Method = C.Callee->getDeclName().getAsString();
  auto *M = dyn_cast<CXXMethodDecl>(C.Callee);
  if (!M)
    return U.displayName(C.Callee);
  QualType T;
  if (C.Object) {
    T = C.Object->IgnoreParenImpCasts()->getType();
    if (T->isPointerType())
      T = T->getPointeeType();
  } else if (isa<CXXConstructExpr>(C.E)) {
    return U.inSystemHeader(C.Callee) ? U.typeName(C.E->getType()) : U.displayName(C.Callee);
  }
  if (T.isNull() || !U.inSystemHeader(C.Callee))
    return U.displayName(C.Callee);
  if (const CXXRecordDecl *R = T->getAsCXXRecordDecl(); R && R->isLambda())
    return "lambda";
  return U.typeName(T) + "::" + Method;
}

void FunctionReader::emitCallOf(TermIndex Callable, llvm::ArrayRef<TermIndex> Args, SourceLocation Loc,
                                llvm::StringRef Name) {
  Op O = makeOp(OpKind::Call, Loc);
  O.B = Callable;
  O.List = B.list(Args);
  O.Name = B.string(Name);
  O.Flags |= OpUnresolved;
  Ops.push_back(O);
}

void FunctionReader::emitCall(const CallSite &C) {
  const FunctionDecl *Callee = C.Callee;
  const catalog::BlockingEntry *Entry = U.blocking(Callee);
  bool Annotated = false;
  for (const auto *A : Callee->specific_attrs<AnnotateAttr>())
    Annotated |= A->getAnnotation().starts_with("threadbare::");
  if (!Entry && !Annotated) {
    if (U.inSystemHeader(Callee))
      return;
    if (auto *K = dyn_cast<CXXConstructorDecl>(Callee);
        K && (K->isTrivial() || (K->isImplicit() && K->isCopyOrMoveConstructor())))
      return;
    if (auto *M = dyn_cast<CXXMethodDecl>(Callee); M && M->isImplicit() && M->isTrivial())
      return;
    if (Callee->isConsteval())
      return;
  }
  U.require(Callee);
  Op O = makeOp(OpKind::Call, placeOf(C.E));
  O.Symbol = U.id(Callee);
  O.Name = B.string(writtenName(C));
  if (PlaceOverride.isValid())
    O.Flags |= OpDefaultArgument;
  if (Awaited.contains(C.E))
    O.Flags |= OpAwaited;
  if (isa<CXXConstructExpr>(C.E)) {
    O.Flags |= OpConstructor;
    O.A = destination(C.E);
  } else if (C.Object) {
    O.A = objectOf(C.Object);
    if (auto *Lambda = C.Object->getType()->getAsCXXRecordDecl(); Lambda && Lambda->isLambda())
      O.B = value(C.Object);
  }
  if (auto *M = dyn_cast<CXXMethodDecl>(Callee); M && M->isVirtual() && C.Object) {
    bool Qualified = false;
    if (auto *Call = dyn_cast<CXXMemberCallExpr>(C.E))
      if (auto *Member = dyn_cast<MemberExpr>(Call->getCallee()->IgnoreParens()))
        Qualified = Member->hasQualifier();
    QualType Dynamic = dynamicType(C.Object);
    const CXXMethodDecl *Final = overrider(M, Dynamic);
    bool Known = !Dynamic.isNull() && Dynamic->getAsCXXRecordDecl();
    if (Known || Qualified || Final->hasAttr<FinalAttr>() || Final->getParent()->hasAttr<FinalAttr>()) {
      U.require(Final);
      O.Symbol = U.id(Final);
      if (Final != M)
        O.Name = B.string(U.displayName(Final));
    } else {
      O.Flags |= OpVirtual;
    }
  }
  std::vector<TermIndex> Args;
  for (unsigned I = 0; I < C.Args.size(); ++I) {
    const Expr *A = C.Args[I];
    bool ByReference = I < Callee->getNumParams() && Callee->getParamDecl(I)->getType()->isReferenceType();
    TermIndex V = NoTerm;
    if (ByReference) {
      V = B.address(location(A));
      // A callable or handle bound to a reference: the callee finds it behind the address.
      TermIndex Direct = callableOf(A);
      if (Direct) {
        TermKind K = B.get(Direct).Kind;
        if (K == TermKind::Closure || K == TermKind::Function || K == TermKind::Bound || K == TermKind::Constant ||
            K == TermKind::Executor || (!V && K == TermKind::Result)) {
          // The value is known: give the callee an object that holds it.
          TermIndex Slot = V ? B.get(V).A : object(A);
          Op S = makeOp(OpKind::Store, placeOf(C.E));
          S.A = Slot;
          S.B = Direct;
          Ops.push_back(S);
          V = B.address(Slot);
        }
      }
      if (!V && A->isPRValue())
        V = B.address(object(A));
    } else {
      V = callableOf(A);
      if (!V && A->getType()->isRecordType())
        V = B.load(location(A));
    }
    Args.push_back(V);
  }
  O.List = B.list(Args);
  if (Entry)
    O.Blocking = blockingRecord(C, *Entry);
  if (C.E->getType()->isRecordType() && !isa<CXXConstructExpr>(C.E)) {
    llvm::StringRef Role = U.role(C.E->getType());
    if (auto It = Destinations.find(C.E); It != Destinations.end())
      O.C = It->second;
    else if (Awaited.contains(C.E) || Role == "future" || Role == "thread" || Role == "joining-thread")
      O.C = destination(C.E);
  }
  if (!isa<CXXConstructExpr>(C.E))
    CallOps[C.E] = nextOp();
  Ops.push_back(O);
}

/// Default arguments run at the call, but Clang's CFG does not show them.
void FunctionReader::expandDefaults(const CallSite &C) {
  for (const Expr *A : C.Args)
    if (auto *D = dyn_cast<CXXDefaultArgExpr>(A)) {
      SourceLocation Saved = PlaceOverride;
      if (!PlaceOverride.isValid())
        PlaceOverride = placeOf(C.E);
      readLinear(D->getExpr());
      PlaceOverride = Saved;
    }
}

/// An element or object that library code constructs from a call's arguments from \p First on.
void FunctionReader::constructElement(const CallSite &C, QualType T, TermIndex Slot, unsigned First) {
  const CXXRecordDecl *R = U.complete(T);
  if (!R)
    return;
  CallSite Inner = C;
  Inner.Object = nullptr;
  Inner.Args.assign(C.Args.begin() + std::min<std::size_t>(First, C.Args.size()), C.Args.end());
  std::string Name = U.qualifiedName(R);
  if (U.role(T) == "guard" && Inner.Args.size() == 1 && U.role(Inner.Args[0]->getType()) == "mutex") {
    TermIndex Lock = lockLocation([&] { return objectOf(Inner.Args[0]); });
    Op O = makeAcquire(Inner.Args[0], /*Shared=*/false, placeOf(C.E));
    O.A = Lock;
    O.B = Slot;
    Ops.push_back(O);
    return;
  }
  if (U.inSystemHeader(R)) {
    std::string Constructor = Name + "::" + R->getNameAsString();
    const catalog::FunctionModel *M = U.Catalog.function(Constructor);
    if (const catalog::BlockingEntry *Entry = U.Catalog.blocking(Constructor)) {
      // std::make_unique<std::ifstream>(path)
      Inner.Callee = nullptr;
      std::uint32_t Blocks = blockingRecord(Inner, *Entry);
      Op &O = emit(OpKind::Call, placeOf(C.E));
      O.Name = B.string(U.typeName(T));
      O.Flags |= OpConstructor;
      O.A = Slot;
      O.Blocking = Blocks;
      return;
    }
    if (!M) {
      constructParts(T, Slot, Inner.Args, placeOf(C.E));
      return;
    }
    Destinations[C.E] = Slot;
    for (const catalog::SpawnModel &S : M->Spawns) {
      catalog::SpawnModel Here = S;
      Here.Handle.Kind = catalog::Operand::Result;
      readSpawn(Inner, *M, Here);
    }
    return;
  }
  if (R->isAggregate() && !Inner.Args.empty()) {
    constructParts(T, Slot, Inner.Args, placeOf(C.E));
    return;
  }
  llvm::SmallVector<Argument, 6> Given;
  for (const Expr *A : Inner.Args)
    Given.push_back({A->getType(), A->isLValue()});
  const CXXConstructorDecl *Chosen = U.constructor(C.Callee, R, Given);
  if (!Chosen || Chosen->isTrivial() || (Chosen->isImplicit() && Chosen->isCopyOrMoveConstructor()))
    return;
  U.require(Chosen);
  Op O = makeOp(OpKind::Call, placeOf(C.E));
  O.Symbol = U.id(Chosen);
  O.Name = B.string(U.displayName(Chosen));
  O.Flags |= OpConstructor;
  O.A = Slot;
  std::vector<TermIndex> Args;
  for (unsigned I = 0; I < Inner.Args.size(); ++I) {
    const Expr *A = Inner.Args[I];
    bool ByReference = Chosen->getParamDecl(std::min(I, Chosen->getNumParams() - 1))->getType()->isReferenceType();
    bool Wrapped = U.qualifiedName(A->getType()->getAsCXXRecordDecl()) == "std::reference_wrapper";
    Args.push_back(ByReference && !Wrapped ? B.address(location(A)) : callableOf(A));
  }
  O.List = B.list(Args);
  Ops.push_back(O);
}

} // namespace threadbare
