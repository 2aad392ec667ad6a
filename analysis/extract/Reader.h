// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the room: the state shared while one unit, and one function of it, is read.
#pragma once

#include "catalog/Catalog.h"
#include "extract/Extract.h"
#include "extract/Identity.h"
#include "model/UnitBuilder.h"

#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/ParentMap.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"

#include <deque>
#include <optional>

namespace clang {
class CFG;
class CFGBlock;
class CFGElement;
class OMPExecutableDirective;
class Sema;
} // namespace clang

namespace threadbare {

/// What a location or value is of, for one function being read.
struct ExecutorRef {
  ExecutorKind Kind = ExecutorKind::Unknown;
  TermIndex Location = NoTerm;
};

/// What library code hands on to a callable or constructor of the user's.
struct Argument {
  clang::QualType Type;
  bool IsLvalue = false;
};

/// Unit-wide: names, places, catalog look-ups and the queue of functions to read.
class UnitReader {
public:
  UnitReader(clang::ASTContext &Context, clang::Sema *S, const catalog::Catalog &Catalog,
             const ExtractOptions &Options);

  UnitSummary run();

  // -- names and places --
  std::string qualifiedName(const clang::NamedDecl *D);
  /// As people write it: 'Repository::find', '~Flusher' as 'Flusher::~Flusher', a lambda as 'lambda'.
  std::string displayName(const clang::FunctionDecl *D);
  /// As people write it: 'std::future<int>', without the library's own names for what was deduced.
  std::string typeName(clang::QualType T);
  Place place(clang::SourceLocation Loc);
  bool inSystemHeader(const clang::Decl *D) const;
  bool isMeant(const clang::FunctionDecl *D, llvm::StringRef Name, bool FromUser) const;

  // -- catalog --
  const catalog::FunctionModel *model(const clang::FunctionDecl *D);
  const catalog::BlockingEntry *blocking(const clang::FunctionDecl *D);
  const catalog::FakeAsyncEntry *fakeAsync(const clang::FunctionDecl *D);
  const catalog::TypeModel *typeModel(clang::QualType T);
  llvm::StringRef role(clang::QualType T) {
    const catalog::TypeModel *M = typeModel(T);
    return M ? llvm::StringRef(M->Role) : llvm::StringRef();
  }

  /// Reads \p D too if it has a body that nobody queued yet, instantiating it where the library's skipped body would
  /// have done so.
  void require(const clang::FunctionDecl *D);
  /// The class of this type with its definition, which is instantiated; null if there is none.
  const clang::CXXRecordDecl *complete(clang::QualType T);
  /// Null if it does nothing.
  const clang::CXXConstructorDecl *defaultConstructor(const clang::CXXRecordDecl *R);
  /// The constructor that \p Library, a library's function, calls to build an object of \p Args; null if not known.
  const clang::CXXConstructorDecl *constructor(const clang::FunctionDecl *Library, const clang::CXXRecordDecl *R,
                                               llvm::ArrayRef<Argument> Args);
  /// What the value of a function's name stands for. A library's function that blocks becomes one of a single call.
  SymbolId designated(const clang::FunctionDecl *D);
  std::uint32_t blockingRecord(const catalog::BlockingEntry &Entry, llvm::ArrayRef<Condition> Conditions);
  /// What a pointer or smart pointer of this type points to; null for anything else.
  clang::QualType pointedBy(clang::QualType T);
  /// A stream over a file: the type, or a class derived from it.
  bool isFileStream(clang::QualType T);
  /// The function that a call of an object of this type runs; instantiates it. Null for overloaded operators.
  const clang::CXXMethodDecl *callOperator(clang::QualType T);
  /// ... with these arguments, where a library's function calls it.
  const clang::CXXMethodDecl *callOperator(clang::QualType T, llvm::ArrayRef<Argument> Args);

  SymbolId id(const clang::Decl *D) {
    return Ids.of(D);
  }
  /// Records name and flags of a variable, field or class once; returns its identity.
  SymbolId symbol(const clang::NamedDecl *D);

  bool isAsyncType(clang::QualType T);
  /// Of a mutex, or a guard of one: who wants it waits as a thread. Coroutines are suspended for an asynchronous one.
  bool stopsThreads(clang::QualType T);
  std::string ecosystemOf(clang::QualType T);
  bool isGenerator(const clang::FunctionDecl *D);

