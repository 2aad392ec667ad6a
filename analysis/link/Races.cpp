// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which accesses of a function, its callees and the threads they start can meet. Two accesses race when they can run in
// parallel, reach the same object, one writes, no lock is common in modes that exclude each other, and nothing orders
// them: create and join by the flow of this function, publication by what one tells and the other has seen.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

/// The location with each index that differs from one start to the next made the thread's own.
TermIndex Frame::ownSlots(TermIndex At, std::uint32_t Operation) const {
  if (!At)
    return NoTerm;
  LinkedTerm Node = T.get(At);
  switch (Node.Kind) {
  case TermKind::Element: {
    TermIndex Base = ownSlots(Node.A, Operation);
    bool Own = (Node.Flags & TermAny) || !sameIndex(Node.B, Node.B, true, false, Operation, Operation);
    if (!Own)
      return T.element(Base, Node.B, Node.Flags);
    return T.element(Base, T.make({TermKind::Unknown, TermThreadOwn, 1, 0, 0, {}}), 0);
  }
  case TermKind::Field:
    return T.field(ownSlots(Node.A, Operation), Node.Id);
  case TermKind::Pointee:
    return T.pointee(ownSlots(Node.A, Operation));
  case TermKind::Load:
    return T.load(ownSlots(Node.A, Operation));
  default:
    return At;
  }
}

/// An argument with what differs from one start to the next made the thread's own.
TermIndex Frame::ownValue(TermIndex Value, std::uint32_t Operation) const {
  if (!Value)
    return NoTerm;
  switch (T.kind(Value)) {
  case TermKind::Address:
    return T.address(ownSlots(T.get(Value).A, Operation));
  case TermKind::Load:
  case TermKind::Derived:
    if (!sameIndex(Value, Value, true, false, Operation, Operation) &&
        (T.kind(Value) == TermKind::Derived || T.kind(T.get(Value).A) == TermKind::Local))
      return T.make({TermKind::Unknown, TermThreadOwn, 1, 0, 0, {}});
    return Value;
  default:
    return Value;
  }
}

/// Whether nothing but locks keeps two accesses apart.
bool Frame::canMeet(const AccessEffect &A, const AccessEffect &B) const {
  if (A.Kind == AccessKind::Read && B.Kind == AccessKind::Read)
    return false;
  const Circumstances &UnderA = L.Under[A.Under], &UnderB = L.Under[B.Under];
  if (UnderA.UnknownLock || UnderB.UnknownLock)
    return false;
  // Done once, under a flag, and seen by who came to the flag afterwards.
  auto Once = [](const Circumstances &Under, const Circumstances &After) {
    return llvm::any_of(Under.Locks, [&](const Held &H) { return llvm::is_contained(After.SeenBefore, H.Lock); });
  };
  if (Once(UnderA, UnderB) || Once(UnderB, UnderA))
    return false;
  return !intersects(UnderA.ToldAfter, UnderB.SeenBefore) && !intersects(UnderB.ToldAfter, UnderA.SeenBefore);
}

bool Frame::haveCommonLock(const AccessEffect &A, const AccessEffect &B, bool SameCode, bool AtOnce, std::uint32_t From,
                           std::uint32_t To) const {
  for (const Held &H : L.Under[A.Under].Locks)
    for (const Held &K : L.Under[B.Under].Locks)
      if ((H.Mode == LockMode::Exclusive || K.Mode == LockMode::Exclusive) &&
          excludeEachOther(H.Lock, K.Lock, A.At, SameCode, AtOnce, From, To))
        return true;
  return false;
}

