// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and constructions: what the catalog says they do (locks, hand-overs, joins), and otherwise the call itself.
#include "extract/Reader.h"

#include "clang/AST/ParentMap.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/Basic/Builtins.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringSwitch.h"
#include "clang/AST/StmtCXX.h"

using namespace clang;

namespace threadbare {

static bool isLockTag(llvm::StringRef Name, llvm::StringRef Tag) {
  return Name.ends_with(Tag);
}

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

static SourceLocation placeOf(const Expr *E) {
  if (auto *M = dyn_cast<CXXMemberCallExpr>(E))
    if (auto *Callee = dyn_cast<MemberExpr>(M->getCallee()->IgnoreParens()))
      if (Callee->getMemberLoc().isValid())
        return Callee->getMemberLoc();
  if (auto *O = dyn_cast<CXXOperatorCallExpr>(E))
    return O->getOperator() == OO_Call ? O->getBeginLoc() : O->getOperatorLoc();
  return E->getBeginLoc();
}

void FunctionReader::readCall(const Expr *E) {
  auto Site = callSite(E);
  if (!Site || E->isTypeDependent())
    return;
  expandDefaults(*Site);
  SourceLocation Loc = placeOf(E);

  if (auto *K = dyn_cast<CXXConstructExpr>(E)) {
    // A variable begins before its constructor runs, which may start threads that use it.
    if (TermIndex To = Destinations.lookup(K); To && B.get(To).Kind == TermKind::Local)
      for (auto &[V, Index] : LocalIndexes)
        if (Index == B.get(To).A && Declared.insert(V).second) {
          Op &O = emit(OpKind::Declare, Loc);
          O.A = To;
        }
    const catalog::TypeModel *T = U.typeModel(K->getType());
    llvm::StringRef Role = T ? llvm::StringRef(T->Role) : "";
    unsigned Args = 0;
    for (const Expr *A : K->arguments())
      Args += !isa<CXXDefaultArgExpr>(A);
    if (K->getConstructor()->isMoveConstructor() &&
        (Role == "guard" || Role == "thread" || Role == "joining-thread" || Role == "future")) {
      TermIndex From = location(K->getArg(0)), To = destination(K);
      if (From && To && From != To) {
        Op &O = emit(OpKind::Move, Loc);
        O.A = From;
        O.B = To;
      }
      return;
    }
    if (Role == "guard") {
      if (!K->getConstructor()->isCopyOrMoveConstructor())
        readGuard(K, *T);
      return;
    }
    if (Role == "pool") {
      // The number of threads, where it is written out: a pool of one runs one task at a time.
      if (T->SizeArgument >= 0 && T->SizeArgument < static_cast<int>(K->getNumArgs()) &&
          !isa<CXXDefaultArgExpr>(K->getArg(T->SizeArgument)))
        if (auto Size = constantOf(K->getArg(T->SizeArgument))) {
          Op &O = emit(OpKind::Store, Loc);
          O.A = destination(K);
          O.B = B.constant(*Size);
        }
      return;
    }
    if (K->getConstructor()->isCopyOrMoveConstructor() && Args == 1 && U.inSystemHeader(K->getConstructor()))
      return;
  }

  if (!Site->Callee) {
    // Through a pointer or a value that is called.
    if (auto *Call = dyn_cast<CallExpr>(E); Call && !Call->getCallee()->isTypeDependent()) {
      TermIndex Target = value(Call->getCallee());
      if (!Target) {
        B.silence("call of an unknown function pointer");
        return;
      }
      std::vector<TermIndex> Args;
      for (const Expr *A : Site->Args)
        Args.push_back(A->isGLValue() ? B.address(location(A)) : callableOf(A));
      std::uint32_t Number = nextOp();
      emitCallOf(Target, Args, Loc, "");
      CallOps[E] = Number;
    }
    return;
  }
  if (Site->Callee->getBuiltinID() && Context.BuiltinInfo.isPredefinedLibFunction(Site->Callee->getBuiltinID()) == false)
    return;

  readGivenAway(*Site);
  const catalog::FunctionModel *M = U.model(Site->Callee);
  TermIndex Once = NoTerm;
  if (auto It = InStaticInit.find(E); It != InStaticInit.end())
    Once = B.global(U.symbol(It->second));
  if (Once) {
    Op &O = emit(OpKind::Acquire, Loc);
    O.A = Once;
  }
  auto Left = llvm::make_scope_exit([&] {
    if (Once) {
      Op &O = emit(OpKind::Release, Loc);
      O.A = Once;
    }
  });
  if (auto *O = dyn_cast<CXXOperatorCallExpr>(E); O && O->isAssignmentOp())
    readMove(*Site);
  if (Site->Object && Site->Callee->getDeclName().isIdentifier()) {
    llvm::StringRef Name = Site->Callee->getName(), Role = U.role(Site->Object->getType());
    if ((Name == "clear" || Name == "reset" || Name == "pop_back" || Name == "erase") &&
        (Role == "container" || Role == "smart-pointer" ||
         U.qualifiedName(Site->Object->getType()->getAsCXXRecordDecl()) == "std::optional"))
      emitDestroy(Site->Object->getType(), location(Site->Object), Loc);
  }
  bool Done = M && readModel(*Site, *M);
  const catalog::BlockingEntry *Entry = U.blocking(Site->Callee);
  if (Done && !Entry) {
    readAfter(*Site, *M);
    return;
  }
  // A lambda as a function pointer is still the lambda.
  if (auto *Conversion = dyn_cast<CXXConversionDecl>(Site->Callee); Conversion && Conversion->getParent()->isLambda())
    return;
  if (auto *K = dyn_cast<CXXConstructExpr>(E);
      K && !K->getConstructor()->isCopyOrMoveConstructor() && U.inSystemHeader(K->getConstructor()) &&
      !K->isTypeDependent())
    if (std::string Name = U.qualifiedName(K->getConstructor()->getParent());
        Name == "std::optional" || Name == "std::pair" || Name == "std::tuple")
      constructParts(K->getType(), destination(K), Site->Args, Loc);
  if (Site->Callee->getDeclName().isIdentifier() && Site->Callee->getName() == "swap" &&
      U.inSystemHeader(Site->Callee)) {
    // A whole queue taken over to work it off.
    const Expr *A = Site->Object ? Site->Object : Site->Args.empty() ? nullptr : Site->Args[0];
    const Expr *With = Site->Object ? Site->Args.empty() ? nullptr : Site->Args[0]
                                    : Site->Args.size() < 2 ? nullptr : Site->Args[1];
    if (A && With && U.role(A->getType()) == "container") {
      auto IsLocal = [&](const Expr *X) {
        TermIndex At = location(X);
        return At && B.get(At).Kind == TermKind::Local;
      };
      if (IsLocal(A))
        storeCopy(location(A), With, Loc);
      else if (IsLocal(With))
        storeCopy(location(With), A, Loc);
    }
  }
  // The object called holds the callable: std::function, a lambda in a variable, a reference to either.
  if (auto *O = dyn_cast<CXXOperatorCallExpr>(E); O && O->getOperator() == OO_Call && Site->Object) {
    const CXXRecordDecl *R = Site->Object->getType()->getAsCXXRecordDecl();
    bool Lambda = R && R->isLambda();
    if (Lambda || U.role(Site->Object->getType()) == "callable") {
      TermIndex Target = callableOf(Site->Object);
      std::vector<TermIndex> Args;
      for (unsigned I = 0; I < Site->Args.size(); ++I) {
        const Expr *A = Site->Args[I];
        bool ByReference = Lambda ? I < Site->Callee->getNumParams() &&
                                        Site->Callee->getParamDecl(I)->getType()->isReferenceType()
                                  : A->isGLValue() && !A->getType()->isPointerType();
        Args.push_back(ByReference ? B.address(location(A)) : callableOf(A));
      }
      std::uint32_t Number = nextOp();
      // A callable object goes by the name that the user gave it.
      const Expr *Object = Site->Object->IgnoreParenImpCasts();
      const ValueDecl *Named = nullptr;
      if (auto *D = dyn_cast<DeclRefExpr>(Object))
        Named = D->getDecl();
      else if (auto *M = dyn_cast<MemberExpr>(Object))
        Named = M->getMemberDecl();
      emitCallOf(Target, Args, Loc,
                 Lambda ? "lambda" : Named ? Named->getNameAsString() : writtenName(*Site));
      Op &Emitted = Ops.back();
      if (Lambda) {
        U.require(Site->Callee);
        Emitted.Symbol = U.id(Site->Callee);
        Emitted.Flags &= ~OpUnresolved;
        if (Awaited.contains(E))
          Emitted.Flags |= OpAwaited;
        if (auto It = Destinations.find(E); It != Destinations.end() && E->getType()->isRecordType())
          Emitted.C = It->second;
      }
      CallOps[E] = Number;
      return;
    }
  }
  emitCall(*Site);
  if (M)
    readAfter(*Site, *M);
  if (Entry && Entry->Category == "file-io" && namesFileInMemory(*Site))
    if (auto It = CallOps.find(E); It != CallOps.end()) {
      TermIndex Opened = B.term(TermKind::Result, It->second);
      Op &O = emit(OpKind::MakeNonblocking, Loc);
      O.A = Opened;
    }
}

/// What is moved from, or detached, holds nothing that its destructor would wait for; nor does a parameter by value,
/// which is the callee's to keep.
void FunctionReader::readGivenAway(const CallSite &C) {
  for (unsigned I = 0; I < C.Args.size() && I < C.Callee->getNumParams(); ++I) {
    if (C.Callee->getParamDecl(I)->getType()->isReferenceType() || !C.Args[I]->getType()->isRecordType())
      continue;
    const Expr *A = C.Args[I]->IgnoreImplicit();
    if (!isa<CXXConstructExpr, CallExpr>(A) || !ObjectIds.count(A) || Destinations.count(A))
      continue;
    Op &O = emit(OpKind::Move, placeOf(C.E));
    O.A = object(A);
  }
  const IdentifierInfo *Name = C.Callee->getDeclName().isIdentifier() ? C.Callee->getIdentifier() : nullptr;
  if (!Name)
    return;
  const Expr *Given = nullptr;
  if (Name->isStr("move") && C.Args.size() == 1 && C.Callee->isInStdNamespace())
    Given = C.Args[0];
  else if (C.Object && C.Args.empty() &&
           ((Name->isStr("detach") && U.role(C.Object->getType()) == "joining-thread") ||
            (Name->isStr("release") && U.role(C.Object->getType()) == "smart-pointer")))
    Given = C.Object;
  if (!Given || !Given->isGLValue())
    return;
  QualType T = Given->getType().getNonReferenceType();
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->hasDefinition() || R->hasTrivialDestructor())
    return;
  llvm::StringRef Role = U.role(T);
  if (U.inSystemHeader(R) && Role != "future" && Role != "joining-thread" && Role != "container" &&
      Role != "smart-pointer")
    return;
  if (TermIndex From = location(Given)) {
    Op &O = emit(OpKind::Move, placeOf(C.E));
    O.A = From;
  }
}

