// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each way out of a condition knows.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/Analysis/CFG.h"

using namespace clang;

namespace threadbare {

/// if (id == 0): where the thread's own number decides, one thread only goes on.
void FunctionReader::onlyOneThread(const Expr *Number, std::int64_t, bool Negated,
                                   std::vector<std::pair<unsigned, std::vector<Op>>> &Edges) {
  Number = bare(Number);
  if (!Number->getType()->isIntegerType())
    return;
  TermIndex V = NoTerm;
  if (auto *Call = dyn_cast<CallExpr>(Number)) {
    // One thread of all gets PTHREAD_BARRIER_SERIAL_THREAD.
    const FunctionDecl *Callee = Call->getDirectCallee();
    if (Callee && Callee->getDeclName().isIdentifier() && Callee->getName() == "pthread_barrier_wait")
      V = B.term(TermKind::Unknown, 1, 0, 0, {}, TermThreadOwn);
    else if (Callee && Callee->getDeclName().isIdentifier() && Callee->getName() == "omp_get_thread_num")
      V = B.term(TermKind::Unknown, 1, 0, 0, {}, TermThreadOwn);
  } else {
    V = value(Number);
  }
  if (!V)
    return;
  const Term &T = B.get(V);
  bool Own = T.Flags & TermThreadOwn;
  if (T.Kind == TermKind::Load) {
    TermKind K = B.get(T.A).Kind;
    Own = K == TermKind::Param || K == TermKind::Capture;
  }
  if (!Own)
    return;
  Op O = makeOp(OpKind::Acquire, Number->getExprLoc());
  O.A = B.element(B.global(OnlyOneThread), V);
  Edges.push_back({Negated ? 1u : 0u, {O}});
}

/// What each way out of a block knows: a lock that was tried, a future found ready, a thread that is not joinable, an
/// atomic flag seen set, a container of threads joined by the loop that ends.
void FunctionReader::readCondition(const CFGBlock &Block, std::vector<std::pair<unsigned, std::vector<Op>>> &Edges) {
  const Stmt *Terminator = Block.getTerminatorStmt();
  if (!Terminator || Block.succ_size() != 2)
    return;
  if (auto It = LoopJoins.find(Terminator); It != LoopJoins.end()) {
    std::vector<Op> Known;
    for (TermIndex Handle : It->second) {
      Op O = makeOp(OpKind::Join, Terminator->getEndLoc());
      O.A = Handle;
      Known.push_back(O);
    }
    Edges.emplace_back(1, std::move(Known));
  }
  if (auto It = LoopSeen.find(Terminator); It != LoopSeen.end()) {
    std::vector<Op> Known;
    for (TermIndex Object : It->second) {
      Op O = makeOp(OpKind::Observe, Terminator->getEndLoc());
      O.A = Object;
      Known.push_back(O);
    }
    Edges.emplace_back(1, std::move(Known));
  }
  if (const Expr *Condition = Block.getLastCondition())
    readTruth(Condition, Edges);
}

/// What is known where a condition is true (the first way out), and where it is false (the second).
void FunctionReader::readTruth(const Expr *Condition, std::vector<std::pair<unsigned, std::vector<Op>>> &Edges) {
  bool Negated = false;
  const Expr *E = bare(Condition);
  std::optional<std::int64_t> Compared;
  bool Compares = false;
  for (unsigned Depth = 0; E && Depth < 8; ++Depth) {
    if (auto *UO = dyn_cast<UnaryOperator>(E); UO && UO->getOpcode() == UO_LNot) {
      Negated = !Negated;
      E = bare(UO->getSubExpr());
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->isEqualityOp()) {
      const Expr *L = BO->getLHS(), *R = BO->getRHS();
      auto C = constantOf(R);
      if (!C && (C = constantOf(L)))
        std::swap(L, R);
      if (!C && !isa<CallExpr>(bare(L)) && isa<CallExpr>(bare(R)))
        std::swap(L, R);
      if (!C && !isa<CallExpr>(bare(L)))
        return;
      if (!C)
        C = 1; // a flag that has another's value: not what it began with
      onlyOneThread(L, *C, BO->getOpcode() == BO_EQ ? Negated : !Negated, Edges);
      if (BO->getOpcode() == BO_NE)
        Negated = !Negated;
      Compared = C;
      Compares = true;
      E = bare(L);
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->isAssignmentOp()) {
      E = bare(BO->getRHS());
    } else if (auto *D = dyn_cast<DeclRefExpr>(E)) {
      auto *V = dyn_cast<VarDecl>(D->getDecl());
      const Expr *Init = V ? onlyInit(V) : nullptr;
      if (!Init || U.role(V->getType()) == "guard")
        break;
      E = bare(Init);
    } else if (auto *RW = dyn_cast<CXXRewrittenBinaryOperator>(E)) {
      E = RW->getSemanticForm();
    } else if (auto *BO = dyn_cast<BinaryOperator>(E); BO && BO->isLogicalOp() && !Compares) {
      // Both sides of "and" hold where it is true, neither side of "or" where it is false; otherwise, who knows.
      unsigned Sure = BO->getOpcode() == BO_LAnd ? 0 : 1;
      for (const Expr *Side : {BO->getLHS(), BO->getRHS()}) {
        std::vector<std::pair<unsigned, std::vector<Op>>> Known;
        readTruth(Side, Known);
        for (auto &[Way, Ops] : Known)
          if (Way == Sure)
            Edges.emplace_back(Negated ? 1 - Sure : Sure, std::move(Ops));
      }
      return;
    } else {
      break;
    }
  }
  auto *Call = dyn_cast_or_null<CallExpr>(E);
  if (!Call)
    return;
  auto Site = callSite(Call);
  if (!Site || !Site->Callee)
    return;
  auto Edge = [&](bool IfTrue) { return IfTrue != Negated ? 0u : 1u; };
  const catalog::FunctionModel *M = U.model(Site->Callee);
  llvm::StringRef Name = Site->Callee->getDeclName().isIdentifier() ? Site->Callee->getName() : "";
  SourceLocation Loc = Call->getExprLoc();

  if (Site->Object && U.role(Site->Object->getType()) == "guard" &&
      (Name == "owns_lock" || isa<CXXConversionDecl>(Site->Callee))) {
    TermIndex Guard = location(Site->Object);
    Op Lost = makeOp(OpKind::Release, Loc);
    Lost.B = Guard;
    Edges.push_back({Edge(false), {Lost}});
    if (auto *D = dyn_cast<DeclRefExpr>(bare(Site->Object)))
      if (auto *V = dyn_cast<VarDecl>(D->getDecl()); V && TriedGuards.contains(V)) {
        std::vector<Op> Known;
        for (TermIndex Lock : GuardLocks[V]) {
          Op O = makeAcquire(Site->Object, /*Shared=*/false, Loc);
          O.A = Lock;
          O.B = Guard;
          Known.push_back(O);
        }
        Edges.push_back({Edge(true), std::move(Known)});
      }
    return;
  }
  if (Name == "joinable" && Site->Object) {
    Op O = makeOp(OpKind::Join, Loc);
    O.A = location(Site->Object);
    Edges.push_back({Edge(false), {O}});
    return;
  }
  if (M && M->Readies && !M->ReadyIf.empty()) {
    auto Asked = asksWhetherReady(Condition);
    if (!Asked)
      return;
    Op Ready = makeOp(OpKind::Ready, Loc), Joined = makeOp(OpKind::Join, Loc);
    Ready.A = Joined.A = Asked->Future;
    std::vector<Op> Known{Ready};
    if (Site->Object && U.role(Site->Object->getType()) == "future")
      Known.push_back(Joined);
    Edges.push_back({Asked->IfTrue ? 0u : 1u, std::move(Known)});
    return;
  }
  if ((Name == "is_ready" || Name == "isReady" || Name == "ready" || Name == "isFinished") && Site->Object) {
    Op Ready = makeOp(OpKind::Ready, Loc);
    Ready.A = location(Site->Object);
    Edges.push_back({Edge(true), {Ready}});
  }
  // A function of the project's own that asks on our behalf.
  if (!M && !Compares && Call->getType()->isBooleanType())
    if (auto It = CallOps.find(Call); It != CallOps.end()) {
      for (bool True : {true, false}) {
        Op Ready = makeOp(OpKind::Ready, Loc);
        Ready.B = B.term(TermKind::Result, It->second);
        Ready.Sub = !True;
        Edges.push_back({Edge(True), {Ready}});
      }
    }
  if (!M)
    return;
  if (M->Acquires && M->Acquires->Try) {
    bool OwnedIfTrue = !M->Acquires->ZeroIsSuccess;
    if (Compares)
      OwnedIfTrue = (*Compared == 0) == M->Acquires->ZeroIsSuccess;
    const Expr *LockExpr = operandExpr(*Site, M->Acquires->Lock);
    Op O = makeAcquire(LockExpr, M->Acquires->Shared, Loc);
    TermIndex Lock = lockLocation([&] { return operandLocation(*Site, M->Acquires->Lock); });
    O.A = Lock;
    std::vector<Op> Known;
    if (LockExpr && U.role(LockExpr->getType()) == "guard") {
      O.B = Lock;
      if (auto *D = dyn_cast<DeclRefExpr>(bare(LockExpr)))
        for (TermIndex L : GuardLocks[cast<VarDecl>(D->getDecl())]) {
          O.A = L;
          Known.push_back(O);
        }
    } else {
      Known.push_back(O);
    }
    Edges.push_back({Edge(OwnedIfTrue), std::move(Known)});
    if (!O.B) {
      Op Not = makeOp(OpKind::Release, Loc);
      Not.A = Lock;
      Not.Flags |= OpMaybe;
      Edges.push_back({Edge(!OwnedIfTrue), {Not}});
    }
    return;
  }
  if (M->Observes && M->ObservesIfTrue) {
    Op O = makeOp(OpKind::Observe, Loc);
    O.A = operandLocation(*Site, M->Observes);
    bool IfTrue = !Compares || *Compared != 0;
    Edges.push_back({Edge(IfTrue), {O}});
  }
}

} // namespace threadbare
