// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// OpenMP: a parallel region becomes a function of its own that a team of threads runs and that is joined at its end.
#include "extract/Reader.h"

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/AST/StmtOpenMP.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/xxhash.h"

using namespace clang;

namespace threadbare {

namespace {
/// Every statement below one.
struct Marker : RecursiveASTVisitor<Marker> {
  llvm::SmallPtrSetImpl<const Stmt *> &Into;
  explicit Marker(llvm::SmallPtrSetImpl<const Stmt *> &Into) : Into(Into) {}
  bool shouldVisitLambdaBody() const { return false; }
  bool VisitStmt(Stmt *S) {
    Into.insert(S);
    return true;
  }
};
} // namespace

static bool isParallel(const OMPExecutableDirective *D) {
  return isOpenMPParallelDirective(D->getDirectiveKind()) || isOpenMPTeamsDirective(D->getDirectiveKind()) ||
         D->getDirectiveKind() == llvm::omp::OMPD_task || isOpenMPTaskLoopDirective(D->getDirectiveKind());
}

/// The lock that stands for the tasks that a taskwait waits for.
static constexpr SymbolId OpenMpTasks = 0x6f6d702074736b73;

using Variables = llvm::SmallPtrSetImpl<const VarDecl *>;

static void add(const Expr *E, Variables &Out) {
  if (auto *R = dyn_cast_or_null<DeclRefExpr>(E ? E->IgnoreParenImpCasts() : nullptr))
    if (auto *V = dyn_cast<VarDecl>(R->getDecl()))
      Out.insert(V);
}

/// Counters of the loops that a directive shares out, and of those that ordered(n) names.
static void counters(const OMPLoopDirective *D, Variables &Out) {
  for (const Expr *Counter : D->counters())
    add(Counter, Out);
  unsigned Ordered = 0;
  for (const auto *C : D->getClausesOfKind<OMPOrderedClause>())
    if (auto *Number = dyn_cast_or_null<ConstantExpr>(C->getNumForLoops()))
      Ordered = static_cast<unsigned>(Number->getResultAsAPSInt().getZExtValue());
  const Stmt *Inside = Ordered ? D->getInnermostCapturedStmt()->getCapturedStmt() : nullptr;
  for (unsigned N = 0; N < Ordered; ++N) {
    while (auto *Block = dyn_cast_or_null<CompoundStmt>(Inside))
      Inside = Block->size() == 1 ? Block->body_front() : nullptr;
    auto *Loop = dyn_cast_or_null<ForStmt>(Inside);
    if (!Loop)
      return;
    if (auto *Assigned = dyn_cast_or_null<BinaryOperator>(Loop->getInit()))
      add(Assigned->getLHS(), Out);
    Inside = Loop->getBody();
  }
}

/// Variables that each thread (or iteration) has for itself.
static void privates(const OMPExecutableDirective *D, Variables &Out) {
  auto Add = [&](auto *Clause) {
    for (const Expr *E : Clause->varlists())
      add(E, Out);
  };
  for (const OMPClause *C : D->clauses()) {
    if (auto *P = dyn_cast<OMPPrivateClause>(C))
      Add(P);
    else if (auto *P = dyn_cast<OMPFirstprivateClause>(C))
      Add(P);
    else if (auto *P = dyn_cast<OMPLastprivateClause>(C))
      Add(P);
    else if (auto *P = dyn_cast<OMPReductionClause>(C))
      Add(P);
    else if (auto *P = dyn_cast<OMPLinearClause>(C))
      Add(P);
    else if (auto *P = dyn_cast<OMPCopyinClause>(C))
      Add(P);
    else if (auto *P = dyn_cast<OMPInReductionClause>(C))
      Add(P);
  }
  if (auto *L = dyn_cast<OMPLoopDirective>(D))
    counters(L, Out);
}

static bool isExclusive(OpenMPDirectiveKind Kind) {
  switch (Kind) {
  case llvm::omp::OMPD_critical:
  case llvm::omp::OMPD_atomic:
  case llvm::omp::OMPD_ordered:
  case llvm::omp::OMPD_master:
  case llvm::omp::OMPD_masked:
  case llvm::omp::OMPD_single:
  case llvm::omp::OMPD_section:
    return true;
  default:
    return false;
  }
}

const Stmt *FunctionReader::innerOf(const OMPExecutableDirective *D) {
  if (!D->hasAssociatedStmt())
    return nullptr;
  if (isa<CapturedStmt>(D->getAssociatedStmt()))
    return D->getInnermostCapturedStmt()->getCapturedStmt();
  return D->getAssociatedStmt();
}

/// Clang's CFG shows what is inside of a directive in place, before the directive. A team's statements belong to the
/// team's own function; those under a lock of OpenMP's are read where the directive stands.
void FunctionReader::prepareDirective(const OMPExecutableDirective *D) {
  privates(D, PrivateInRegion);
  OpenMPDirectiveKind Kind = D->getDirectiveKind();
  if (auto *L = dyn_cast<OMPLoopDirective>(D);
      L && (isOpenMPWorksharingDirective(Kind) || isOpenMPTaskLoopDirective(Kind) || isOpenMPDistributeDirective(Kind))) {
    counters(L, ThreadOwn);
    // Another value in each iteration.
    for (const auto *C : D->getClausesOfKind<OMPLinearClause>())
      for (const Expr *E : C->varlists())
        add(E, ThreadOwn);
  }
  if (D == Region)
    return;
  if (const Stmt *Inner = innerOf(D); Inner && readsOwn(D))
    Marker(InRegion).TraverseStmt(const_cast<Stmt *>(Inner));
}

void FunctionReader::readDirective(const OMPExecutableDirective *D) {
  if (D->getDirectiveKind() == llvm::omp::OMPD_taskwait) {
    Op &O = emit(OpKind::Join, D->getBeginLoc());
    O.A = B.global(OpenMpTasks);
    return;
  }
  OpenMPDirectiveKind Kind = D->getDirectiveKind();
  SourceLocation Loc = D->getBeginLoc();
  if (Kind == llvm::omp::OMPD_barrier)
    return readBarrier(D);
  const Stmt *Inner = innerOf(D);
  if (!Inner)
    return;

  if (isParallel(D)) {
    // The runtime puts such tasks in an order that is not looked into.
    if (D->hasClausesOfKind<OMPDependClause>())
      return;
    std::string Name = std::to_string(Id) + ":omp:" + std::to_string(U.Sources.getExpansionLineNumber(Loc)) + ":" +
                       std::to_string(U.Sources.getExpansionColumnNumber(Loc));
    SymbolId RegionId = llvm::xxh3_64bits(Name);
    FunctionReader Team(U, F, D, RegionId);
    Team.prepareDirective(D);
    // A task takes the variables of the thread that makes it along as they are.
    if (Kind == llvm::omp::OMPD_task || isOpenMPTaskLoopDirective(Kind))
      if (Region)
        Team.PrivateInRegion.insert(PrivateInRegion.begin(), PrivateInRegion.end());
    // An enclosing region's own variables are shared by the team that one of its threads starts.
    Team.read();
    std::vector<TermIndex> Captures(Team.CaptureIndexes.size(), NoTerm);
    for (auto &[V, Index] : Team.CaptureIndexes) {
      if (auto *Variable = dyn_cast<VarDecl>(V)) {
        Escaping.insert(Variable);
        Captures[Index] = B.address(variable(Variable));
      } else {
        Captures[Index] = B.address(B.term(TermKind::This));
      }
    }
    bool Task = Kind == llvm::omp::OMPD_task || isOpenMPTaskLoopDirective(Kind);
    bool Alone = false;
    for (const OMPClause *C : D->clauses())
      if (auto *N = dyn_cast<OMPNumThreadsClause>(C)) {
        auto Count = constantOf(N->getNumThreads());
        Alone |= Count && *Count == 1;
      } else if (auto *If = dyn_cast<OMPIfClause>(C)) {
        auto Holds = constantOf(If->getCondition());
        Alone |= Holds && *Holds == 0;
      }
    bool Many = !Task || isOpenMPTaskLoopDirective(Kind);
    if (Kind == llvm::omp::OMPD_parallel_sections)
      if (auto *Sections = dyn_cast<CompoundStmt>(Inner); Sections && Sections->size() < 2)
        Many = false;
    TermIndex Body = B.term(TermKind::Closure, 0, 0, RegionId, Captures);
    // Not deferred: here and now.
    if (Task && Alone)
      return emitCallOf(Body, {}, Loc, "omp task");
    TermIndex Handle = Task ? B.global(OpenMpTasks) : object(D);
    Op &O = emit(OpKind::Spawn, Loc);
    O.Sub = static_cast<std::uint8_t>(Alone  ? ExecutorKind::Same
                                      : Task ? ExecutorKind::Pool
                                             : ExecutorKind::Team);
    O.B = Body;
    if (Many)
      O.Flags |= OpMany;
    O.C = Handle;
    O.Name = B.string(Task ? "omp task" : "omp parallel");
    if (!Task || isOpenMPTaskLoopDirective(Kind)) {
      Op &J = emit(OpKind::Join, D->getEndLoc());
      J.A = Handle;
      if (!Task) {
        // The end of a region waits for the tasks that were made in it.
        Op &K = emit(OpKind::Join, D->getEndLoc());
        K.A = B.global(OpenMpTasks);
      }
    }
    return;
  }

  // Worksharing and synchronisation inside of a region: the statements follow one by one in this function.
  TermIndex Lock = NoTerm;
  bool Locked = false;
  if (auto *Critical = dyn_cast<OMPCriticalDirective>(D)) {
    Lock = B.global(llvm::xxh3_64bits("omp critical " + Critical->getDirectiveName().getAsString()));
    Locked = true;
  } else if (isExclusive(Kind)) {
    // One thread at a time, or one thread only. An update that is atomic excludes other atomic ones.
    std::string Name = Kind == llvm::omp::OMPD_atomic ? "omp atomic" : "omp one thread";
    if (Kind == llvm::omp::OMPD_section)
      Name = "omp section " + std::to_string(Id) + ":" + std::to_string(U.Sources.getExpansionLineNumber(Loc));
    Lock = B.global(llvm::xxh3_64bits(Name));
    Locked = true;
  }
  if (Locked) {
    Op &O = emit(OpKind::Acquire, Loc);
    O.A = Lock;
  }
  // Where it locks, its statements were left out of the graph's order and follow here, in the text's.
  if (Locked)
    readLinear(Inner);
  if (Locked) {
    Op &O = emit(OpKind::Release, D->getEndLoc());
    O.A = Lock;
  }
  // The team waits at the end of work that it shared out.
  if ((isOpenMPWorksharingDirective(Kind) || Kind == llvm::omp::OMPD_single) && Kind != llvm::omp::OMPD_section &&
      !D->hasClausesOfKind<OMPNowaitClause>())
    readBarrier(D);
}

/// What was done before a barrier is over for whoever comes from behind it.
void FunctionReader::readBarrier(const OMPExecutableDirective *D) {
  SourceLocation Loc = D->getBeginLoc();
  TermIndex Passed = B.global(llvm::xxh3_64bits(
      "omp barrier " + std::to_string(Id) + ":" + std::to_string(U.Sources.getExpansionLineNumber(Loc)) + ":" +
      std::to_string(U.Sources.getExpansionColumnNumber(Loc))));
  for (OpKind Kind : {OpKind::Publish, OpKind::Observe}) {
    Op &O = emit(Kind, D->getEndLoc());
    O.A = Passed;
  }
}

/// Whether the statements of a directive are read with it, rather than where the graph has them.
bool FunctionReader::readsOwn(const OMPExecutableDirective *D) {
  return isParallel(D) || isExclusive(D->getDirectiveKind());
}

} // namespace threadbare