/// What a call leaves behind: a future that is ready, a descriptor that does not block.
void FunctionReader::readAfter(const CallSite &C, const catalog::FunctionModel &M) {
  if (M.Readies && M.ReadyIf.empty() && M.Readies.Kind != catalog::Operand::Result) {
    Op &O = emit(OpKind::Ready, placeOf(C.E));
    O.A = operandLocation(C, M.Readies);
  }
  if (M.Nonblocking.Kind == catalog::Operand::Result && MadeNonblocking == C.E) {
    if (auto It = CallOps.find(C.E); It != CallOps.end()) {
      TermIndex Made = B.term(TermKind::Result, It->second);
      Op &O = emit(OpKind::MakeNonblocking, placeOf(C.E));
      O.A = Made;
    }
  }
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
    const CXXRecordDecl *R = Dynamic.isNull() ? nullptr : Dynamic->getAsCXXRecordDecl();
    const CXXMethodDecl *Final = M;
    if (R && R->getDefinition())
      if (const CXXMethodDecl *Found = M->getCorrespondingMethodInClass(R->getDefinition(), true))
        Final = Found;
    if (R || Qualified || Final->hasAttr<FinalAttr>() || Final->getParent()->hasAttr<FinalAttr>()) {
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
  if (C.E->getType()->isRecordType() && !isa<CXXConstructExpr>(C.E))
    if (auto It = Destinations.find(C.E); It != Destinations.end())
      O.C = It->second;
    else if (llvm::StringRef Role = U.role(C.E->getType());
             Awaited.contains(C.E) || Role == "future" || Role == "thread" || Role == "joining-thread")
      O.C = destination(C.E);
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

/// The function that an expression names, through std::mem_fn and the like.
const FunctionDecl *FunctionReader::designated(const Expr *E) {
  E = E->IgnoreParenImpCasts();
  while (auto *T = dyn_cast<MaterializeTemporaryExpr>(E))
    E = T->getSubExpr()->IgnoreParenImpCasts();
  if (auto *Call = dyn_cast<CallExpr>(E); Call && Call->getNumArgs() == 1) {
    const FunctionDecl *Callee = Call->getDirectCallee();
    const catalog::FunctionModel *M = Callee ? U.model(Callee) : nullptr;
    return M && M->Passes ? designated(Call->getArg(0)) : nullptr;
  }
  if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_AddrOf)
    E = UO->getSubExpr()->IgnoreParenImpCasts();
  if (auto *D = dyn_cast<DeclRefExpr>(E))
    return dyn_cast<FunctionDecl>(D->getDecl());
  return nullptr;
}

void FunctionReader::readGuard(const CXXConstructExpr *E, const catalog::TypeModel &M) {
  TermIndex Guard = destination(E);
  bool Deferred = false, Tried = false;
  llvm::SmallVector<TermIndex, 4> Locks;
  // A guard of a mutex that is none protects nothing and costs nothing.
  for (const Expr *A : E->arguments()) {
    QualType T = A->getType().getNonReferenceType();
    std::string Name = U.qualifiedName(T->getAsCXXRecordDecl());
    if (isa<CXXDefaultArgExpr>(A))
      continue;
    if (isLockTag(Name, "defer_lock_t"))
      Deferred = true;
    else if (isLockTag(Name, "try_to_lock_t") || Name == "std::chrono::duration" || Name == "std::chrono::time_point")
      Tried = true;
    else if (isLockTag(Name, "adopt_lock_t"))
      continue;
    else if (U.role(T) == "null-mutex")
      continue;
    else
      Locks.push_back(objectOf(A));
  }
  const VarDecl *Variable = nullptr;
  for (auto &[V, Index] : LocalIndexes)
    if (Guard && B.get(Guard).Kind == TermKind::Local && B.get(Guard).A == Index)
      Variable = V;
  if (Variable) {
    GuardLocks[Variable] = Locks;
    if (Tried)
      TriedGuards.insert(Variable);
  }
  if (Deferred || Tried)
    return;
  for (TermIndex Lock : Locks) {
    Op &O = emit(OpKind::Acquire, E->getLocation());
    O.A = Lock;
    O.B = Guard;
    O.Sub = static_cast<std::uint8_t>(M.Shared ? LockMode::Shared : LockMode::Exclusive);
  }
}

const Stmt *FunctionReader::parentOf(const Stmt *S) {
  if (!Parents)
    Parents = std::make_unique<ParentMap>(const_cast<Stmt *>(Body));
  return Parents->getParent(S);
}

/// The same place in every element of the containers on the way to it.
TermIndex FunctionReader::everyElement(TermIndex At) {
  if (!At)
    return NoTerm;
  Term Node = B.get(At);
  switch (Node.Kind) {
  case TermKind::Element:
    return B.element(everyElement(Node.A), NoTerm, /*Any=*/true);
  case TermKind::Field:
    return B.field(everyElement(Node.A), Node.Id);
  case TermKind::Pointee:
    return B.pointee(everyElement(Node.A));
  case TermKind::Load:
    return B.load(everyElement(Node.A));
  default:
    return At;
  }
}

static const DeclRefExpr *behindArrow(const Expr *E) {
  E = E->IgnoreParenImpCasts();
  if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_Deref)
    E = UO->getSubExpr()->IgnoreParenImpCasts();
  return dyn_cast<DeclRefExpr>(E);
}

