// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the room: one function, seen with the facts of everything that it calls.
#pragma once

#include "link/Linker.h"

namespace threadbare {

// What a caller could not use anyway is not carried along without end.
inline constexpr std::size_t MostPending = 48, MostSpawns = 24, MostStores = 96;
inline constexpr unsigned MostDepth = 12;
/// What lies behind more pointers than this may be anything by the time that a caller sees it.
inline constexpr unsigned MostPointers = 3;

class Frame {
public:
  Frame(Linker &L, FunctionIndex F);
  void run();

private:
  /// What one operation does, callees included.
  struct OpEffects {
    Effects Here;
    std::vector<SpawnEffect> Spawns;
    std::vector<JoinEffect> Joins;
    LockSet Acquire;
    TermSet MayAcquire;
    TermSet Release;
    TermSet Observe, Publish;
    TermIndex Declares = NoTerm;
  };
  /// A thread or task that some operation of this function starts, itself or below.
  struct Instance {
    std::uint32_t Operation = 0;
    SpawnEffect *Spawn = nullptr;
    bool Repeats = false; ///< may run beside an earlier one of the same operation
    bool Runs = false;    ///< its executor is known to be one that runs in parallel with this function
  };
  /// A call of a function of which nothing but its accesses matters. Few of those get to callers, so they are brought
  /// into this frame when that is known.
  struct DistantAccesses {
    std::uint32_t Number = 0;
    FunctionIndex Callee = NoFunction;
    std::optional<Binding> Arguments; ///< made when somebody asks
    llvm::SmallVector<std::pair<CircumstancesIndex, CircumstancesIndex>, 2> Under; ///< the callee's, and here
  };
  /// Accesses of a list that callers get to know: what tells each from others.
  using SaidAccesses = llvm::SmallDenseSet<std::pair<std::uint64_t, std::uint64_t>, 32>;
  struct FoundAccess {
    const AccessEffect *Access;
    DistantAccesses *From; ///< null: in terms of this frame
  };
  /// A lock that may be held.
  struct MayHold {
    Held What;
    std::uint32_t Since; ///< the operation that takes it
    bool isOf(TermIndex LockOrOwner) const { return What.Lock == LockOrOwner || What.Owner == LockOrOwner; }
    friend bool operator==(const MayHold &, const MayHold &) = default;
  };
  enum Life : std::uint8_t { NotStarted, Running, Joined, MaybeJoined };
  struct State {
    bool Reached = false;
    LockSet Locks;
    TermSet Dropped, Seen, Waited;
    TermSet May; ///< locks held on some way here, taken by hand
    llvm::SmallVector<MayHold, 1> Kept; ///< in a coroutine: locks that threads wait for, held on some way here
    TermSet Gone; ///< handles, or what holds them, that were moved from or detached on some way here
    llvm::SmallVector<std::uint8_t, 8> Lives;
    std::vector<TermSet> Held; ///< by instance, where handles are assigned to: what holds it on some way here
  };

  // Terms in this frame.
  TermIndex import(TermIndex T);
  TermIndex resolve(TermIndex T, unsigned Depth = 0);
  TermIndex substitute(TermIndex T, const Binding &B);
  TermIndex exported(TermIndex T);
  TermIndex ofCopy(TermIndex At);
  TermIndex oneOfMany(TermIndex At);
  /// \p Number: the operation that stores it; \p Several: into several elements of a container.
  void store(TermIndex To, TermIndex Value, std::uint32_t Number = NoIndex, bool Several = false);
  bool isOwnCopy(TermIndex At) const;
  bool isPrivate(TermIndex At) const;
  bool isWanted(TermIndex At) const;
  bool isGiven(TermIndex Value) const;

  // Containers.cpp
  bool isInCycle(std::uint32_t Number);
  void noteElement(TermIndex To, std::uint32_t Number, bool Several);
  void findCommon();
  bool putSeveralTimes(TermIndex At) const;
  TermIndex inEveryElement(TermIndex At);
  TermIndex ofEveryElement(TermIndex At);
  llvm::DenseMap<std::uint32_t, bool> Cyclic;                      ///< by block
  llvm::DenseMap<TermIndex, std::pair<std::uint32_t, bool>> PutBy; ///< by shape: which operation, and how often
  llvm::DenseMap<TermIndex, TermIndex> Common;                     ///< by shape: what all elements hold
  llvm::DenseSet<TermIndex> NewEachRound;                          ///< declared in a loop

