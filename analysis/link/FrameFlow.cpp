// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What holds at each operation: locks, threads that run, what was published or waited for. A forward data-flow
// analysis over the blocks, to a fixed point.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace threadbare {

bool Frame::joins(const JoinEffect &J, const SpawnEffect &S) const {
  if (!J.Handle)
    return false;
  // A pool that is joined has no task left.
  if (S.On && J.Handle == S.On && (S.Kind == ExecutorKind::Pool || S.Kind == ExecutorKind::Strand))
    return true;
  if (S.On && S.Anonymous && isPrefix(T, J.Handle, S.On))
    return true;
  for (TermIndex H : S.Handles) {
    if (J.Handle == H) {
      // The destructor of a future waits only for std::async's own thread.
      return true;
    }
    if (isPrefix(T, J.Handle, H))
      return true;
    // Some element, every element in turn, or a part of them: one that is known to be another is not meant. Which
    // thread of several an index stands for is not known; that one is waited for says that the others are.
    auto Constant = [&](TermIndex At) {
      return T.kind(At) == TermKind::Element && T.get(At).B && T.kind(T.get(At).B) == TermKind::Constant;
    };
    if (Constant(J.Handle) && Constant(H))
      continue;
    TermIndex All = T.shape(J.Handle), One = T.shape(H);
    bool InContainer =
        T.mentions(J.Handle, [](const LinkedTerm &Node) { return Node.Kind == TermKind::Element; });
    if (InContainer && (isPrefix(T, All, One) || isPrefix(T, One, All)))
      return true;
  }
  return false;
}

/// Whether the pool itself ends, or what it is a part of; the end of a future waits for no pool.
bool Frame::isPoolOf(TermIndex Handle, const SpawnEffect &S) const {
  return S.Kind == ExecutorKind::Pool && S.On && (Handle == S.On || isPrefix(T, Handle, S.On));
}

bool Frame::waitedFor(const TermSet &Handles, const SpawnEffect &S) const {
  return llvm::any_of(Handles, [&](TermIndex H) { return joins({H, false}, S); });
}

/// Whether this is where an instance's handle is, as far as that is followed.
bool Frame::isHeld(TermIndex Handle, std::size_t Instance, const State &S) const {
  return S.Held.empty() || llvm::any_of(S.Held[Instance], [&](TermIndex H) { return L.isWithin(H, Handle); });
}

void Frame::moveHeld(TermIndex From, TermIndex To, State &S) const {
  for (TermSet &Held : S.Held)
    if (llvm::is_contained(Held, From)) {
      llvm::erase(Held, From);
      insertSorted(Held, To);
    }
}

void Frame::joinAll(const std::vector<JoinEffect> &Joins, State &S) {
  for (const JoinEffect &J : Joins) {
    // Whoever was moved from has nothing to wait for.
    if (J.InDestructor && !J.Replaced &&
        llvm::any_of(Moves, [&](auto &M) { return M.first && resolve(M.first) == J.Handle; }))
      continue;
    for (std::size_t I = 0; I < Instances.size(); ++I)
      if ((S.Lives[I] == Running || S.Lives[I] == MaybeJoined) && joins(J, *Instances[I].Spawn) &&
          (!J.Replaced || isHeld(J.Handle, I, S)) &&
          (!J.InDestructor || Instances[I].Spawn->JoinsInDestructor || isPoolOf(J.Handle, *Instances[I].Spawn)))
        S.Lives[I] = Joined;
  }
  if (!Joins.empty())
    joinTasks(S);
}

