// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the room: the state of linking.
//
// Each function is looked at once, callees first. Its *facts* say what a caller has to know, in terms of its own
// parameters, `this`, captures and globals: accesses to shared objects and the locks held there, threads that it leaves
// running, handles that it joins, locks that it takes or gives back, callables of its caller's that it calls. At a call
// the arguments take the place of the parameters (after RacerD, OOPSLA'18, and Infer's summaries). A race is found at
// the innermost function that sees both threads: only there do both accesses speak of the same root.
#pragma once

#include "link/Circumstances.h"
#include "link/Program.h"
#include "link/Terms.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Allocator.h"

#include <array>
#include <list>

namespace threadbare {

/// How an effect came up to the function being looked at: the operation there, then the one in its callee, ...
struct Trace {
  PathStep Step;
  const Trace *Inner = nullptr;
};

struct SpawnEffect;
struct Binding;

struct AccessEffect {
  TermIndex At = NoTerm;
  CircumstancesIndex Under = NoCircumstances;
  PathStep Where;               ///< the operation that makes it
  AccessKind Kind = AccessKind::Read;
  std::uint16_t Depth = 0;      ///< calls on the way to it, as far as they can be counted
  std::uint32_t Task = NoIndex; ///< in a frame: the task of a loop that makes it, while a runner of the loop runs it
  // The way to it, in two parts that are joined when somebody asks: millions are looked at and never shown.
  const Trace *To = nullptr;  ///< in this frame, down to the callee
  const Trace *Via = nullptr; ///< from there
};

/// A call of a value that only a caller knows.
struct PendingCall {
  TermIndex Callee = NoTerm;
  llvm::SmallVector<TermIndex, 4> Args;
  CircumstancesIndex Under = NoCircumstances;
  const Trace *Via = nullptr;
  SymbolId As = 0; ///< the function, where the type of the lambda says it
  bool Queued = false; ///< of what was taken from a queue: who put it there says what it does
};

/// What some code does, whoever runs it.
struct Effects {
  std::vector<AccessEffect> Accesses;
  std::vector<PendingCall> Pending;
  struct Run {
    TermIndex Loop;
    const Trace *Via;
    bool Several = false; ///< threads at once
  };
  std::vector<Run> Loops;
  /// Functions that are run by it other than by direct calls, and how: for effects that are looked up by function.
  struct Target {
    FunctionIndex Function;
    const Trace *Via;
    FunctionIndex Binder; ///< whose frame knew which function it is
    const Binding *Bound = nullptr; ///< what it was called with there, in terms of that frame
  };
  std::vector<Target> Targets;
  /// Promises that it keeps, other than by direct calls: who has the future waits for it.
  TermSet Kept;
  /// Tasks that it gives to loops and executors that others run.
  std::vector<SpawnEffect> Tasks;
};

/// What is the same of a spawn in whatever terms it is told.
struct SpawnTraits {
  ExecutorKind Kind = ExecutorKind::Unknown;
  bool Many = false;
  bool JoinsInDestructor = false;
  bool Sequential = false;
  bool Anonymous = false; ///< a queue's worker: which thread is not known
  bool OfMany = false;    ///< of an array of queues with one worker each: those put into the same one exclude each other
  bool Listener = false;  ///< the worker tells it something: a callback that was registered, not a task
  SymbolId Queue = 0;     ///< that queue
};

struct SpawnEffect : SpawnTraits {
  /// The operation that starts the first of a chain of tasks, each of which starts the next: one comes after the other.
  PathStep Chain;
  TermIndex On = NoTerm; ///< location of the pool, loop or strand; or the value of an executor that is not known yet
  TermSet Handles;       ///< whatever gets hold of it
  TermSet Given;         ///< ... when it is started
  TermSet WaitedBefore;   ///< handles that were waited for before it was started, below this function
  TermSet WaitedHere;     ///< ... and in it
  TermIndex Serial = NoTerm; ///< the strand that runs its tasks one at a time
  bool Over = false;      ///< joined before the function returned that started it
  llvm::SmallVector<std::uint32_t, 2> Beside; ///< others of the same list that ran when it was started, or later
  Effects Body;
  const Trace *Via = nullptr;
};

struct JoinEffect {
  TermIndex Handle = NoTerm;
  bool InDestructor = false;
  bool Replaced = false; ///< only what the handle holds then: something else comes there
};

struct StoreEffect {
  TermIndex To = NoTerm;
  TermIndex Value = NoTerm; ///< NoTerm: something that is not known
  bool Several = false;     ///< into several elements of a container
};

/// A container or a list whose callables a thread takes out and calls. Terms are the worker's, with a hole in the place
/// of the element.
struct TaskQueue {
  TermIndex Callee = NoTerm;
  llvm::SmallVector<TermIndex, 4> Args;
  TermIndex Container = NoTerm;
  TermSet Handles;      ///< of the workers
  bool Element = false; ///< of a container; otherwise of a list
  unsigned Depth = 0;   ///< of the element in containers
  bool Virtual = false; ///< what is called is a method of the element
  bool Several = false; ///< workers
  bool OfMany = false;  ///< out of an array of containers, each with a worker of its own
  bool Listener = false; ///< what is called is told something that was not put there with it
  llvm::SmallVector<PathStep, 1> Starts; ///< operations that start the workers
};

struct Facts {
  Effects Own; ///< without accesses, once the function was looked at: those are the linker's
  std::vector<SpawnEffect> Spawns; ///< still running when it returns
  std::vector<JoinEffect> Joins;
  std::vector<StoreEffect> Stores;
  std::vector<std::pair<TermIndex, TermIndex>> Moves;
  LockSet Acquired;    ///< held when it returns
  TermSet MayAcquired; ///< locks that it may hold when it returns
  TermSet Released;    ///< the caller's locks that it gives back (mutexes or owners)
  TermSet Observed;    ///< seen when it returns
  TermSet Published;
  TermSet ReadyIf[2]; ///< addresses of futures that are ready where it returned true, and where it returned false
  TermSet Nonblocking; ///< values it makes non-blocking, for callers
  TermSet NonblockingHere; ///< ... in its own terms
  bool ReturnsNonblocking = false;
  TermIndex Returned = NoTerm;
  bool AsksCaller = false; ///< whether it blocks depends on what it is called with
};

/// Arguments in the place of parameters.
struct Binding {
  FunctionIndex Callee = NoFunction;
  llvm::SmallVector<TermIndex, 4> Params;
  TermIndex This = NoTerm;     ///< location
  llvm::SmallVector<TermIndex, 4> Captures;
  TermIndex Destination = NoTerm;
  TermIndex Result = NoTerm;
};

/// \p T of the callee in the caller's terms; NoTerm where it is the callee's own.
TermIndex bindTerm(TermTable &Table, TermIndex T, const Binding &B);

struct FunctionInfo {
  const UnitSummary *Unit = nullptr;
  unsigned Number = 0; ///< of the unit
  const Function *Record = nullptr;
  bool Ambiguous = false; ///< other units define another function of this name
};

/// A direct call, or one of a callable that was passed down, for effects that spread backwards over calls.
struct CallEdge {
  std::uint32_t Operation = 0;
  FunctionIndex Callee = NoFunction;
  const Trace *Via = nullptr;  ///< the way down to the call of a callable that was passed
  bool Foreign = false;        ///< of a callable that the caller itself was given
  const Binding *Bound = nullptr; ///< with Via: what it is called with
};

/// Who calls a function, and by which of its edges: one list, cut by callee.
class Callers {
public:
  explicit Callers(const std::vector<std::vector<CallEdge>> &Edges);
  struct Call {
    FunctionIndex Caller;
    std::uint32_t Edge : 31;
    std::uint32_t Foreign : 1; ///< as the edge says: most are turned down before they are looked at
  };
  llvm::ArrayRef<Call> of(FunctionIndex Callee) const {
    return llvm::ArrayRef(Calls).slice(First[Callee], First[Callee + 1] - First[Callee]);
  }

private:
  std::vector<std::uint32_t> First;
  std::vector<Call> Calls;
};

/// Where a coroutine is started.
struct StartOf {
  FunctionIndex Coroutine;
  ExecutorKind On;
  FunctionIndex By;         ///< the function that starts or awaits it
  std::uint32_t Operation;
  bool Inherits;            ///< runs where its starter runs
  bool ByHand = false;      ///< resumed by a plain function, to its end: where that runs is not known
};

/// A hand-over seen from the function it is in, for the check of asynchronous functions.
struct HandOver {
  FunctionIndex In;
  std::uint32_t Operation;
  ExecutorKind Kind;
  const Trace *Via;
  std::vector<Effects::Target> Targets;
  bool CallsParameter; ///< the body calls, or takes along, a callable parameter of In
  bool ReturnsCallee;  ///< In returns what the call at Operation returns
  bool FulfilsResult;  ///< what is handed over has hold of the promise whose future In returns
};

/// What one function tells the other parts of the link, apart from its callers. Maps are by operation.
struct Notes {
  llvm::DenseMap<std::uint32_t, TermSet> ReadyAt;   ///< addresses of futures that are known to be ready there
  llvm::DenseMap<std::uint32_t, TermSet> WaitingAt; ///< handles whose destructors would wait for a thread there
  llvm::DenseMap<std::uint32_t, TermIndex> DestroyedAt; ///< the handle whose life ends there
  llvm::DenseMap<std::uint32_t, llvm::SmallVector<TermIndex, 1>> ConditionValues; ///< resolved, by condition
  llvm::DenseMap<std::uint32_t, Binding> Bindings; ///< of direct calls whose callee asks its caller
  std::vector<StartOf> Starts;
  std::vector<HandOver> HandOvers;
  std::vector<Race> Races;
  std::vector<KeptLocks> Keeps;
  std::vector<FunctionIndex> ThreadBodies; ///< run by threads, pools or loops that it starts or feeds
  std::vector<std::pair<SymbolId, TaskQueue>> Queues;
  llvm::SmallVector<SymbolId, 2> NonblockingFields;
};

/// Why nothing is said of something, as counted for each function.
enum class Silence : std::uint8_t { MoreAccesses, UnknownCallable, MoreThreads, UnknownRunner, Last = UnknownRunner };
using SilenceCounts = std::array<std::uint16_t, static_cast<std::size_t>(Silence::Last) + 1>;

/// Whether control can come back to a block.
bool isInCycle(const UnitSummary &Unit, const Function &Record, std::uint32_t Block);

/// Whether the coroutine is suspended by this operation, as far as it knows itself.
bool suspends(const UnitSummary &Unit, const Op &O);

/// The field or variable that is accessed, 0 where it has no name.
SymbolId accessedLeaf(const UnitSummary &Unit, TermIndex T);

struct Linker {
  Linker(std::vector<const UnitSummary *> Units, LinkOptions Options);

