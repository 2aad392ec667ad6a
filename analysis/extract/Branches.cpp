// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each way out of a condition knows.
#include "extract/Reader.h"
#include "extract/Syntax.h"

#include "clang/Analysis/CFG.h"

using namespace clang;

namespace threadbare {

/// if (id == 0): where the thread's own number decides, one thread only goes on.
void FunctionReader::onlyOneThread(const Expr *Number, bool Negated, KnownEdges &Edges) {
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
void FunctionReader::readCondition(const CFGBlock &Block, KnownEdges &Edges) {
  const Stmt *Terminator = Block.getTerminatorStmt();
  if (auto *S = dyn_cast_or_null<SwitchStmt>(Terminator))
    return readSwitch(Block, S, Edges);
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
    readTruth(question(Condition), Edges);
}

/// switch (f.wait_for(0s)): each case is what is known where the value is the case's, and the rest what is known where
/// it is none of them.
void FunctionReader::readSwitch(const CFGBlock &Block, const SwitchStmt *S, KnownEdges &Edges) {
  const Question Asked = question(S->getCond());
  if (Asked.Compared || Asked.Guessed || Asked.Negated || !S->getCond()->getType()->isIntegralOrEnumerationType())
    return;
  std::vector<Op> None;
  std::optional<unsigned> Rest;
  for (auto [Way, Next] : llvm::enumerate(Block.succs())) {
    const CFGBlock *To = Next.getReachableBlock();
    auto *Case = To ? dyn_cast_or_null<CaseStmt>(To->getLabel()) : nullptr;
    if (!Case) {
      if (To)
        Rest = static_cast<unsigned>(Way);
      continue;
    }
    auto Value = Case->getRHS() ? std::nullopt : constantOf(Case->getLHS());
    if (!Value)
      return;
    Question Q = Asked;
    Q.Compared = Value;
    KnownEdges Known;
    readTruth(Q, Known);
    for (auto &[Truth, Ops] : Known) {
      if (Truth == 0)
        Edges.emplace_back(static_cast<unsigned>(Way), std::move(Ops));
      else
        None.insert(None.end(), Ops.begin(), Ops.end());
    }
  }
  if (Rest && !None.empty())
    Edges.emplace_back(*Rest, std::move(None));
}

/// if (std::all_of(fs.begin(), fs.end(), is_ready)): what the predicate knows of each.
void FunctionReader::readPredicate(const CallExpr *Call, bool Negated, llvm::StringRef Quantifier, KnownEdges &Edges) {
  auto It = PredicateCalls.find(Call);
  if (It == PredicateCalls.end())
    return;
  Op Ready = makeOp(OpKind::Ready, Call->getExprLoc());
  Ready.B = B.term(TermKind::Result, It->second);
  Ready.Sub = Quantifier != "all";
  // That it holds for some, where that is false, says that it does not hold for any.
  bool IfTrue = Quantifier != "some";
  Edges.push_back({IfTrue != Negated ? 0u : 1u, {Ready}});
}

/// What is known where a condition is true (the first way out), and where it is false (the second).
void FunctionReader::readTruth(const Question &Q, KnownEdges &Edges) {
  if (Q.Number)
    onlyOneThread(Q.Number, Q.Differs, Edges);
  if (auto *BO = dyn_cast_or_null<BinaryOperator>(Q.Asked); BO && BO->isLogicalOp() && !Q.Compared) {
    // Both sides of "and" hold where it is true, neither side of "or" where it is false; otherwise, who knows.
    unsigned Sure = BO->getOpcode() == BO_LAnd ? 0 : 1;
    for (const Expr *Side : {BO->getLHS(), BO->getRHS()}) {
      KnownEdges Known;
      readTruth(question(Side), Known);
      for (auto &[Way, Ops] : Known)
        if (Way == Sure)
          Edges.emplace_back(Q.Negated ? 1 - Sure : Sure, std::move(Ops));
    }
    return;
  }
  auto *Call = dyn_cast_or_null<CallExpr>(Q.Asked);
  auto Site = Call ? callSite(Call) : std::nullopt;
  if (!Site || !Site->Callee)
    return;
  auto Edge = [&](bool IfTrue) { return IfTrue != Q.Negated ? 0u : 1u; };
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
    if (auto Asked = asksWhetherReady(Q)) {
      Op Ready = makeOp(OpKind::Ready, Loc), Joined = makeOp(OpKind::Join, Loc);
      Ready.A = Joined.A = Asked->Future;
      std::vector<Op> Known{Ready};
      if (Site->Object && U.role(Site->Object->getType()) == "future")
        Known.push_back(Joined);
      Edges.push_back({Asked->IfTrue ? 0u : 1u, std::move(Known)});
    }
  } else if ((Name == "is_ready" || Name == "isReady" || Name == "ready" || Name == "isFinished") && Site->Object) {
    Op Ready = makeOp(OpKind::Ready, Loc);
    Ready.A = location(Site->Object);
    Edges.push_back({Edge(true), {Ready}});
  }
  // A function of the project's own that asks on our behalf.
  if (!M && !Q.Compared && Call->getType()->isBooleanType())
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
  if (!M->IfTrue.empty())
    readPredicate(Call, Q.Negated, M->IfTrue, Edges);
  if (M->Acquires && M->Acquires->Try)
    return readTried(*Site, *M, Q, Edges);
  if (M->Observes && M->ObservesIfTrue) {
    Op O = makeOp(OpKind::Observe, Loc);
    O.A = operandLocation(*Site, M->Observes);
    bool IfTrue = !Q.Compared || *Q.Compared != 0;
    Edges.push_back({Edge(IfTrue), {O}});
  }
}

/// A lock that was tried: it is held where the call says so, and not where it does not.
void FunctionReader::readTried(const CallSite &C, const catalog::FunctionModel &M, const Question &Q,
                               KnownEdges &Edges) {
  SourceLocation Loc = C.E->getExprLoc();
  bool OwnedIfTrue = !M.Acquires->ZeroIsSuccess;
  if (Q.Compared)
    OwnedIfTrue = (*Q.Compared == 0) == M.Acquires->ZeroIsSuccess;
  auto Edge = [&](bool Owned) { return (Owned == OwnedIfTrue) != Q.Negated ? 0u : 1u; };
  const Expr *LockExpr = operandExpr(C, M.Acquires->Lock);
  Op O = makeAcquire(LockExpr, M.Acquires->Shared, Loc);
  TermIndex Lock = lockLocation([&] { return operandLocation(C, M.Acquires->Lock); });
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
  Edges.push_back({Edge(true), std::move(Known)});
  if (!O.B) {
    Op Not = makeOp(OpKind::Release, Loc);
    Not.A = Lock;
    Not.Flags |= OpMaybe;
    Edges.push_back({Edge(false), {Not}});
  }
}

} // namespace threadbare