  clang::ASTContext &Context;
  clang::SourceManager &Sources;
  clang::Sema *S;
  const catalog::Catalog &Catalog;
  const ExtractOptions &Options;
  UnitSummary Unit;
  UnitBuilder B;

private:
  void collect();
  void readQueued();
  void recordDeclaration(const clang::FunctionDecl *D);

  FileNames FileNamesOf;
  Identity Ids;
  std::deque<const clang::FunctionDecl *> Queue;
  llvm::SmallPtrSet<const clang::FunctionDecl *, 32> Queued;
  llvm::DenseSet<SymbolId> Read, Declared, Recorded;
  llvm::DenseMap<const clang::Decl *, std::string> Names;
  llvm::DenseMap<const clang::FunctionDecl *, std::pair<bool, const catalog::FunctionModel *>> Models;
  llvm::DenseMap<const clang::FunctionDecl *, std::pair<bool, const catalog::BlockingEntry *>> Blockings;
  llvm::DenseMap<const clang::RecordDecl *, std::pair<bool, const catalog::TypeModel *>> Types;
  llvm::DenseMap<unsigned, StringIndex> Files;
  mutable llvm::DenseMap<unsigned, bool> InLibrary; ///< by file
  friend class FunctionReader;
};

/// Reads one function body (or outlined region) into the unit.
class FunctionReader {
public:
  FunctionReader(UnitReader &U, const clang::FunctionDecl *F);
  /// \p Region is read as a function of its own that captures every variable of \p Around by reference.
  FunctionReader(UnitReader &U, const clang::FunctionDecl *Around, const clang::OMPExecutableDirective *Region,
                 SymbolId Id);
  void read();

private:
  /// A call or construction, and what the catalog's operands stand for in it.
  struct CallSite {
    const clang::Expr *E = nullptr; ///< CallExpr or CXXConstructExpr
    const clang::FunctionDecl *Callee = nullptr;
    const clang::Expr *Object = nullptr;            ///< of a member call
    llvm::SmallVector<const clang::Expr *, 6> Args; ///< without the object of an operator
  };

  // Reader.cpp: control flow.
  void readBlocks(clang::CFG &Graph);
  void readLinear(const clang::Stmt *S);
  void readElement(const clang::CFGElement &E);
  void readStmt(const clang::Stmt *S);
  Op &emit(OpKind Kind, clang::SourceLocation Loc);
  Op makeOp(OpKind Kind, clang::SourceLocation Loc);
  std::uint32_t nextOp() const { return static_cast<std::uint32_t>(Ops.size()); }

  // Prepare.cpp
  void prepare(const clang::Stmt *Body);

  // Questions.cpp: what a condition asks.
  struct Question {
    const clang::Expr *Asked = nullptr;  ///< a call most often; what is negated or compared
    const clang::Expr *Number = nullptr; ///< of a comparison: what is compared, as it is written
    bool Differs = false;                ///< ... and whether the condition is true where it is another
    std::optional<std::int64_t> Compared;
    bool Guessed = false; ///< it is compared with something that is not known
    bool Negated = false; ///< the condition is true where Asked is false, or is not what it is compared with
  };
  Question question(const clang::Expr *Condition);

  // Branches.cpp
  /// What is known on ways out of a block: the number of the way, and what holds there.
  using KnownEdges = std::vector<std::pair<unsigned, std::vector<Op>>>;
  void readCondition(const clang::CFGBlock &Block, KnownEdges &Edges);
  void readSwitch(const clang::CFGBlock &Block, const clang::SwitchStmt *S, KnownEdges &Edges);
  void readTruth(const Question &Q, KnownEdges &Edges);
  void readPredicate(const clang::CallExpr *Call, bool Negated, llvm::StringRef Quantifier, KnownEdges &Edges);
  void readTried(const CallSite &C, const catalog::FunctionModel &M, const Question &Q, KnownEdges &Edges);
  void onlyOneThread(const clang::Expr *Number, bool Negated, KnownEdges &Edges);

