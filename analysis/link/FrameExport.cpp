// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a caller has to know of a function.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace threadbare {

PathStep leafOf(const Trace *T) {
  while (T && T->Inner)
    T = T->Inner;
  return T ? T->Step : PathStep();
}

static bool isSameCall(const PendingCall &A, const PendingCall &B) {
  return A.Callee == B.Callee && A.Args == B.Args && A.As == B.As && A.Under == B.Under;
}

static bool isSameAccess(const AccessEffect &A, const AccessEffect &B) {
  return A.At == B.At && A.Kind == B.Kind && A.Under == B.Under;
}

/// Started by the same operation, to do the same to the same objects, for all that a caller can tell.
static bool isSameWork(const SpawnEffect &A, const SpawnEffect &B) {
  auto SameTarget = [](const Effects::Target &X, const Effects::Target &Y) { return X.Function == Y.Function; };
  return !A.Over && !B.Over && A.Kind == B.Kind && A.On == B.On && A.Queue == B.Queue && A.Serial == B.Serial &&
         A.Handles == B.Handles && A.WaitedBefore == B.WaitedBefore && leafOf(A.Via) == leafOf(B.Via) &&
         llvm::equal(A.Body.Accesses, B.Body.Accesses, isSameAccess) &&
         llvm::equal(A.Body.Pending, B.Body.Pending, isSameCall) &&
         llvm::equal(A.Body.Targets, B.Body.Targets, SameTarget);
}

/// Stores say under which name a caller knows an object that was made here.
void Frame::exportStores() {
  auto Keep = [&](TermIndex To, TermIndex Value) {
    if (Out.Stores.size() < MostStores)
      if (TermIndex Target = exported(To))
        Out.Stores.push_back({Target, Value ? resolve(Value) : NoTerm, putSeveralTimes(To)});
  };
  std::vector<std::pair<TermIndex, TermIndex>> Known(Stored.begin(), Stored.end());
  llvm::sort(Known);
  for (auto [To, Value] : Known) {
    TermIndex Root = T.root(To);
    TermKind K = Root ? T.kind(Root) : TermKind::Unknown;
    if ((K == TermKind::Param || K == TermKind::This || K == TermKind::ReturnSlot) && !isOwnCopy(To))
      Keep(To, Value);
  }
  exportResult();
  // What is in the objects that callers get to know.
  for (auto [To, Value] : Known)
    if (TermIndex Root = T.root(To); Root && Root != To && T.kind(Root) == TermKind::Object)
      Keep(To, Value);
}

void Frame::exportResult() {
  TermIndex Slot = T.make({TermKind::ReturnSlot, 0, 0, 0, 0, {}});
  bool Several = false;
  for (std::uint32_t I = 0; I < Count; ++I) {
    const Op &O = Unit.Ops[Record.FirstOp + I];
    if (O.Kind != OpKind::Return || !O.B)
      continue;
    TermIndex V = resolve(import(O.B));
    if (V && T.kind(V) == TermKind::Constant && T.get(V).Id == 0)
      continue;
    if (Out.Returned && Out.Returned != V)
      Several = true;
    Out.Returned = V;
  }
  if (Several)
    Out.Returned = NoTerm;
  if (Out.Returned && T.kind(Out.Returned) == TermKind::Address &&
      T.kind(T.get(Out.Returned).A) == TermKind::Object) {
    Out.Stores.push_back({Slot, Out.Returned});
    Out.Returned = NoTerm;
  }
  if (Out.Returned)
    Out.Returned = exported(Out.Returned);
}

TermSet Frame::exportedSet(const TermSet &From) {
  TermSet Mapped;
  for (TermIndex Item : From)
    insertSorted(Mapped, exported(Item));
  return Mapped;
}

LockSet Frame::exportedLocks(const LockSet &Set) {
  LockSet Mapped;
  for (const Held &H : Set) {
    Held M = H;
    M.Lock = H.Lock == unknownLock(T) ? H.Lock : exported(H.Lock);
    M.Owner = exported(H.Owner);
    if (!M.Lock) {
      // A mutex of its own protects nothing; one that a call returned, or a pointer leads to, may be anybody's.
      TermIndex At = H.Lock;
      while (At && (T.kind(At) == TermKind::Field || T.kind(At) == TermKind::Element))
        At = T.get(At).A;
      if (!At || T.kind(At) == TermKind::Local || T.kind(At) == TermKind::Object)
        continue;
      M.Lock = unknownLock(T);
    }
    Mapped.push_back(M);
  }
  return Mapped;
}

