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

/// Variables that each thread (or iteration) has for itself.
static void privates(const OMPExecutableDirective *D, llvm::SmallPtrSetImpl<const VarDecl *> &Out) {
  auto Add = [&](auto *Clause) {
    for (const Expr *E : Clause->varlists())
      if (auto *R = dyn_cast<DeclRefExpr>(E->IgnoreParenImpCasts()))
        if (auto *V = dyn_cast<VarDecl>(R->getDecl()))
          Out.insert(V);
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
    for (const Expr *Counter : L->counters())
      if (auto *R = dyn_cast_or_null<DeclRefExpr>(Counter ? Counter->IgnoreParenImpCasts() : nullptr))
        if (auto *V = dyn_cast<VarDecl>(R->getDecl()))
          Out.insert(V);
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
  if (auto *L = dyn_cast<OMPLoopDirective>(D); L && isOpenMPWorksharingDirective(D->getDirectiveKind()))
    for (const Expr *Counter : L->counters())
      if (auto *R = dyn_cast_or_null<DeclRefExpr>(Counter ? Counter->IgnoreParenImpCasts() : nullptr))
        if (auto *V = dyn_cast<VarDecl>(R->getDecl()))
          ThreadOwn.insert(V);
  if (D == Region)
    return;
  if (const Stmt *Inner = innerOf(D); Inner && (isParallel(D) || isExclusive(D->getDirectiveKind())))
    Marker(InRegion).TraverseStmt(const_cast<Stmt *>(Inner));
}

void FunctionReader::readDirective(const OMPExecutableDirective *D) {
  if (D->getDirectiveKind() == llvm::omp::OMPD_taskwait) {
    Op &O = emit(OpKind::Join, D->getBeginLoc());
    O.A = B.global(OpenMpTasks);
    return;
  }
  const Stmt *Inner = innerOf(D);
  if (!Inner)
    return;
  OpenMPDirectiveKind Kind = D->getDirectiveKind();
  SourceLocation Loc = D->getBeginLoc();

  if (isParallel(D)) {
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
      }
    TermIndex Handle = Task ? B.global(OpenMpTasks) : object(D);
    Op &O = emit(OpKind::Spawn, Loc);
    O.Sub = static_cast<std::uint8_t>(Task ? ExecutorKind::Pool : Alone ? ExecutorKind::Same : ExecutorKind::Team);
    O.B = B.term(TermKind::Closure, 0, 0, RegionId, Captures);
    if (!Task || isOpenMPTaskLoopDirective(Kind))
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
}

} // namespace threadbare