  // Ready.cpp
  struct ReadyFuture {
    TermIndex Future = NoTerm;
    bool IfTrue = true;
  };
  std::optional<ReadyFuture> asksWhetherReady(const Question &Q);
  void readReturnedReadiness(const clang::Expr *Returned);

  // Header.cpp
  void finish(Function Record);
  Function header();

  // Terms.cpp: expressions as locations.
  TermIndex location(const clang::Expr *E);
  TermIndex variable(const clang::VarDecl *D);
  TermIndex captured(const clang::VarDecl *D);
  TermIndex callLocation(const clang::CallExpr *E);
  TermIndex objectOf(const clang::Expr *E);
  TermIndex index(const clang::Expr *E);
  TermIndex destination(const clang::Expr *E);
  TermIndex object(const void *Creator, SymbolId Class = 0);
  TermIndex object(const clang::Expr *Creator);
  const clang::Expr *onlyInit(const clang::VarDecl *D);
  std::uint32_t localIndex(const clang::VarDecl *D);
  bool owns(const clang::VarDecl *D) const;

  // Values.cpp: expressions as values.
  TermIndex value(const clang::Expr *E);
  TermIndex callValue(const clang::CallExpr *E);
  TermIndex constructed(const clang::CXXConstructExpr *E);
  TermIndex closure(const clang::LambdaExpr *E);
  TermIndex callableOf(const clang::Expr *E);

  // Constants.cpp
  std::optional<std::int64_t> constantOf(const clang::Expr *E);
  std::optional<std::int64_t> durationOf(const clang::Expr *E);

  // Executors.cpp
  ExecutorRef executor(const clang::Expr *E);
  clang::QualType dynamicType(const clang::Expr *E);
  const clang::CXXMethodDecl *overrider(const clang::CXXMethodDecl *M, clang::QualType Dynamic);

  // Operands.cpp: what the catalog's operands are in a call.
  std::optional<CallSite> callSite(const clang::Expr *E);
  const clang::Expr *operandExpr(const CallSite &C, const catalog::Operand &O);
  TermIndex operandLocation(const CallSite &C, const catalog::Operand &O);
  TermIndex operandValue(const CallSite &C, const catalog::Operand &O);
  std::vector<TermIndex> operandRest(const CallSite &C, const catalog::Operand &After);
  int operandIndex(const CallSite &C, const catalog::Operand &O);

  // Counters.cpp
  bool isWithin(const clang::Stmt *S, const clang::Stmt *Outer);
  const clang::Stmt *loopOf(const clang::Expr *Use, const clang::VarDecl *V);
  const clang::Expr *startOf(const clang::Expr *Use, const clang::VarDecl *V);
  std::int64_t stepOf(const clang::Expr *Change);
  std::optional<std::int64_t> boundOf(const clang::Expr *Condition, const clang::VarDecl *V, bool Up);
  struct Walk {
    std::int64_t First = 0, Last = 0, Step = 1;
  };
  std::optional<Walk> walkOf(const clang::Expr *Use);
  std::optional<Walk> numbersOf(const clang::Expr *E);
  TermIndex interval(const clang::Expr *E);
  TermIndex chosenBy(const clang::Expr *Use);
  TermIndex folded(const clang::Expr *Index);
  TermIndex lockLocation(llvm::function_ref<TermIndex()> Read);

  // Iterators.cpp
  bool looksUp(const CallSite &C, const catalog::FunctionModel &M);
  TermIndex containerOf(const clang::Expr *Operand);
  TermIndex iterator(const clang::Expr *E);
  TermIndex iteratorVariable(const clang::VarDecl *V);

  // Calls.cpp (and Ready.cpp)
  void readAsserted(const CallSite &Query, const catalog::FunctionModel &M);
  void readCall(const clang::Expr *E);
  void readAfter(const CallSite &C, const catalog::FunctionModel &M);
  const clang::Stmt *parentOf(const clang::Stmt *S);
  bool isUnused(const clang::Expr *E);
  const clang::FunctionDecl *designated(const clang::Expr *E);