CircumstancesIndex Frame::exportedUnder(CircumstancesIndex Under, bool OtherThread) {
  if (const Circumstances &C = L.Under[Under];
      C.OtherThread == (C.OtherThread || OtherThread) && C.WaitedHere.empty() && !(C.Has & (HasOwn | HasLoad)))
    return Under;
  Circumstances C = L.Under[Under];
  C.Locks = exportedLocks(C.Locks);
  C.UnknownLock |= llvm::any_of(C.Locks, [&](const Held &H) { return H.Lock == unknownLock(T); });
  C.Dropped = exportedSet(C.Dropped);
  C.SeenBefore = exportedSet(C.SeenBefore);
  C.ToldAfter = exportedSet(C.ToldAfter);
  C.WaitedBefore = exportedSet(C.WaitedBefore);
  for (TermIndex W : C.WaitedHere)
    insertSorted(C.WaitedBefore, exported(W));
  C.WaitedHere.clear();
  C.OtherThread |= OtherThread;
  return L.Under.make(std::move(C));
}

/// \p Started: what was started once more for each round of a loop, or null.
void Frame::exportEffects(const Effects &From, Effects &Into, SaidAccesses &Said, bool OtherThread,
                          const Instance *Started) {
  llvm::SmallVector<FoundAccess, 32> Accesses;
  for (const AccessEffect &A : From.Accesses)
    Accesses.push_back({&A, nullptr});
  exportAccesses(Accesses, Into.Accesses, Said, OtherThread, Started);
  exportCalls(From, Into, OtherThread, Started);
}

void Frame::exportCalls(const Effects &From, Effects &Into, bool OtherThread, const Instance *Started) {
  bool Repeats = Started && Started->Repeats;
  for (const Effects::Run &R : From.Loops)
    if (TermIndex Loop = exported(R.Loop))
      Into.Loops.push_back({Loop, R.Via, R.Several || RunTogether.contains(R.Loop)});
  for (const PendingCall &P : From.Pending) {
    if (Into.Pending.size() >= MostPending)
      break;
    PendingCall M = P;
    M.Callee = exported(P.Callee);
    if (!M.Callee)
      continue;
    for (TermIndex &A : M.Args)
      A = exported(Repeats ? ownValue(A, Started->Operation) : A);
    M.Under = exportedUnder(P.Under, OtherThread);
    if (llvm::none_of(Into.Pending, [&](const PendingCall &K) { return isSameCall(K, M); }))
      Into.Pending.push_back(std::move(M));
  }
  for (TermIndex Item : From.Kept)
    insertSorted(Into.Kept, exported(Item));
  if (&Into != &Out.Own)
    Into.Targets.assign(From.Targets.begin(), From.Targets.begin() + std::min(From.Targets.size(), MostPending));
}

/// What holds where the function returns; nothing if it never does.
std::optional<Frame::State> Frame::atEnd() {
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  std::optional<State> End;
  for (std::uint32_t N = 0; N < Blocks.size(); ++N) {
    if (!In[N].Reached || !Unit.list(Blocks[N].Successors).empty())
      continue;
    State S = In[N];
    for (std::uint32_t I = 0; I < Blocks[N].Ops.Count; ++I)
      step(Blocks[N].Ops.First - Record.FirstOp + I, S);
    if (!End)
      End = std::move(S);
    else
      merge(*End, S);
  }
  return End;
}

