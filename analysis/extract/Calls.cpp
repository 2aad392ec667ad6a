// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls and constructions: what the catalog says they do (locks, hand-overs, joins), and otherwise the call itself.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ParentMap.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/Builtins.h"
#include "llvm/ADT/ScopeExit.h"

using namespace clang;

namespace threadbare {

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
      if (From && From != To && (To || Role == "guard")) {
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
    if (Role == "io-object")
      readIoObject(K);
    if (Role == "pool") {
      notePool(K, *T);
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
  noteFake(*Site);
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
    if (A && With && isHandle(A))
      for (const Expr *X : {A, With}) {
        // Which of them has a thread from here on is not followed.
        Op &O = emit(OpKind::Move, Loc);
        O.A = location(X);
      }
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

/// What a call leaves behind: a future that is ready, a descriptor that does not block.
void FunctionReader::readAfter(const CallSite &C, const catalog::FunctionModel &M) {
  if (M.Readies && M.ReadyIf.empty() && M.Readies.Kind != catalog::Operand::Result) {
    Op &O = emit(OpKind::Ready, placeOf(C.E));
    O.A = operandLocation(C, M.Readies);
  }
  if (M.Readies && !M.ReadyIf.empty())
    readAsserted(C, M);
  if (M.Nonblocking.Kind == catalog::Operand::Result && MadeNonblocking == C.E) {
    if (auto It = CallOps.find(C.E); It != CallOps.end()) {
      TermIndex Made = B.term(TermKind::Result, It->second);
      Op &O = emit(OpKind::MakeNonblocking, placeOf(C.E));
      O.A = Made;
    }
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

const Stmt *FunctionReader::parentOf(const Stmt *S) {
  if (!Body)
    return nullptr;
  if (!Parents)
    Parents = std::make_unique<ParentMap>(const_cast<Stmt *>(Body));
  return Parents->getParent(S);
}

/// Whether an expression is a statement of its own.
bool FunctionReader::isUnused(const Expr *E) {
  const Stmt *Child = E, *P = parentOf(E);
  while (P && isa<Expr>(P) && (isa<ExprWithCleanups>(P) || isa<ParenExpr>(P) || isa<ImplicitCastExpr>(P))) {
    Child = P;
    P = parentOf(P);
  }
  if (!P)
    return false;
  if (const auto *If = dyn_cast<IfStmt>(P))
    return If->getThen() == Child || If->getElse() == Child;
  if (const auto *For = dyn_cast<ForStmt>(P))
    return For->getInc() == Child || For->getBody() == Child;
  if (const auto *While = dyn_cast<WhileStmt>(P))
    return While->getBody() == Child;
  return isa<CompoundStmt>(P);
}

} // namespace threadbare