  // Models.cpp, Spawns.cpp, Initiations.cpp, Guards.cpp
  bool readModel(const CallSite &C, const catalog::FunctionModel &M);
  void readInitiation(const CallSite &C, const catalog::Operand &Initiation, const catalog::Operand &Token);
  TermIndex everyElement(TermIndex At);
  TermIndex boundParameter(const CallSite &C, const catalog::Operand &Callable, TermIndex Own);
  TermIndex methodOf(const clang::Expr *Object, llvm::StringRef Name);
  void readSpawn(const CallSite &C, const catalog::FunctionModel &M, const catalog::SpawnModel &S);
  std::vector<TermIndex> calledWith(const CallSite &C, const catalog::Operand &Callable, bool Parallel);
  bool callsInParallel(const CallSite &C, const catalog::FunctionModel &M);
  TermIndex executorValue(const ExecutorRef &Of);
  void notePool(const clang::CXXConstructExpr *E, const catalog::TypeModel &M);
  void readIoObject(const clang::CXXConstructExpr *E);
  void readGuard(const clang::CXXConstructExpr *E, const catalog::TypeModel &M);
  Op makeAcquire(const clang::Expr *Of, bool Shared, clang::SourceLocation Loc);

  // Emit.cpp
  void emitCall(const CallSite &C);
  void emitCallOf(TermIndex Callable, llvm::ArrayRef<TermIndex> Args, clang::SourceLocation Loc, llvm::StringRef Name);
  void constructElement(const CallSite &C, clang::QualType T, TermIndex Slot, unsigned First);
  std::string writtenName(const CallSite &C);
  void expandDefaults(const CallSite &C);

  // Lifetimes.cpp
  void readGivenAway(const CallSite &C);
  void readMove(const CallSite &C);
  bool isHandle(const clang::Expr *E);
  void moveHandle(const clang::Expr *From, TermIndex To, clang::SourceLocation Loc);
  void readReplaced(const CallSite &C);
  void emitDestroy(clang::QualType T, TermIndex Object, clang::SourceLocation Loc, unsigned Depth = 0);
  void emitJoin(clang::QualType T, TermIndex Handle, clang::SourceLocation Loc, llvm::StringRef By);

  // Conditions.cpp
  std::uint32_t blockingRecord(const CallSite &C, const catalog::BlockingEntry &Entry);
  std::optional<Condition> condition(const CallSite &C, llvm::ArrayRef<catalog::ConditionEntry> All,
                                     const catalog::ConditionEntry &E);
  void noteFake(const CallSite &C);
  std::optional<bool> memberWasSet(const clang::Expr *Of, llvm::StringRef Member, std::int64_t Wanted, bool AsFlag);

  // MemoryFiles.cpp
  bool isFileInMemory(const clang::Expr *Path, unsigned Depth = 0);
  bool namesFileInMemory(const CallSite &C);
  bool namesStreamInMemory(const clang::Expr *Stream);
  bool opensFileInMemory(const clang::VarDecl *Stream);
  const clang::Expr *formattedInto(const clang::VarDecl *Buffer);

  // Accesses.cpp
  void readAccess(const clang::Expr *Lvalue, AccessKind Kind, clang::SourceLocation Loc);
  void readAssignment(const clang::BinaryOperator *E);
  bool addsTo(const clang::Expr *Sum, TermIndex Target, unsigned Depth = 0);
  void readDeclaration(const clang::DeclStmt *S);
  void readInitialised(const clang::VarDecl *D);
  void copyWhole(clang::QualType T, TermIndex To, const clang::Expr *From, clang::SourceLocation Loc);
  void storeFields(const clang::Expr *Init, TermIndex Object);
  void storeElements(const clang::Expr *Init, TermIndex Container);
  void storeCopy(TermIndex To, const clang::Expr *From, clang::SourceLocation Loc);
  void storePart(TermIndex To, clang::QualType T, const clang::Expr *Value, clang::SourceLocation Loc);
  bool constructParts(clang::QualType T, TermIndex Slot, llvm::ArrayRef<const clang::Expr *> Args,
                      clang::SourceLocation Loc);
  void storeIterator(const clang::VarDecl *D, TermIndex Slot);
  bool isShareable(TermIndex Location);

  // Coroutines.cpp
  void readAwait(const clang::Expr *Operand, const clang::Expr *E);
  bool isAlwaysReady(const clang::Expr *Await);