void Frame::compare(llvm::ArrayRef<AccessEffect> As, const Instance *From, llvm::ArrayRef<AccessEffect> Bs,
                    const Instance *To, std::uint32_t Number, TermIndex Loop) {
  bool SameCode = From == To;
  auto IsMeant = [&](const AccessEffect &A) {
    return !Loop || (A.Task != NoIndex && Instances[A.Task].Spawn->On == Loop);
  };
  llvm::DenseMap<TermIndex, llvm::SmallVector<const AccessEffect *, 2>> ByShape;
  for (const AccessEffect &B : llvm::make_filter_range(Bs, IsMeant))
    ByShape[T.shape(B.At)].push_back(&B);
  for (const AccessEffect &A : llvm::make_filter_range(As, IsMeant)) {
    auto It = ByShape.find(T.shape(A.At));
    if (It == ByShape.end())
      continue;
    for (const AccessEffect *B : It->second) {
      if (SameCode && B < &A)
        continue;
      bool Same = SameCode;
      std::uint32_t First = From ? From->Operation : Number, Second = To ? To->Operation : Number;
      if (!canMeet(A, *B))
        continue;
      if ((From && waitedFor(L.Under[B->Under].WaitedBefore, *From->Spawn)) ||
          (To && waitedFor(L.Under[A.Under].WaitedBefore, *To->Spawn)))
        continue;
      if (A.Task != NoIndex || B->Task != NoIndex) {
        // Two tasks of one loop, wherever its threads were started.
        First = A.Task != NoIndex ? Instances[A.Task].Operation : First;
        Second = B->Task != NoIndex ? Instances[B->Task].Operation : Second;
        Same = A.Task == B->Task;
        if (Same && !(Instances[A.Task].Repeats || Instances[A.Task].Spawn->Many))
          continue;
      }
      const Instance *X = A.Task != NoIndex ? &Instances[A.Task] : From;
      const Instance *Y = B->Task != NoIndex ? &Instances[B->Task] : To;
      if (X && Y && inOneChain(*X, *Y)) {
        if (!X->Repeats && !X->Spawn->Many && !Y->Repeats && !Y->Spawn->Many)
          continue;
        Same = true; // of two chains
      }
      // Started several times by one operation: what was handed over once is shared.
      bool AtOnce = Same && (A.Task != NoIndex ? Instances[A.Task].Spawn->Many : From && From->Spawn->Many);
      // Started by one call: what it was given is the same for both.
      AtOnce |= X && Y && X != Y && X->Operation == Y->Operation;
      bool Both = sameObject(A.At, B->At, Same, AtOnce, First, Second);
      // Of two tasks, or a task and a thread, either may have been started first.
      if (!Both && !SameCode && X && Y && (A.Task != NoIndex || B->Task != NoIndex))
        Both = sameObject(A.At, B->At, Same, AtOnce, Second, First);
      if (Both && !haveCommonLock(A, *B, Same, AtOnce, First, Second))
        Candidates.push_back({&A, B, From ? From : X, To ? To : Y, SameCode});
    }
  }
}

void Frame::findRaces(std::uint32_t Number, const State &S, const std::vector<AccessEffect> &Own) {
  if (Instances.empty())
    return;
  for (std::size_t I = 0; I < Instances.size(); ++I) {
    Instance &Started = Instances[I];
    if (Started.Operation != Number)
      continue;
    Started.Repeats |= runs(S, I, Number);
    if (!parallel(Started))
      continue;
    auto &Accesses = Started.Spawn->Body.Accesses;
    if (waitedFor(Started.Spawn->WaitedBefore, *Started.Spawn))
      Started.Repeats = false; // each is joined before the next
    if ((Started.Repeats || Started.Spawn->Many) && !isSequential(*Started.Spawn))
      compare(Accesses, &Started, Accesses, &Started, Number);
    for (std::size_t J = 0; J < Instances.size(); ++J) {
      const Instance &Other = Instances[J];
      bool Alive = runs(S, J, Number);
      if (Other.Operation == Number && J < I) {
        // Of one call: both still run when it returns, or they met while it ran.
        auto Place = [&](const Instance &K) {
          return static_cast<std::uint32_t>(K.Spawn - Ops[Number]->Spawns.data());
        };
        Alive |= (!Other.Spawn->Over && !Started.Spawn->Over) ||
                 llvm::is_contained(Started.Spawn->Beside, Place(Other)) ||
                 llvm::is_contained(Other.Spawn->Beside, Place(Started));
      }
      if (Alive && J != I) {
        Overlaps[I].push_back(static_cast<std::uint32_t>(J));
      }
      if (J == I || !Alive || !parallel(Other) || waitedFor(Started.Spawn->WaitedBefore, *Other.Spawn))
        continue;
      bool SamePool = isSequential(*Started.Spawn) && isSequential(*Other.Spawn) && Started.Spawn->On == Other.Spawn->On;
      if (!SamePool)
        compare(Other.Spawn->Body.Accesses, &Other, Accesses, &Started, Number);
    }
  }
  findRunTogether(Number, S);
  if (Own.empty())
    return;
  // Whoever was called here ran a loop on several threads, and joined them.
  for (const Effects::Run &R : Ops[Number]->Here.Loops)
    if (R.Several)
      compare(Own, nullptr, Own, nullptr, Number, R.Loop);
  for (std::size_t J = 0; J < Instances.size(); ++J)
    if (runs(S, J, Number) && parallel(Instances[J]))
      compare(Instances[J].Spawn->Body.Accesses, &Instances[J], Own, nullptr, Number);
}

} // namespace threadbare