/// True if the model says all there is to say, so that no call is recorded.
bool FunctionReader::readModel(const CallSite &C, const catalog::FunctionModel &M) {
  SourceLocation Loc = placeOf(C.E);
  bool Effects = false;
  for (const catalog::SpawnModel &S : M.Spawns) {
    readSpawn(C, M, S);
    Effects = true;
  }
  for (const catalog::Operand &J : M.Joins) {
    llvm::SmallVector<TermIndex, 4> Handles;
    // for (auto *t : {&a, &b}) t->join();
    if (const Expr *Object = operandExpr(C, J))
      if (const DeclRefExpr *D = behindArrow(Object))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && V->getType()->isPointerType())
          if (auto It = RangeOf.find(V); It != RangeOf.end()) {
            const Expr *Init = It->second->IgnoreImpCasts();
            if (auto *S = dyn_cast<CXXStdInitializerListExpr>(Init))
              Init = S->getSubExpr()->IgnoreImpCasts();
            while (auto *T = dyn_cast<MaterializeTemporaryExpr>(Init))
              Init = T->getSubExpr()->IgnoreImpCasts();
            if (auto *S = dyn_cast<CXXStdInitializerListExpr>(Init))
              Init = S->getSubExpr()->IgnoreImpCasts();
            while (auto *T = dyn_cast<MaterializeTemporaryExpr>(Init))
              Init = T->getSubExpr()->IgnoreImpCasts();
            if (auto *L = dyn_cast<InitListExpr>(Init))
              for (const Expr *Item : L->inits())
                Handles.push_back(B.pointee(value(Item)));
          }
    if (Handles.empty())
      Handles.push_back(operandLocation(C, J));
    for (TermIndex Handle : Handles) {
      Op &O = emit(OpKind::Join, Loc);
      O.A = Handle;
    }
    // A loop that joins one element after the other has joined them all when it ends.
    for (const Stmt *P = parentOf(C.E); P; P = parentOf(P))
      if (isa<ForStmt>(P) || isa<CXXForRangeStmt>(P) || isa<WhileStmt>(P))
        for (TermIndex Handle : Handles) {
          TermIndex All = everyElement(Handle);
          if (All)
            LoopJoins[P].push_back(All);
        }
    Effects = true;
  }
  if (M.Acquires && !M.Acquires->Try) {
    const Expr *LockExpr = operandExpr(C, M.Acquires->Lock);
    TermIndex Lock = operandLocation(C, M.Acquires->Lock);
    auto Mode = static_cast<std::uint8_t>(M.Acquires->Shared ? LockMode::Shared : LockMode::Exclusive);
    if (LockExpr && U.role(LockExpr->getType()) == "guard") {
      llvm::SmallVector<TermIndex, 4> Locks;
      if (auto *D = dyn_cast<DeclRefExpr>(LockExpr->IgnoreParenImpCasts()))
        if (auto *V = dyn_cast<VarDecl>(D->getDecl()))
          Locks = GuardLocks.lookup(V);
      if (Locks.empty())
        Locks.push_back(NoTerm); // some lock: what it protects is not claimed to be unprotected
      for (TermIndex L : Locks) {
        Op &O = emit(OpKind::Acquire, Loc);
        O.A = L;
        O.B = Lock;
        O.Sub = Mode;
      }
    } else {
      Op &O = emit(OpKind::Acquire, Loc);
      O.A = Lock;
      O.Sub = Mode;
    }
    Effects = true;
  }
  if (M.Acquires && M.Acquires->Try) {
    const Expr *LockExpr = operandExpr(C, M.Acquires->Lock);
    if (LockExpr && U.role(LockExpr->getType()) != "guard") {
      Op &O = emit(OpKind::Acquire, Loc);
      O.A = operandLocation(C, M.Acquires->Lock);
      O.Flags |= OpMaybe;
      O.Sub = static_cast<std::uint8_t>(M.Acquires->Shared ? LockMode::Shared : LockMode::Exclusive);
    }
    Effects = true;
  }
  if (M.Releases) {
    const Expr *LockExpr = operandExpr(C, M.Releases->Lock);
    TermIndex Lock = operandLocation(C, M.Releases->Lock);
    Op &O = emit(OpKind::Release, Loc);
    if (LockExpr && U.role(LockExpr->getType()) == "guard")
      O.B = Lock;
    else
      O.A = Lock;
    Effects = true;
  }
  if (M.RunsLoop) {
    Op &O = emit(OpKind::RunLoop, Loc);
    O.A = operandLocation(C, M.RunsLoop);
    Effects = true;
  }
  for (const catalog::Operand &K : M.Calls) {
    const Expr *Callable = operandExpr(C, K);
    if (!Callable || Callable->isTypeDependent())
      continue;
    TermIndex Target = callableOf(Callable);
    if (!Target)
      continue;
    // &std::thread::join, called with every element.
    if (const FunctionDecl *Method = designated(Callable))
      if (const catalog::FunctionModel *MM = U.model(Method); MM && !MM->Joins.empty() && !C.Args.empty()) {
        TermIndex Elements = U.role(C.Args[0]->getType()) == "container" ? B.element(location(C.Args[0]), NoTerm, true)
                                                                         : B.pointee(value(C.Args[0]));
        if (Elements) {
          Op &O = emit(OpKind::Join, Loc);
          O.A = everyElement(Elements);
        }
      }
    // What it is called with: the arguments behind it (std::invoke), or one element after the other.
    std::vector<TermIndex> Args;
    int At = operandIndex(C, K);
    for (int I = At + 1; I < static_cast<int>(C.Args.size()); ++I)
      if (!isa<CXXDefaultArgExpr>(C.Args[I]))
        Args.push_back(C.Args[I]->isGLValue() && !C.Args[I]->getType()->isPointerType() &&
                               U.qualifiedName(C.Args[I]->getType()->getAsCXXRecordDecl()) != "std::reference_wrapper"
                           ? B.address(location(C.Args[I]))
                           : callableOf(C.Args[I]));
    if (Args.empty() && At > 0) {
      TermIndex First = C.Args[0]->getType()->isRecordType() && U.role(C.Args[0]->getType()) == "container"
                            ? B.address(B.element(location(C.Args[0]), NoTerm, true))
                            : value(C.Args[0]);
      if (First && B.get(First).Kind == TermKind::Address) {
        TermIndex Target = B.get(First).A;
        if (B.get(Target).Kind == TermKind::Element)
          Target = B.element(B.get(Target).A, NoTerm, true);
        else
          Target = B.element(Target, NoTerm, true);
        Args.push_back(B.address(Target));
      }
    }
    TermIndex Once = M.CallsOnce ? operandLocation(C, catalog::Operand{catalog::Operand::Argument, 0, ""}) : NoTerm;
    if (Once) {
      Op &O = emit(OpKind::Acquire, Loc);
      O.A = Once;
    }
    emitCallOf(Target, Args, Loc, writtenName(C));
    if (Once) {
      Op &Left = emit(OpKind::Release, Loc);
      Left.A = Once;
      // Who comes here later sees what was done under the flag.
      Op &Seen = emit(OpKind::Observe, Loc);
      Seen.A = Once;
    }
    Effects = true;
  }
  if (M.Stores) {
    const Expr *Container = operandExpr(C, M.Stores);
    TermIndex Slot = B.element(objectOf(Container), NoTerm);
    if (M.Constructs && Container) {
      // A new element each time.
      Op &O = emit(OpKind::Declare, Loc);
      O.A = object(C.E);
      Slot = B.element(objectOf(Container), B.load(object(C.E)));
    }
    bool Whole = true;
    if (M.Constructs && Container) {
      // threads.emplace_back(f): the element is constructed from what follows.
      const auto *Spec = dyn_cast_or_null<ClassTemplateSpecializationDecl>(
          (Container->getType()->isPointerType() ? Container->getType()->getPointeeType() : Container->getType())
              ->getAsCXXRecordDecl());
      QualType T;
      if (Spec)
        for (const TemplateArgument &A : Spec->getTemplateArgs().asArray())
          if (A.getKind() == TemplateArgument::Type) {
            T = A.getAsType();
            break;
          }
      if (!T.isNull()) {
        constructElement(C, T, Slot, 0);
        // An object built of several values is none of them.
        const CXXRecordDecl *R = T->getAsCXXRecordDecl();
        const Expr *First = operandExpr(C, M.StoresValue);
        if (R && First && U.role(T) != "callable" && U.role(T) != "smart-pointer" && U.role(T) != "thread" &&
            U.role(T) != "joining-thread" && U.role(T) != "future" && First->getType()->getAsCXXRecordDecl() != R)
          Whole = false;
      }
    }
    if (M.StoresValue && Whole) {
      const Expr *V = operandExpr(C, M.StoresValue);
      if (V && Slot)
        storeFields(V, Slot);
      if (V && Slot) {
        llvm::StringRef Role = U.role(V->getType());
        if (Role == "thread" || Role == "joining-thread" || Role == "future" || Role == "guard") {
          TermIndex From = location(V);
          if (From) {
            Op &O = emit(OpKind::Move, Loc);
            O.A = From;
            O.B = Slot;
          }
        } else if (TermIndex Known = callableOf(V)) {
          Op &O = emit(OpKind::Store, Loc);
          O.A = Slot;
          O.B = Known;
        }
      }
    }
    Effects = true;
  }
  if (M.Allocates) {
    QualType T;
    if (C.Callee->getTemplateSpecializationArgs() && C.Callee->getTemplateSpecializationArgs()->size() &&
        C.Callee->getTemplateSpecializationArgs()->get(0).getKind() == TemplateArgument::Type)
      T = C.Callee->getTemplateSpecializationArgs()->get(0).getAsType();
    Op &O = emit(OpKind::Declare, Loc);
    O.A = object(C.E);
    if (!T.isNull())
      constructElement(C, T, object(C.E), 0);
    Effects = true;
  }
  if (M.PointsInto && C.Callee->getDeclName().isIdentifier() &&
      (C.Callee->getName() == "back" || C.Callee->getName() == "top") && !M.Constructs) {
    Op &O = emit(OpKind::Declare, Loc);
    O.A = object(C.E);
  }
  if (M.Publishes && !M.CallsOnce) {
    Op &O = emit(OpKind::Publish, Loc);
    O.A = operandLocation(C, M.Publishes);
    Effects = true;
  }
  if (M.Observes && !M.ObservesIfTrue && !M.CallsOnce) {
    Op &O = emit(OpKind::Observe, Loc);
    O.A = operandLocation(C, M.Observes);
    Effects = true;
    // while (!done) wait(): who finds it done at once does not wait, but sees as much.
    if (C.Callee->getDeclName().isIdentifier() && C.Callee->getName().contains("wait"))
      for (const Stmt *P = parentOf(C.E); P; P = parentOf(P))
        if (isa<ForStmt>(P) || isa<WhileStmt>(P))
          LoopSeen[P].push_back(O.A);
  }
  if (M.Nonblocking) {
    bool Holds = true;
    for (const catalog::ConditionEntry &E : M.NonblockingIf) {
      const Expr *A = operandExpr(C, E.Arg);
      auto V = constantOf(A);
      auto Wanted = catalog::resolveConstant(E.Value);
      if (!V && A)
        if (TermIndex T = value(A); T && E.When == "arg-has-flag") {
          // flags | O_NONBLOCK, where only a part is known.
          std::function<bool(const Expr *)> Names = [&](const Expr *X) -> bool {
            X = X->IgnoreParenImpCasts();
            if (auto *BO = dyn_cast<BinaryOperator>(X); BO && BO->getOpcode() == BO_Or)
              return Names(BO->getLHS()) || Names(BO->getRHS());
            auto K = constantOf(X);
            return K && Wanted && (*K & *Wanted) == *Wanted;
          };
          if (Names(A))
            V = Wanted;
          else if (auto *D = dyn_cast<DeclRefExpr>(A->IgnoreParenImpCasts()))
            if (auto *Var = dyn_cast<VarDecl>(D->getDecl()); Var && Var->hasInit() && Reassigned.contains(Var))
              V = Wanted; // flags |= O_NONBLOCK; the usual three lines
        }
      if (!V || !Wanted)
        Holds = false;
      else if (E.When == "arg-has-flag")
        Holds &= (*V & *Wanted) == *Wanted;
      else if (E.When == "arg-equals")
        Holds &= *V == *Wanted;
    }
    if (Holds) {
      if (M.Nonblocking.Kind == catalog::Operand::Result) {
        // The call is recorded as the value that the descriptor has from here on.
        MadeNonblocking = C.E;
        if (!U.blocking(C.Callee)) {
          CallOps[C.E] = nextOp();
          Op &Opened = emit(OpKind::Call, Loc);
          Opened.Symbol = U.id(C.Callee);
          Opened.Name = B.string(writtenName(C));
        }
      } else if (const Expr *A = operandExpr(C, M.Nonblocking)) {
        TermIndex Made = A->getType()->isRecordType() ? B.address(location(A)) : value(A);
        Op &O = emit(OpKind::MakeNonblocking, Loc);
        O.A = Made;
      }
    }
    Effects = true;
  }
  return Effects || M.Passes || M.PointsInto || M.PointsTo || M.Binds || M.ExecutorOf || !M.ExecutorIs.empty() ||
         M.ThreadOwnResult || M.IsNonblocking || M.Switch || M.Readies;
}