void Frame::exportSpawns(const std::optional<State> &End) {
  // A function that loops for ever leaves running what it never joins.
  std::vector<std::uint8_t> Endless(Instances.size(), NotStarted);
  if (!End)
    for (const State &S : In)
      for (std::size_t I = 0; S.Reached && I < Instances.size(); ++I)
        Endless[I] = std::max(Endless[I], S.Lives[I]);
  std::vector<std::uint32_t> Places(Instances.size(), NoIndex);
  for (std::size_t I = 0; I < Instances.size(); ++I) {
    const SpawnEffect &S = *Instances[I].Spawn;
    bool Runs = End ? End->Lives[I] == Running : Endless[I] == Running;
    // What it runs is only known to a caller: whether that races, too.
    bool Unsettled = parallel(Instances[I]) && !S.Body.Pending.empty();
    if (!Runs && !Unsettled) {
      // Joined below: its accesses are made while this function runs, on another thread.
      exportEffects(S.Body, Out.Own, SaidByOwn, /*OtherThread=*/true, &Instances[I]);
      continue;
    }
    SpawnEffect M;
    static_cast<SpawnTraits &>(M) = S;
    M.Many |= Instances[I].Repeats;
    M.Over = !Runs;
    M.Chain = S.Chain;
    M.On = S.On ? exported(S.On) : NoTerm;
    M.Serial = S.Serial ? exported(S.Serial) : NoTerm;
    M.Handles = exportedSet(S.Handles);
    M.Via = S.Via;
    SaidAccesses Said;
    exportEffects(S.Body, M.Body, Said, false, &Instances[I]);
    // What was given to a queue by a pointer changes hands: callers know by a flag, or a message, when it is theirs again.
    if (S.Queue)
      llvm::erase_if(M.Body.Accesses, [&](const AccessEffect &A) {
        TermIndex Root = T.root(A.At);
        return T.depth(A.At) && Root && T.kind(Root) == TermKind::Param;
      });
    M.WaitedBefore = exportedSet(S.WaitedBefore);
    for (TermIndex W : S.WaitedHere)
      insertSorted(M.WaitedBefore, exported(W));
    // The same work, left running by several calls: one that runs several times.
    if (auto Same = llvm::find_if(Out.Spawns, [&](const SpawnEffect &K) { return isSameWork(K, M); });
        Same != Out.Spawns.end()) {
      auto Place = static_cast<std::uint32_t>(Same - Out.Spawns.begin());
      for (std::size_t J = 0; J < I; ++J)
        if (Places[J] == Place)
          Same->Many |= llvm::is_contained(Overlaps[I], J) || llvm::is_contained(Overlaps[J], I);
      Same->Many |= M.Many;
      Places[I] = Place;
      continue;
    }
    if (Out.Spawns.size() >= MostSpawns) {
      countSilence(Silence::MoreThreads);
      break;
    }
    Places[I] = static_cast<std::uint32_t>(Out.Spawns.size());
    Out.Spawns.push_back(std::move(M));
  }
  for (std::size_t I = 0; I < Instances.size(); ++I)
    if (Places[I] != NoIndex && I < Overlaps.size())
      for (std::uint32_t Other : Overlaps[I])
        if (Places[Other] != NoIndex)
          Out.Spawns[Places[I]].Beside.push_back(Places[Other]);
}

void Frame::exportFacts() {
  exportStores();
  std::optional<State> End = atEnd();
  exportOwnAccesses();
  for (std::uint32_t I = 0; I < Count; ++I)
    if (Ops[I]) {
      exportCalls(Ops[I]->Here, Out.Own, false, nullptr);
      for (const JoinEffect &J : Ops[I]->Joins)
        // A handle that was passed by value is the caller's all the same.
        if (TermIndex H = exported(J.Handle); H && Out.Joins.size() < MostSpawns)
          Out.Joins.push_back({H, J.InDestructor});
      for (TermIndex Item : Ops[I]->Publish)
        insertSorted(Out.Published, exported(Item));
    }
  for (TermIndex Made : Out.NonblockingHere)
    insertSorted(Out.Nonblocking, exported(Made));
  // Joins of a handle that was passed by value: the caller's variable.
  for (auto [From, To] : Moves) {
    TermIndex A = exported(resolve(From)), B = exported(resolve(To));
    if (A && B && Out.Moves.size() < MostSpawns)
      Out.Moves.emplace_back(A, B);
  }
  exportSpawns(End);
  if (End) {
    Out.Acquired = exportedLocks(End->Locks);
    Out.MayAcquired = exportedSet(End->May);
    for (TermIndex D : End->Dropped)
      insertSorted(Out.Released, exported(D));
    Out.Observed = exportedSet(End->Seen);
  }
  // Only now: until here they named the objects made here.
  for (StoreEffect &S : Out.Stores)
    S.Value = S.Value ? exported(S.Value) : NoTerm;
  TermIndex Slot = T.make({TermKind::ReturnSlot, 0, 0, 0, 0, {}});
  llvm::erase_if(Out.Stores, [&](const StoreEffect &S) {
    return S.To == Slot || (S.Value && S.Value == T.load(S.To));
  });
  noteHandOvers(End);
  // They stay for as long as callers are looked at: a million of them must fit.
  Out.Own.Pending.shrink_to_fit();
  Out.Stores.shrink_to_fit();
}

} // namespace threadbare