  // Functions.cpp
  void indexFunctions();
  void orderCalls();
  FunctionIndex resolve(const UnitSummary &Unit, SymbolId Id) const;
  FunctionIndex resolve(unsigned Unit, SymbolId Id) const;
  /// All methods that a virtual call may run; empty if not all are known.
  std::vector<FunctionIndex> overriders(const UnitSummary &Unit, SymbolId Method) const;
  bool closed(FunctionIndex F) const;
  const Op &op(PathStep S) const {
    const FunctionInfo &I = Functions[S.In];
    return I.Unit->Ops[I.Record->FirstOp + S.Operation];
  }

  // Facts.cpp
  /// Looks at the function if nobody has.
  const Facts &facts(FunctionIndex F);
  /// The same of what \p Caller calls by name. Where functions call each other in a circle, the one that was come to
  /// first knows what all of them do; the others do without it.
  const Facts &facts(FunctionIndex Caller, FunctionIndex Callee) {
    return BackCalls.contains({Caller, Callee}) ? known(Callee) : facts(Callee);
  }
  /// What is known already.
  const Facts &known(FunctionIndex F) const;
  Notes &notes(FunctionIndex F) {
    if (!AllNotes[F])
      AllNotes[F] = std::make_unique<Notes>();
    return *AllNotes[F];
  }
  bool isPlain(FunctionIndex F);
  /// The callee where it is called by name, on nobody else's behalf, and runs here; \p Operation: in its function.
  FunctionIndex plainCallee(const FunctionInfo &I, std::uint32_t Operation) const;
  /// Whether the function was looked at and has nothing that callers have to know.
  bool saysNothing(FunctionIndex F) const {
    return Progress[F] == Reading::Done && !AllFacts[F] && !AllAccesses[F].Count;
  }
  /// ... nothing but what it accesses.
  bool onlyAccesses(FunctionIndex F) const {
    return Progress[F] == Reading::Done && !AllFacts[F] && AllAccesses[F].Count;
  }
  llvm::ArrayRef<AccessEffect> accesses(FunctionIndex F) const { return {AllAccesses[F].First, AllAccesses[F].Count}; }
  void keepAccesses(FunctionIndex F, llvm::ArrayRef<AccessEffect> Accesses);
  /// Whether a call of it has to say what it passes, for the search for blocking calls.
  bool asksCaller(FunctionIndex F) const { return Progress[F] == Reading::InProgress || known(F).AsksCaller; }
  void forget(FunctionIndex F);
  void readAll();