  // Calls.
  void readStores();
  void settleStores();
  void readCalls();
  void readOperation(std::uint32_t Number);
  std::vector<Binding> targets(std::uint32_t Number);
  void apply(const Binding &B, const Trace *To, OpEffects &Into, unsigned Depth);
  Binding bindDirect(std::uint32_t Number, FunctionIndex Callee);
  /// \p Accesses: those of the callee, which are kept apart.
  void importEffects(const Effects &From, llvm::ArrayRef<AccessEffect> Accesses, const Binding &B, const Trace *To,
                     Effects &Into, bool OtherThread, OpEffects *Op, unsigned Depth);
  void importSpawn(const SpawnEffect &From, const Binding &B, const Trace *To, std::vector<SpawnEffect> &Into,
                   unsigned Depth);
  bool bind(TermIndex Callee, llvm::ArrayRef<TermIndex> Args, Binding &Out);
  void invoke(TermIndex Callee, llvm::ArrayRef<TermIndex> Args, CircumstancesIndex Under, const Trace *To,
              Effects &Into, OpEffects *Op, unsigned Depth, SymbolId As = 0);
  CircumstancesIndex both(CircumstancesIndex Inner, CircumstancesIndex Outer);
  bool isForeign(const Op &O);
  bool isPassedIn(const Op &O, FunctionIndex Callee);
  llvm::SmallVector<TermIndex, 4> calledElements(TermIndex Callee);
  FunctionIndex dispatch(SymbolId Method, TermIndex Object);
  void readOffload(std::uint32_t Number, const Op &O, OpEffects &E);
  void readVirtual(std::uint32_t Number, const Op &O, llvm::ArrayRef<Binding> Callees, OpEffects &E);
  void readSpawn(std::uint32_t Number, const Op &O, OpEffects &E);
  bool startsItselfAgain(const SpawnEffect &S, const Binding &B);
  llvm::SmallVector<TermIndex, 4> Starting; ///< what the tasks run that are being brought into this frame
  void settleExecutor(SpawnEffect &S);
  void followHandles(SpawnEffect &S);
  void serialise(SpawnEffect &S);

  // FrameAccesses.cpp
  bool readPlainCall(std::uint32_t Number, const Op &O);
  const Binding &arguments(DistantAccesses &D);
  CircumstancesIndex under(DistantAccesses &D, CircumstancesIndex Inner);
  bool bring(AccessEffect &A, DistantAccesses &D);
  void bringAll();
  void completeDistant(std::uint32_t Number, const State &S);
  void exportOwnAccesses();

  // Queues.cpp
  void noteQueues();
  void joinTasks(State &S) const;
  void noteSinglePools();
  bool isFromQueue(TermIndex Callee) const;
  bool readEnqueue(std::uint32_t Number, const Op &O, OpEffects &E);
  llvm::DenseSet<std::pair<TermIndex, TermIndex>> Enqueued;

  // HandOvers.cpp
  void noteHandOvers(const std::optional<State> &End);
  bool isCompletion(TermIndex Callee, const PendingCall *Call) const;
  bool takesAlong(const Instance &I);
  bool servesForever(const PendingCall &P) const;
  bool fulfilsResult(const Instance &I);

  // Suspensions.cpp
  void keep(std::uint32_t Number, State &S);
  static bool isKeptByChoice(const Op &Release, TermIndex Released, const State &S);
  void noteSuspension(std::uint32_t Number, const State &S);
  std::string nameOf(const Held &H) const;
  bool isTakenByResume(const MayHold &K, std::uint32_t Await) const;
  bool isGivenTo(TermIndex Awaited, const MayHold &K);

  // For other parts of the link.
  void noteWaits(std::uint32_t Number, const State &S);
  void noteStarts();
  void noteNonblocking();

  // Flow.
  void flow();
  void findConditionalLocks();
  void step(std::uint32_t Number, State &S);
  bool merge(State &Into, const State &From);
  void publishesAfter();
  void joinAll(const std::vector<JoinEffect> &Joins, State &S);
  bool joins(const JoinEffect &J, const SpawnEffect &S) const;
  bool isHeld(TermIndex Handle, std::size_t Instance, const State &S) const;
  void moveHeld(TermIndex From, TermIndex To, State &S) const;
  const TermSet &toldAfter(std::uint32_t Number) const;
  bool knows(const State &S, const TermSet &Told) const;
  CircumstancesIndex complete(CircumstancesIndex Under, const State &S, const TermSet &Told) const;
  bool isPoolOf(TermIndex Handle, const SpawnEffect &S) const;
  bool waitedFor(const TermSet &Handles, const SpawnEffect &S) const;

  // Parallel.cpp, Races.cpp
  struct Candidate {
    const AccessEffect *A, *B;
    const Instance *From, *To; ///< null: this function itself
    bool SameCode;
  };
  void assignTasks();
  bool parallel(const Instance &I) const;
  bool isSequential(const SpawnEffect &S) const;
  void findRunTogether(std::uint32_t Number, const State &S);
  bool inOneChain(const Instance &A, const Instance &B) const;
  bool runs(const State &S, std::size_t I, std::uint32_t Number) const;
  bool joinedLater(const Instance &I, std::uint32_t Number) const;
  void findRaces(std::uint32_t Number, const State &S, const std::vector<AccessEffect> &Own);
  void compare(llvm::ArrayRef<AccessEffect> As, const Instance *From, llvm::ArrayRef<AccessEffect> Bs,
               const Instance *To, std::uint32_t Number, TermIndex Loop = NoTerm);
  bool canMeet(const AccessEffect &A, const AccessEffect &B) const;
  bool haveCommonLock(const AccessEffect &A, const AccessEffect &B, bool SameCode, bool AtOnce, std::uint32_t From,
                      std::uint32_t To) const;
  TermIndex ownValue(TermIndex Value, std::uint32_t Operation) const;
  TermIndex ownSlots(TermIndex At, std::uint32_t Operation) const;