/// An element or object that library code constructs from a call's arguments from \p First on.
void FunctionReader::constructElement(const CallSite &C, QualType T, TermIndex Slot, unsigned First) {
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->getDefinition())
    return;
  R = R->getDefinition();
  CallSite Inner = C;
  Inner.Object = nullptr;
  Inner.Args.assign(C.Args.begin() + std::min<std::size_t>(First, C.Args.size()), C.Args.end());
  std::string Name = U.qualifiedName(R);
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
  const CXXConstructorDecl *Only = nullptr;
  for (const CXXConstructorDecl *K : R->ctors()) {
    if (K->isImplicit() || K->isDeleted() || K->isCopyOrMoveConstructor())
      continue;
    if (Inner.Args.size() < K->getMinRequiredArguments() || (Inner.Args.size() > K->getNumParams() && !K->isVariadic()))
      continue;
    if (Only)
      return; // which one is overload resolution's business
    Only = K;
  }
  // The compiler's own: members may have initialisers that do something.
  if (!Only && Inner.Args.empty())
    Only = U.defaultConstructor(R);
  if (!Only)
    return;
  U.require(Only);
  Op O = makeOp(OpKind::Call, placeOf(C.E));
  O.Symbol = U.id(Only);
  O.Name = B.string(U.displayName(Only));
  O.Flags |= OpConstructor;
  O.A = Slot;
  std::vector<TermIndex> Args;
  for (unsigned I = 0; I < Inner.Args.size(); ++I) {
    const Expr *A = Inner.Args[I];
    bool ByReference = Only->getParamDecl(std::min(I, Only->getNumParams() - 1))->getType()->isReferenceType();
    bool Wrapped = U.qualifiedName(A->getType()->getAsCXXRecordDecl()) == "std::reference_wrapper";
    Args.push_back(ByReference && !Wrapped ? B.address(location(A)) : callableOf(A));
  }
  O.List = B.list(Args);
  Ops.push_back(O);
}