  // Demand.cpp
  void findAccesses();
  std::vector<FunctionIndex> learnDemand();
  std::vector<bool> dependents(llvm::ArrayRef<FunctionIndex> Changed) const;
  llvm::ArrayRef<std::pair<FunctionIndex, SymbolId>> leavesOf(FunctionIndex F) const;

  // Queues.cpp
  bool isListNode(SymbolId Id) const;
  /// Whether some thread works off this container, and not one of the same kind elsewhere.
  bool drains(TermIndex Container) const;
  bool learnQueues();

  // Blocking.cpp
  void spreadBlocking();

  // Suspensions.cpp
  bool canSuspend(FunctionIndex F);
  bool isSuspendedAt(PathStep At);
  void findKeptLocks();
  llvm::DenseMap<FunctionIndex, bool> Suspending;
  std::vector<KeptLocks> Kept;

  // Repetition.cpp
  bool isInLoop(PathStep At) const;
  bool makesPool(FunctionIndex Constructor) const;
  void findPoolsPerCall();
  std::vector<ShortPool> ShortPools;

  // Contexts.cpp
  void findContexts();
  void findHiddenThreads();
  void findWrappers();

  std::vector<const UnitSummary *> Units;
  LinkOptions Options;
  TermTable Terms;
  CircumstancesTable Under{Terms};
  std::size_t MostAccesses = 192; ///< of a function, that its callers get to know: the nearest
  std::vector<FunctionInfo> Functions;
  std::vector<llvm::DenseMap<SymbolId, FunctionIndex>> InUnit; ///< small tables: most calls stay in their unit
  llvm::DenseMap<SymbolId, FunctionIndex> Anywhere; ///< NoFunction where definitions differ
  llvm::DenseMap<const UnitSummary *, unsigned> UnitNumbers;
  struct Overriding {
    SymbolId Method;
    SymbolId Class;
  };
  llvm::DenseMap<SymbolId, llvm::SmallVector<Overriding, 2>> Overriders;
  llvm::DenseSet<SymbolId> OpenMethods; ///< somebody outside of what was read may override them
  llvm::DenseMap<SymbolId, std::uint32_t> Annotations; ///< FnAnnotated… of declarations and definitions
  llvm::DenseMap<SymbolId, std::string> SymbolNames;
  llvm::DenseMap<SymbolId, std::uint32_t> SymbolFlagsOf;