void Frame::step(std::uint32_t Number, State &S) {
  if (const Op &O = Unit.Ops[Record.FirstOp + Number];
      O.Kind == OpKind::Move && !(O.Flags & OpMaybe) && !Instances.empty()) {
    TermIndex From = resolve(import(O.A));
    insertSorted(S.Gone, From);
    // A smart pointer was moved from: what it pointed to is another's.
    if (TermIndex Target = T.pointee(resolve(T.load(From))); Target && Target != From)
      insertSorted(S.Gone, Target);
    if (O.B) {
      llvm::erase(S.Gone, resolve(import(O.B)));
      moveHeld(From, resolve(import(O.B)), S);
    }
  }
  if (Record.Flags & FnCoroutine)
    keep(Number, S);
  // What a function does with a handle that nobody has read is not known.
  if (const Op &O = Unit.Ops[Record.FirstOp + Number];
      O.Kind == OpKind::Call && !S.Held.empty() &&
      L.CalledAt[L.Functions[F].Number][Record.FirstOp + Number] == NoFunction)
    for (TermIndex A : Unit.list(O.List))
      if (TermIndex Given = resolve(import(A)); Given && T.kind(Given) == TermKind::Address)
        moveHeld(T.get(Given).A, NoTerm, S);
  OpEffects *E = Ops[Number].get();
  if (!E)
    return;
  if (Unit.Ops[Record.FirstOp + Number].Kind == OpKind::Release &&
      (Unit.Ops[Record.FirstOp + Number].Flags & OpMaybe)) {
    for (TermIndex R : E->Release)
      llvm::erase(S.May, R);
    return;
  }
  for (TermIndex R : E->Release) {
    auto Old = S.Locks.size();
    llvm::erase_if(S.Locks, [&](const Held &H) { return H.Lock == R || H.Owner == R; });
    if (Old == S.Locks.size())
      insertSorted(S.Dropped, R);
    llvm::erase(S.May, R);
  }
  for (TermIndex M : E->MayAcquire)
    insertSorted(S.May, M);
  for (const Held &H : E->Acquire)
  {
    if (!llvm::is_contained(S.Locks, H))
      S.Locks.push_back(H);
    if (!H.Owner && H.Lock != unknownLock(T))
      insertSorted(S.May, H.Lock);
    // Guards that a container keeps: how many of them, only the loop knows that puts them there.
    if (H.Owner && T.kind(H.Owner) == TermKind::Element) {
      insertSorted(S.May, H.Lock);
      insertSorted(Conditional, H.Lock);
    }
  }
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  for (TermIndex Item : E->Observe)
    insertSorted(S.Seen, Item);
  if (O.Kind == OpKind::Declare || O.Kind == OpKind::Spawn)
    llvm::erase(S.Gone, resolve(import(O.Kind == OpKind::Spawn ? O.C : O.A)));
  joinAll(E->Joins, S);
  for (const JoinEffect &J : E->Joins) {
    if (!J.InDestructor)
      insertSorted(S.Waited, J.Handle);
    else
      moveHeld(J.Handle, NoTerm, S);
  }
  for (std::size_t I = 0; I < Instances.size(); ++I)
    if (Instances[I].Operation == Number) {
      S.Lives[I] = Instances[I].Spawn->Over ? Joined : Running;
      if (!S.Held.empty())
        S.Held[I] = Instances[I].Spawn->Given;
    }
}

bool Frame::merge(State &Into, const State &From) {
  if (!Into.Reached) {
    Into = From;
    Into.Reached = true;
    return true;
  }
  bool Changed = false;
  auto Old = Into.Locks.size();
  llvm::erase_if(Into.Locks, [&](const Held &H) {
    return llvm::none_of(From.Locks, [&](const Held &K) { return K.Lock == H.Lock && K.Mode == H.Mode; });
  });
  Changed |= Old != Into.Locks.size();
  Changed |= insertAll(Into.Waited, From.Waited);
  Changed |= insertAll(Into.May, From.May);
  Changed |= insertAll(Into.Dropped, From.Dropped);
  Changed |= insertAll(Into.Gone, From.Gone);
  for (const MayHold &K : From.Kept)
    if (!llvm::is_contained(Into.Kept, K)) {
      Into.Kept.push_back(K);
      Changed = true;
    }
  for (std::size_t I = 0; I < Into.Held.size(); ++I)
    Changed |= insertAll(Into.Held[I], From.Held[I]);
  auto Seen = Into.Seen.size();
  llvm::erase_if(Into.Seen, [&](TermIndex Item) { return !llvm::is_contained(From.Seen, Item); });
  Changed |= Seen != Into.Seen.size();
  for (std::size_t I = 0; I < Into.Lives.size(); ++I) {
    std::uint8_t A = Into.Lives[I], B = From.Lives[I];
    std::uint8_t Both = A == NotStarted ? B : B == NotStarted || A == B ? A : MaybeJoined;
    Changed |= Both != A;
    Into.Lives[I] = Both;
  }
  return Changed;
}