/// a = std::move(b) of handles and guards; a = b of pointers and callables.
void FunctionReader::readMove(const CallSite &C) {
  if (!C.Object || C.Args.size() != 1)
    return;
  llvm::StringRef Role = U.role(C.Object->getType());
  SourceLocation Loc = placeOf(C.E);
  if (Role == "thread" || Role == "joining-thread" || Role == "future" || Role == "guard") {
    TermIndex From = location(C.Args[0]), To = location(C.Object);
    if (From && To) {
      Op &O = emit(OpKind::Move, Loc);
      O.A = From;
      O.B = To;
    }
  } else if (Role == "callable" || Role == "smart-pointer" || Role == "executor") {
    if (TermIndex To = location(C.Object)) {
      Op &O = emit(OpKind::Store, Loc);
      O.A = To;
      O.B = callableOf(C.Args[0]);
    }
  } else if (C.Object->getType()->isRecordType()) {
    storeCopy(location(C.Object), C.Args[0], Loc);
    storeFields(C.Args[0], location(C.Object));
  }
}

void FunctionReader::readSpawn(const CallSite &C, const catalog::FunctionModel &M, const catalog::SpawnModel &S) {
  ExecutorKind Kind = llvm::StringSwitch<ExecutorKind>(S.On)
                          .Case("thread", ExecutorKind::Thread)
                          .Case("pool", ExecutorKind::Pool)
                          .Case("loop", ExecutorKind::Loop)
                          .Case("strand", ExecutorKind::Strand)
                          .Case("deferred", ExecutorKind::Deferred)
                          .Case("team", ExecutorKind::Team)
                          .Default(ExecutorKind::Unknown);
  TermIndex On = NoTerm;
  catalog::Operand CallableOperand = S.Callable;
  if (S.LaunchPolicy && !C.Args.empty() && C.Args[0]->getType()->isEnumeralType()) {
    if (auto Policy = constantOf(C.Args[0]); Policy && *Policy == 2)
      Kind = ExecutorKind::Deferred;
    if (CallableOperand.Kind == catalog::Operand::Argument && CallableOperand.Index == 0)
      CallableOperand.Index = 1;
  }
  if (S.Executor) {
    if (const Expr *X = operandExpr(C, S.Executor)) {
      ExecutorRef Ref = executor(X);
      if (S.On == "executor")
        Kind = Ref.Kind;
      On = Ref.Location;
      if (!On && S.On != "executor")
        On = objectOf(X);
    }
  }
  const Expr *Callable = operandExpr(C, CallableOperand);
  if (!Callable || Callable->isTypeDependent())
    return;
  // A completion token asks for the result in some form: nothing of the user's runs.
  if (U.role(Callable->getType()) == "completion-token")
    return;
  // bind_executor(strand, f): where f runs is said by the inner call.
  const Expr *Bare = Callable->IgnoreParenImpCasts();
  while (auto *T = dyn_cast<MaterializeTemporaryExpr>(Bare))
    Bare = T->getSubExpr()->IgnoreParenImpCasts();
  if (auto *T = dyn_cast<CXXBindTemporaryExpr>(Bare))
    Bare = T->getSubExpr()->IgnoreParenImpCasts();
  if (auto *Bound = dyn_cast<CallExpr>(Bare); Bound && S.On == "executor")
    if (auto Inner = callSite(Bound); Inner && Inner->Callee)
      if (const catalog::FunctionModel *IM = U.model(Inner->Callee); IM && IM->ExecutorOf && IM->Passes) {
        if (const Expr *X = operandExpr(*Inner, IM->ExecutorOf)) {
          ExecutorRef Ref = executor(X);
          Kind = Ref.Kind;
          On = Ref.Location;
        }
        if (const Expr *Fn = operandExpr(*Inner, IM->Passes))
          Callable = Fn;
        if (U.role(Callable->getType()) == "completion-token")
          return;
      }
  TermIndex Target = callableOf(Callable);
  if (!Target) {
    B.silence("a callable that is handed over is not known");
    return;
  }
  // A functor is copied: what it counts in itself is the thread's own.
  if (const CXXRecordDecl *R = Callable->getType()->getAsCXXRecordDecl();
      R && !R->isLambda() && B.get(Target).Kind == TermKind::Bound && B.get(Target).List.Count == 1 &&
      U.role(Callable->getType()).empty() && U.qualifiedName(R) != "std::reference_wrapper") {
    TermIndex From = location(Callable);
    TermIndex Copy = object(Callable->IgnoreImplicit());
    Target = B.term(TermKind::Bound, B.get(Target).A, 0, 0, {B.address(Copy)});
    Op &D = emit(OpKind::Declare, placeOf(C.E));
    D.A = Copy;
    if (From && From != Copy) {
      Op &O = emit(OpKind::Store, placeOf(C.E));
      O.A = Copy;
      O.B = B.load(From);
    }
  }
  std::vector<TermIndex> Args;
  if (S.Arguments.Kind == catalog::Operand::Rest)
    Args = operandRest(C, CallableOperand);
  else if (S.Arguments)
    Args.push_back(operandValue(C, S.Arguments));

  // A method of an object that is passed by value runs on a copy.
  if (S.CallableIsMember && !Args.empty() && B.get(Target).Kind == TermKind::Function)
    if (int At = operandIndex(C, CallableOperand) + 1; At > 0 && At < static_cast<int>(C.Args.size())) {
      QualType T = C.Args[At]->getType();
      if (T->isRecordType() && U.role(T).empty() &&
          U.qualifiedName(T->getAsCXXRecordDecl()) != "std::reference_wrapper" &&
          isa_and_nonnull<CXXMethodDecl>(designated(Callable))) {
        TermIndex Copy = object(C.Args[At]->IgnoreImplicit());
        Op &D = emit(OpKind::Declare, placeOf(C.E));
        D.A = Copy;
        if (TermIndex From = location(C.Args[At]); From && From != Copy) {
          Op &O = emit(OpKind::Store, placeOf(C.E));
          O.A = Copy;
          O.B = B.load(From);
        }
        Args[0] = B.address(Copy);
      }
    }
  SourceLocation Loc = placeOf(C.E);
  if (auto It = Destinations.find(C.E);
      It != Destinations.end() && S.Handle.Kind == catalog::Operand::This && isa<CXXConstructExpr>(C.E))
    Loc = cast<CXXConstructExpr>(C.E)->getLocation();
  Op O = makeOp(OpKind::Spawn, Loc);
  O.Sub = static_cast<std::uint8_t>(Kind);
  O.A = On;
  O.B = Target;
  O.List = B.list(Args);
  O.Name = B.string(writtenName(C));
  if (S.Handle.Kind == catalog::Operand::Result ||
      (S.Handle.Kind == catalog::Operand::This && (isa<CXXConstructExpr>(C.E))))
    O.C = destination(C.E);
  else if (S.Handle)
    O.C = operandLocation(C, S.Handle);
  if (S.Many)
    O.Flags |= OpMany;
  if (S.Detached)
    O.Flags |= OpDetached;
  if (S.JoinsInDestructor)
    O.Flags |= OpJoinsInDestructor;
  if (Awaited.contains(C.E))
    O.Flags |= OpAwaited;
  Ops.push_back(O);
}