  // OpenMp.cpp
  void readDirective(const clang::OMPExecutableDirective *D);
  void readBarrier(const clang::OMPExecutableDirective *D);
  static bool readsOwn(const clang::OMPExecutableDirective *D);
  static const clang::Stmt *innerOf(const clang::OMPExecutableDirective *D);
  void prepareDirective(const clang::OMPExecutableDirective *D);

  UnitReader &U;
  UnitBuilder &B;
  clang::ASTContext &Context;
  const clang::FunctionDecl *F;
  const clang::OMPExecutableDirective *Region = nullptr;
  SymbolId Id = 0;

  std::vector<FakeCall> Fakes;
  std::vector<Op> Ops; ///< of the block being read, and of all before it
  struct PendingBlock {
    std::uint32_t First = 0, Count = 0;
    std::vector<std::uint32_t> Successors;
  };
  std::vector<PendingBlock> Blocks;

  llvm::DenseMap<const clang::VarDecl *, std::uint32_t> LocalIndexes;
  std::vector<Local> Locals;
  llvm::DenseMap<const clang::ValueDecl *, unsigned> CaptureIndexes;
  llvm::DenseMap<const clang::Expr *, TermIndex> Destinations;
  llvm::DenseMap<const clang::Expr *, std::uint32_t> CallOps; ///< operation that a call became
  llvm::DenseMap<const clang::Expr *, std::uint32_t> PredicateCalls; ///< ... std::all_of's call of its predicate
  llvm::DenseMap<const void *, std::uint32_t> ObjectIds; ///< number of the object that a node creates
  llvm::SmallPtrSet<const clang::Expr *, 8> Awaited;
  llvm::SmallVector<const clang::Expr *, 4> Returns; ///< what each return statement returns
  /// Temporaries of default arguments, and the call that uses them.
  llvm::DenseMap<const clang::CXXBindTemporaryExpr *, clang::SourceLocation> DefaultTemporaries;
  llvm::SmallPtrSet<const clang::Expr *, 8> Discarded; ///< full expressions whose value nobody takes
  llvm::SmallPtrSet<const clang::VarDecl *, 8> Escaping, Reassigned, Assigned, Declared;
  llvm::DenseMap<const clang::VarDecl *, llvm::SmallVector<const clang::Expr *, 2>> Changes; ///< of integers
  llvm::DenseMap<const clang::VarDecl *, llvm::SmallVector<const clang::Expr *, 1>> AssignedObjects;
  llvm::DenseMap<const clang::VarDecl *, const clang::Expr *> RangeOf; ///< loop variable -> what the range-for walks
  llvm::DenseMap<const clang::VarDecl *, llvm::SmallVector<TermIndex, 4>> GuardLocks;
  llvm::SmallPtrSet<const clang::VarDecl *, 4> TriedGuards;
  llvm::SmallPtrSet<const clang::Stmt *, 32> InRegion; ///< of nested OpenMP regions: read elsewhere
  llvm::SmallPtrSet<const clang::VarDecl *, 8> PrivateInRegion;
  llvm::DenseMap<const clang::Expr *, const clang::VarDecl *> InStaticInit; ///< run once, under the variable's guard
  llvm::SmallPtrSet<const clang::VarDecl *, 4> ThreadOwn; ///< counters of loops that a team shares out
  llvm::DenseMap<const clang::Stmt *, llvm::SmallVector<TermIndex, 2>> LoopJoins; ///< loop -> containers joined in it
  llvm::DenseMap<const clang::Stmt *, llvm::SmallVector<TermIndex, 2>> LoopSeen; ///< loop -> what is waited for in it
  llvm::SmallPtrSet<const clang::VarDecl *, 8> BeingResolved;
  std::unique_ptr<clang::ParentMap> Parents;
  const clang::Stmt *Body = nullptr;
  const clang::Expr *MadeNonblocking = nullptr; ///< the call being read, if its result is a non-blocking descriptor
  bool HandlesWouldBlock = false; ///< compares errno or an error code with EAGAIN, EINPROGRESS, would_block
  bool IsCoroutine = false;
  bool Linear = false;
  bool FoldsIndexes = false;           ///< a lock is being named: an index that several values give says which they are
  clang::SourceLocation PlaceOverride; ///< default arguments are reported where they are used
};

} // namespace threadbare