  /// By unit and operation: the function that is called, or NoFunction.
  std::vector<std::vector<FunctionIndex>> CalledAt;
  std::vector<FunctionIndex> Order; ///< callees before callers
  llvm::DenseSet<std::pair<FunctionIndex, FunctionIndex>> BackCalls; ///< by name, of functions that are looked at later
  enum class Reading : std::uint8_t { Fresh, InProgress, Done };
  std::vector<Reading> Progress;                 ///< by function
  std::vector<std::unique_ptr<Facts>> AllFacts;  ///< null: nothing that a caller has to know, but for accesses
  struct AccessList {
    AccessEffect *First = nullptr;
    std::uint32_t Count = 0, Room = 0;
  };
  std::vector<AccessList> AllAccesses; ///< by function; that callers have to know of: the nearest
  llvm::BumpPtrAllocator AccessArena;
  std::vector<std::unique_ptr<Notes>> AllNotes;  ///< null: nothing to note
  std::vector<SilenceCounts> SilencesIn;         ///< by function
  std::vector<std::vector<CallEdge>> Edges;      ///< by caller
  std::vector<std::pair<FunctionIndex, FunctionIndex>> Invoked; ///< callables, and where they became known
  llvm::BumpPtrAllocator Arena;
  std::list<Binding> Bound; ///< of callables, where they became known