/// The end of an object's life: destructors of the user's, joins, releases, and so on for what it contains.
void FunctionReader::emitDestroy(QualType T, TermIndex Object, SourceLocation Loc, unsigned Depth) {
  if (T->isReferenceType())
    return;
  if (const auto *A = Context.getAsArrayType(T)) {
    emitDestroy(A->getElementType(), B.element(Object, NoTerm, true), Loc, Depth + 1);
    return;
  }
  const CXXRecordDecl *R = T->getAsCXXRecordDecl();
  if (!R || !R->getDefinition() || Depth > 6)
    return;
  R = R->getDefinition();
  const catalog::TypeModel *M = U.typeModel(T);
  llvm::StringRef Role = M ? llvm::StringRef(M->Role) : "";
  if (Role == "guard") {
    Op &O = emit(OpKind::Release, Loc);
    O.B = Object;
    return;
  }
  auto Blocks = [&](Op &O) {
    const CXXDestructorDecl *D = R->getDestructor();
    const catalog::BlockingEntry *Entry = D ? U.Catalog.blocking(U.qualifiedName(D)) : nullptr;
    if (!Entry)
      return;
    CallSite C;
    C.Callee = D;
    O.Blocking = blockingRecord(C, *Entry);
    O.Name = B.string(U.typeName(T) + "::~" + R->getNameAsString());
  };
  if (Role == "joining-thread" || Role == "future" || Role == "pool") {
    if (Role == "future") {
      Op &O = emit(OpKind::Join, Loc);
      O.A = Object;
      O.Flags |= OpInDestructor;
      Blocks(O);
      return;
    }
    Op &O = emit(OpKind::Join, Loc);
    O.A = Object;
    O.Flags |= OpInDestructor;
    Blocks(O);
    return;
  }
  if (Role == "container" || Role == "smart-pointer" || U.qualifiedName(R) == "std::optional") {
    if (auto *Spec = dyn_cast<ClassTemplateSpecializationDecl>(R))
      if (Spec->getTemplateArgs().size() && Spec->getTemplateArgs()[0].getKind() == TemplateArgument::Type) {
        QualType Inner = Spec->getTemplateArgs()[0].getAsType();
        bool Unique = U.qualifiedName(R) == "std::unique_ptr";
        if (Unique && Spec->getTemplateArgs().size() > 1 &&
            Spec->getTemplateArgs()[1].getKind() == TemplateArgument::Type) {
          QualType Deleter = Spec->getTemplateArgs()[1].getAsType();
          if (const CXXRecordDecl *D = Deleter->getAsCXXRecordDecl(); D && !U.inSystemHeader(D)) {
            if (const CXXMethodDecl *Op = U.callOperator(Deleter)) {
              U.require(Op);
              struct Op O = makeOp(OpKind::Call, Loc);
              O.Symbol = U.id(Op);
              O.Name = B.string(U.displayName(Op));
              O.Flags |= OpInDestructor;
              O.List = B.list({B.load(Object)});
              Ops.push_back(O);
            }
            return;
          }
        }
        if (Role == "container")
          emitDestroy(Inner, B.element(Object, NoTerm, true), Loc, Depth + 1);
        else if (Unique)
          emitDestroy(Inner, B.pointee(B.load(Object)), Loc, Depth + 1);
        else if (Role != "smart-pointer")
          emitDestroy(Inner, B.element(Object, NoTerm, true), Loc, Depth + 1);
      }
    return;
  }
  const CXXDestructorDecl *D = R->getDestructor();
  if (D && D->isUserProvided() && (!U.inSystemHeader(D) || U.Catalog.blocking(U.qualifiedName(D)))) {
    U.require(D);
    Op O = makeOp(OpKind::Call, Loc);
    O.Symbol = U.id(D);
    O.A = Object;
    O.Name = B.string(U.displayName(D));
    O.Flags |= OpInDestructor;
    if (D->isVirtual() && Object && B.get(Object).Kind == TermKind::Pointee)
      O.Flags |= OpVirtual;
    if (const catalog::BlockingEntry *Entry = U.Catalog.blocking(U.qualifiedName(D))) {
      CallSite C;
      C.Callee = D;
      O.Blocking = blockingRecord(C, *Entry);
    }
    Ops.push_back(O);
    return; // what its members do is in its own summary
  }
  if (U.inSystemHeader(R))
    return;
  // An implicit destructor: its members', then its bases'.
  llvm::SmallVector<const FieldDecl *, 8> Fields(R->fields());
  for (const FieldDecl *Fd : llvm::reverse(Fields))
    emitDestroy(Fd->getType(), B.field(Object, U.symbol(Fd)), Loc, Depth + 1);
  for (const CXXBaseSpecifier &Base : R->bases())
    emitDestroy(Base.getType(), Object, Loc, Depth + 1);
}

} // namespace threadbare