  // SameObject.cpp
  bool reaches(std::uint32_t From, std::uint32_t To, TermIndex Fresh) const;
  bool isRenewed(TermIndex Value, bool SameCode, bool AtOnce, std::uint32_t From, std::uint32_t To) const;
  bool sameObject(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From, std::uint32_t To) const;
  bool sameIndex(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From, std::uint32_t To) const;
  bool indexesDiffer(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From, std::uint32_t To) const;
  bool locksDiffer(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From, std::uint32_t To) const;
  bool excludeEachOther(TermIndex A, TermIndex B, TermIndex Guarded, bool SameCode, bool AtOnce, std::uint32_t From,
                        std::uint32_t To) const;

  // RaceReports.cpp
  void reportRaces();
  RaceSide side(const AccessEffect &A, const Instance *I) const;
  std::string describe(TermIndex At) const;

  // What callers have to know.
  void exportFacts();
  void exportStores();
  void exportResult();
  void exportEffects(const Effects &From, Effects &Into, SaidAccesses &Said, bool OtherThread,
                     const Instance *Started);
  void exportAccesses(llvm::ArrayRef<FoundAccess> From, std::vector<AccessEffect> &Into, SaidAccesses &Said,
                      bool OtherThread, const Instance *Started);
  void exportCalls(const Effects &From, Effects &Into, bool OtherThread, const Instance *Started);
  void exportSpawns(const std::optional<State> &End);
  std::optional<State> atEnd();
  TermSet exportedSet(const TermSet &From);
  LockSet exportedLocks(const LockSet &Set);
  CircumstancesIndex exportedUnder(CircumstancesIndex Under, bool OtherThread);

  void countSilence(Silence Reason) {
    std::uint16_t &Times = L.SilencesIn[F][static_cast<std::size_t>(Reason)];
    Times += Times != UINT16_MAX;
  }
  const Trace *trace(std::uint32_t Number, const Trace *Inner = nullptr);
  const Trace *append(const Trace *Outer, const Trace *Inner);
  TermSet substituteSet(const TermSet &Set, const Binding &B);
  CircumstancesIndex substituteUnder(CircumstancesIndex Under, const Binding &B, bool OtherThread);
  LockSet substituteLocks(const LockSet &Set, const Binding &B);

  Linker &L;
  TermTable &T;
  FunctionIndex F;
  const UnitSummary &Unit;
  const Function &Record;
  Facts &Out;

  std::uint32_t Count = 0; ///< operations
  llvm::SmallVector<std::unique_ptr<OpEffects>, 64> Ops;
  llvm::SmallVector<std::uint32_t, 64> BlockOf;
  llvm::DenseMap<TermIndex, TermIndex> Stored;
  llvm::DenseMap<TermIndex, TermIndex> Memo;
  llvm::DenseMap<std::uint32_t, TermIndex> Results;
  llvm::DenseMap<std::uint32_t, Binding> DirectBindings; ///< calls of coroutines whose result is started elsewhere
  std::vector<std::pair<TermIndex, TermIndex>> Moves;
  std::vector<std::pair<TermIndex, TermIndex>> Aliases; ///< handles, and what is waited for as well
  std::vector<Instance> Instances;
  std::vector<Candidate> Candidates;
  llvm::SmallVector<DistantAccesses, 8> Distant; ///< by operation
  SaidAccesses SaidByOwn; ///< in Out.Own
  std::vector<llvm::SmallVector<std::uint32_t, 2>> Overlaps; ///< by instance: which others ran beside it
  llvm::SmallDenseSet<TermIndex, 2> RunTogether; ///< loops that several threads run at once
  TermSet Conditional; ///< locks that are given back where they are held on some ways only: some condition knows
  llvm::SmallVector<State, 4> In;
  std::vector<TermSet> After; ///< by operation, where anything is published
};

inline void deepen(AccessEffect &A) { A.Depth = A.Depth == UINT16_MAX ? A.Depth : A.Depth + 1; }

/// A lock that is held but cannot be named.
TermIndex unknownLock(TermTable &T);

void insertSorted(TermSet &Set, TermIndex T);
/// Whether anything was new.
bool insertAll(TermSet &Into, const TermSet &From);
bool intersects(const TermSet &A, const TermSet &B);
/// Whether \p At is \p Prefix, or reached through it.
bool isPrefix(const TermTable &T, TermIndex Prefix, TermIndex At);
/// The operation at the end of the way: where something is done, or started.
PathStep leafOf(const Trace *T);

} // namespace threadbare