  /// Fields and variables whose accesses can matter: what some thread touches, and somebody counts.
  llvm::DenseSet<SymbolId> Wanted;
  std::vector<std::pair<FunctionIndex, SymbolId>> AccessedLeaves; ///< by function; 0: behind a pointer
  llvm::DenseSet<SymbolId> Counted, Pointed; ///< by somebody; whose address somebody takes
  bool CountedBehindPointers = false;
  bool WantedBehindPointers = false; ///< ... and what has no name, behind a pointer or reference

  std::map<SymbolId, llvm::SmallVector<TaskQueue, 1>> Queues; ///< by container, or field of a list's nodes
  llvm::DenseMap<SymbolId, SymbolId> MethodClass; ///< of virtual methods that override nothing
  llvm::DenseSet<SymbolId> NonblockingFields;

  std::vector<Race> Races;

  /// A call that can block, as far as its function knows: what the conditions still ask is in terms of its parameters.
  struct BlockState {
    BlockingCategory Category = BlockingCategory::Blocking;
    std::uint8_t Severity = 0;
    bool Foreign = false;                 ///< through a callable that the function was given
    bool Assumed = false;                 ///< rests on a descriptor or time-out that nobody knows, taken for one that waits
    unsigned Length = 1;
    std::uint32_t Operation = 0;          ///< in the function that this is a fact of
    const Trace *Via = nullptr;           ///< from the operation down to the call of a callable that was passed
    FunctionIndex Next = NoFunction;      ///< the callee that goes on
    std::uint32_t NextState = 0;
    const Blocking *What = nullptr;       ///< null: declared to block
    const UnitSummary *Unit = nullptr;
    struct Open {
      ConditionKind Kind;
      bool Requires;
      TermIndex Value;
      std::int64_t Constant;
    };
    llvm::SmallVector<Open, 1> Conditions;
  };
  std::vector<std::vector<BlockState>> BlockStates; ///< by function
  enum class Answer { Holds, Fails, Unknown };
  bool isWithin(TermIndex At, TermIndex Whole) const;
  Answer ask(FunctionIndex F, std::uint32_t Operation, const BlockState::Open &C) const;
  void findBlocking(std::vector<std::pair<FunctionIndex, BlockState>> (&Found)[2]);
  /// Drops what is decided; false if the call does not block. \p Final: nobody else will know more.
  bool admit(FunctionIndex F, BlockState &S, bool Final) const;
  std::optional<BlockState> leaf(FunctionIndex F, std::uint32_t Operation) const;
  std::optional<BlockState> through(FunctionIndex Caller, const CallEdge &E, std::uint32_t StateNumber);
  /// Everything at this operation that can block.
  std::vector<BlockState> statesAt(FunctionIndex F, std::uint32_t Operation, BlockingCategory Category);
  BlockingPath path(FunctionIndex F, const BlockState &S) const;

  /// Where a coroutine runs at each of its operations.
  enum class Where : std::uint8_t { Unset, Pool, Unknown, Loop };
  std::vector<Where> Home; ///< by function
  std::vector<Where> whereEach(FunctionIndex F);
  std::vector<std::pair<FunctionIndex, BlockingPath>> BlockedLoops[2]; ///< by category

  /// Pools that are made with one thread, by the field or variable that holds them.
  llvm::DenseSet<SymbolId> SinglePools;

  std::vector<HiddenThread> Hidden;

  std::map<std::string, std::uint64_t> Silences;
};

} // namespace threadbare