void Frame::flow() {
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  In.assign(Blocks.size(), {});
  if (Blocks.empty())
    return;
  In[0].Reached = true;
  In[0].Lives.assign(Instances.size(), NotStarted);
  if (!Instances.empty() && llvm::any_of(llvm::ArrayRef(Unit.Ops).slice(Record.FirstOp, Count),
                                         [](const Op &O) { return O.Kind == OpKind::Join && O.Sub; }))
    In[0].Held.assign(Instances.size(), {});
  std::vector<bool> Waiting(Blocks.size(), false);
  std::vector<std::uint32_t> Work{0};
  Waiting[0] = true;
  unsigned Budget = 64 * static_cast<unsigned>(Blocks.size()) + 1024;
  while (!Work.empty() && Budget--) {
    std::uint32_t N = Work.back();
    Work.pop_back();
    Waiting[N] = false;
    State S = In[N];
    for (std::uint32_t I = 0; I < Blocks[N].Ops.Count; ++I)
      step(Blocks[N].Ops.First - Record.FirstOp + I, S);
    for (std::uint32_t Next : Unit.list(Blocks[N].Successors))
      if (merge(In[Next], S) && !Waiting[Next]) {
        Waiting[Next] = true;
        Work.push_back(Next);
      }
  }
}

/// if (c) lock(); ... if (c) unlock(); and what was tried: which ways hold the lock, a condition knows that we do not.
/// That it is given back says that the author does.
void Frame::findConditionalLocks() {
  if (llvm::none_of(Ops, [](const auto &E) { return E && !E->Release.empty(); }))
    return;
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  for (std::uint32_t N = 0; N < Blocks.size(); ++N) {
    if (!In[N].Reached)
      continue;
    State S = In[N];
    for (std::uint32_t I = 0; I < Blocks[N].Ops.Count; ++I) {
      std::uint32_t Number = Blocks[N].Ops.First - Record.FirstOp + I;
      const Op &O = Unit.Ops[Record.FirstOp + Number];
      if (Ops[Number] && !(O.Kind == OpKind::Release && (O.Flags & OpMaybe)))
        for (TermIndex R : Ops[Number]->Release)
          if ((llvm::is_contained(S.May, R) || isKeptByChoice(O, R, S)) &&
              llvm::none_of(S.Locks, [&](const Held &H) { return H.Lock == R || H.Owner == R; }))
            insertSorted(Conditional, R);
      step(Number, S);
    }
  }
}

/// For each operation, what is published on some way from it to the end.
void Frame::publishesAfter() {
  if (llvm::none_of(Ops, [](auto &E) { return E && !E->Publish.empty(); }))
    return;
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  std::vector<TermSet> At(Blocks.size());
  After.assign(Count, {});
  for (bool Changed = true; Changed;) {
    Changed = false;
    for (std::size_t N = Blocks.size(); N-- > 0;) {
      TermSet Set;
      for (std::uint32_t Next : Unit.list(Blocks[N].Successors))
        for (TermIndex Item : At[Next])
          insertSorted(Set, Item);
      for (std::uint32_t I = Blocks[N].Ops.Count; I-- > 0;) {
        std::uint32_t Number = Blocks[N].Ops.First - Record.FirstOp + I;
        After[Number] = Set;
        if (Ops[Number])
          for (TermIndex Item : Ops[Number]->Publish)
            insertSorted(Set, Item);
      }
      if (Set.size() != At[N].size()) {
        At[N] = Set;
        Changed = true;
      }
    }
  }
}

const TermSet &Frame::toldAfter(std::uint32_t Number) const {
  static const TermSet Nothing;
  return After.empty() ? Nothing : After[Number];
}

/// Whether there is anything to add to the circumstances under which something is done.
bool Frame::knows(const State &S, const TermSet &Told) const {
  return !(S.Locks.empty() && S.Dropped.empty() && S.May.empty() && S.Waited.empty() && S.Seen.empty() && Told.empty());
}

/// Adds what this function knows at the place where something is done: locks held, publications seen and told.
CircumstancesIndex Frame::complete(CircumstancesIndex Under, const State &S, const TermSet &Told) const {
  if (!knows(S, Told))
    return Under;
  Circumstances C = L.Under[Under];
  if (!C.OtherThread) {
    for (const Held &H : S.Locks) {
      if (llvm::is_contained(C.Dropped, H.Lock) || (H.Owner && llvm::is_contained(C.Dropped, H.Owner)))
        continue;
      if (H.Lock == unknownLock(T))
        C.UnknownLock = true;
      else if (!llvm::is_contained(C.Locks, H))
        C.Locks.push_back(H);
    }
    insertAll(C.Dropped, S.Dropped);
    if (intersects(S.May, Conditional))
      C.UnknownLock = true;
  }
  insertAll(C.WaitedHere, S.Waited);
  insertAll(C.SeenBefore, S.Seen);
  insertAll(C.ToldAfter, Told);
  return L.Under.make(std::move(C));
}

} // namespace threadbare
