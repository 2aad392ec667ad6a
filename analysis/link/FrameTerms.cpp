// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known of places and values inside one function, and how they are said to callers and of callees.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace threadbare {

TermIndex unknownLock(TermTable &T) { return T.make({TermKind::Unknown, 0, 2, 0, 0, {}}); }

void insertSorted(TermSet &Set, TermIndex T) {
  if (!T)
    return;
  auto It = llvm::lower_bound(Set, T);
  if (It == Set.end() || *It != T)
    Set.insert(It, T);
}

bool insertAll(TermSet &Into, const TermSet &From) {
  auto Before = Into.size();
  for (TermIndex Item : From)
    insertSorted(Into, Item);
  return Into.size() != Before;
}

bool intersects(const TermSet &A, const TermSet &B) {
  auto I = A.begin();
  auto J = B.begin();
  while (I != A.end() && J != B.end()) {
    if (*I == *J)
      return true;
    if (*I < *J)
      ++I;
    else
      ++J;
  }
  return false;
}

TermIndex Frame::import(TermIndex Index) { return T.import(Unit, Index); }

/// The term with what is known here of stored values put in: a pointer's target, a callable's value.
TermIndex Frame::resolve(TermIndex Index, unsigned Depth) {
  if (!T.has(Index, HasOwn | HasGiven | HasLoad) || Depth > MostDepth)
    return Index;
  if (auto It = Memo.find(Index); It != Memo.end())
    return It->second;
  Memo[Index] = Index; // a cycle of stores means itself
  LinkedTerm Node = T.get(Index);
  TermIndex Known = Index;
  switch (Node.Kind) {
  case TermKind::Load: {
    TermIndex At = resolve(Node.A, Depth + 1);
    Known = T.load(At);
    if (auto It = Stored.find(At); It != Stored.end()) {
      if (It->second != NoTerm && It->second != Index)
        Known = resolve(It->second, Depth + 1);
    } else if (TermIndex Copied = ofCopy(At)) {
      Known = resolve(T.load(Copied), Depth + 1);
    } else if (TermIndex Held = ofEveryElement(At)) {
      Known = resolve(Held, Depth + 1);
    }
    break;
  }
  case TermKind::Result:
    if (auto It = Results.find(Node.A); It != Results.end() && It->second)
      Known = resolve(It->second, Depth + 1);
    break;
  case TermKind::Field:
    Known = T.field(resolve(Node.A, Depth + 1), Node.Id);
    break;
  case TermKind::Element:
    Known = T.element(resolve(Node.A, Depth + 1), resolve(Node.B, Depth + 1), Node.Flags);
    break;
  case TermKind::Pointee: {
    TermIndex Pointer = resolve(Node.A, Depth + 1);
    TermIndex Target = T.pointee(Pointer);
    Known = Target ? Target : Index;
    break;
  }
  case TermKind::Address:
    Known = T.address(resolve(Node.A, Depth + 1));
    break;
  case TermKind::Closure:
  case TermKind::Bound:
    if (Node.Kind == TermKind::Bound)
      Node.A = resolve(Node.A, Depth + 1);
    for (TermIndex &Item : Node.List)
      Item = resolve(Item, Depth + 1);
    Known = T.make(std::move(Node));
    break;
  case TermKind::Executor:
    if (Node.A) {
      Node.A = resolve(Node.A, Depth + 1);
      for (TermIndex &Item : Node.List)
        Item = resolve(Item, Depth + 1);
      Known = T.make(std::move(Node));
    }
    break;
  default:
    break;
  }
  if (!Known)
    Known = Index;
  Memo[Index] = Known;
  return Known;
}

/// Where a part of an object comes from that was copied as a whole: s.f after s = *p is (*p).f.
TermIndex Frame::ofCopy(TermIndex At) {
  if (!At || (T.kind(At) != TermKind::Field && T.kind(At) != TermKind::Element))
    return NoTerm;
  LinkedTerm Node = T.get(At);
  TermIndex Base = NoTerm;
  if (auto It = Stored.find(Node.A); It != Stored.end()) {
    if (It->second && T.kind(It->second) == TermKind::Load)
      Base = T.get(It->second).A;
  } else {
    Base = ofCopy(Node.A);
  }
  if (!Base)
    return NoTerm;
  return Node.Kind == TermKind::Field ? T.field(Base, Node.Id) : T.element(Base, Node.B, Node.Flags);
}

TermIndex bindTerm(TermTable &T, TermIndex Index, const Binding &B) {
  if (!T.has(Index, HasOwn | HasGiven))
    return T.withoutAny(Index);
  return T.map(T.withoutAny(Index), [&](TermIndex Leaf) -> TermIndex {
    const LinkedTerm &Node = T.get(Leaf);
    switch (Node.Kind) {
    case TermKind::Load: {
      const LinkedTerm &At = T.get(Node.A);
      if (At.Kind == TermKind::Param)
        return At.A < B.Params.size() ? B.Params[At.A] : NoTerm;
      if (At.Kind == TermKind::Capture)
        return At.A < B.Captures.size() ? B.Captures[At.A] : NoTerm;
      if (At.Kind == TermKind::ReturnSlot)
        return B.Result;
      return Leaf;
    }
    case TermKind::Param:
    case TermKind::Capture: {
      TermIndex V = Node.Kind == TermKind::Param ? (Node.A < B.Params.size() ? B.Params[Node.A] : NoTerm)
                                                 : (Node.A < B.Captures.size() ? B.Captures[Node.A] : NoTerm);
      return V && T.kind(V) == TermKind::Load ? T.get(V).A : NoTerm;
    }
    case TermKind::This:
      return B.This;
    case TermKind::ReturnSlot:
      return B.Destination;
    case TermKind::Local:
    case TermKind::Object:
    case TermKind::Result:
      return NoTerm;
    default:
      return Leaf;
    }
  });
}

TermIndex Frame::substitute(TermIndex Index, const Binding &B) { return resolve(bindTerm(T, Index, B)); }

TermSet Frame::substituteSet(const TermSet &Set, const Binding &B) {
  TermSet Mapped;
  for (TermIndex Item : Set)
    insertSorted(Mapped, substitute(Item, B));
  return Mapped;
}

CircumstancesIndex Frame::substituteUnder(CircumstancesIndex Under, const Binding &B, bool OtherThread) {
  if (L.Under[Under].OtherThread == (L.Under[Under].OtherThread || OtherThread) &&
      !(L.Under[Under].Has & (HasOwn | HasGiven | HasLoad | HasAny)))
    return Under;
  Circumstances C = L.Under[Under];
  C.Locks = substituteLocks(C.Locks, B);
  C.UnknownLock |= llvm::any_of(C.Locks, [&](const Held &H) { return H.Lock == unknownLock(T); });
  C.Dropped = substituteSet(C.Dropped, B);
  C.SeenBefore = substituteSet(C.SeenBefore, B);
  C.ToldAfter = substituteSet(C.ToldAfter, B);
  C.WaitedBefore = substituteSet(C.WaitedBefore, B);
  C.OtherThread |= OtherThread;
  return L.Under.make(std::move(C));
}

LockSet Frame::substituteLocks(const LockSet &Set, const Binding &B) {
  LockSet Mapped;
  for (const Held &H : Set) {
    Held M = H;
    M.Lock = H.Lock == unknownLock(T) ? H.Lock : substitute(H.Lock, B);
    M.Owner = substitute(H.Owner, B);
    if (!M.Lock) {
      // A lock of the callee's own protects nothing that others see; one that we cannot name might.
      TermIndex Root = T.root(H.Lock);
      if (Root && (T.kind(Root) == TermKind::Local || T.kind(Root) == TermKind::Object))
        continue;
      if (T.kind(H.Lock) == TermKind::Element && T.kind(T.get(H.Lock).A) == TermKind::Global &&
          T.get(T.get(H.Lock).A).Id == OnlyOneThread)
        continue;
      M.Lock = unknownLock(T);
    }
    Mapped.push_back(M);
  }
  return Mapped;
}

/// What only a caller can say more of.
bool Frame::isGiven(TermIndex Value) const {
  TermIndex Root = Value ? T.root(Value) : NoTerm;
  TermKind K = Root ? T.kind(Root) : TermKind::Unknown;
  return K == TermKind::Param || K == TermKind::This || K == TermKind::Capture;
}

/// In terms of what callers know; NoTerm for what is this function's own.
TermIndex Frame::exported(TermIndex Index) {
  if (T.depth(Index) > MostPointers)
    return NoTerm;
  if (!T.has(Index, HasOwn))
    return Index;
  return T.map(Index, [&](TermIndex Leaf) -> TermIndex {
    const LinkedTerm &Node = T.get(Leaf);
    switch (Node.Kind) {
    case TermKind::Local:
    case TermKind::Result:
      return NoTerm;
    case TermKind::Object: {
      // An object made here that is reachable through something a caller knows.
      for (const StoreEffect &S : Out.Stores)
        if (S.Value == T.address(Leaf))
          // Put into a container, it is one of many there: never the same as another that was.
          return T.pointee(T.load(oneOfMany(S.To)));
      return NoTerm;
    }
    default:
      return Leaf;
    }
  });
}

void Frame::store(TermIndex To, TermIndex Value, std::uint32_t Number, bool Several) {
  if (!To)
    return;
  // Null says that nothing is there, not where anything is.
  if (Value && T.kind(Value) == TermKind::Constant && T.get(Value).Id == 0)
    return;
  if (Value == T.load(To))
    return;
  To = resolve(To);
  noteElement(To, Number, Several);
  auto [It, New] = Stored.try_emplace(To, Value);
  if (!New && It->second != Value)
    It->second = NoTerm;
  Memo.clear();
}

/// A parameter or capture held by value, or a part of one: nobody else sees it.
bool Frame::isOwnCopy(TermIndex At) const {
  while (At) {
    const LinkedTerm &Node = T.get(At);
    switch (Node.Kind) {
    case TermKind::Field:
    case TermKind::Element:
      At = Node.A;
      continue;
    case TermKind::Param:
    case TermKind::Capture:
      return true;
    default:
      return false;
    }
  }
  return false;
}

/// Whether a thread may touch it that others meet there, as far as is known by now. This function's own variables are
/// followed in any case: what is in them tells rounds of a loop apart.
bool Frame::isWanted(TermIndex At) const {
  while (T.kind(At) == TermKind::Element)
    At = T.get(At).A;
  switch (T.kind(At)) {
  case TermKind::Field:
  case TermKind::Global:
    return L.Wanted.contains(T.get(At).Id);
  case TermKind::Local:
  case TermKind::Object:
    return true;
  default:
    return L.WantedBehindPointers;
  }
}

/// Of one thread each, or never written.
bool Frame::isPrivate(TermIndex At) const {
  while (At) {
    const LinkedTerm &Node = T.get(At);
    if (Node.Kind == TermKind::Global)
      return (Node.Flags & (TermThreadOwn | TermConst)) != 0;
    if (Node.Kind != TermKind::Field && Node.Kind != TermKind::Element)
      return false;
    At = Node.A;
  }
  return false;
}

void Frame::readStores() {
  for (std::uint32_t I = 0; I < Count; ++I) {
    const Op &O = Unit.Ops[Record.FirstOp + I];
    if (O.Kind == OpKind::Store)
      store(import(O.A), import(O.B), I);
    else if (O.Kind == OpKind::Move && O.B)
      (O.Flags & OpMaybe ? Aliases : Moves).emplace_back(import(O.A), import(O.B));
  }
  settleStores();
}

/// Places are found by what their pointers point to, as far as that is known: p->f and, with p = &x, x.f are one.
void Frame::settleStores() {
  for (unsigned Round = 0; Round < 3; ++Round) {
    Memo.clear();
    std::vector<std::pair<TermIndex, TermIndex>> Known(Stored.begin(), Stored.end());
    llvm::sort(Known);
    bool Changed = false;
    llvm::DenseMap<TermIndex, TermIndex> Settled;
    for (auto [To, Value] : Known) {
      TermIndex At = resolve(To);
      Changed |= At != To;
      auto [It, New] = Settled.try_emplace(At, Value);
      if (!New && It->second != Value)
        It->second = NoTerm;
    }
    if (!Changed)
      break;
    Stored = std::move(Settled);
  }
  Memo.clear();
}

bool isPrefix(const TermTable &T, TermIndex Prefix, TermIndex At) {
  while (At) {
    if (At == Prefix)
      return true;
    switch (T.kind(At)) {
    case TermKind::Field:
    case TermKind::Element:
    case TermKind::Pointee:
    case TermKind::Load:
      At = T.get(At).A;
      continue;
    default:
      return false;
    }
  }
  return false;
}

/// The place with every index that is not known made one of its own.
TermIndex Frame::oneOfMany(TermIndex At) {
  if (!At)
    return NoTerm;
  LinkedTerm Node = T.get(At);
  switch (Node.Kind) {
  case TermKind::Element:
    if (Node.B && T.kind(Node.B) == TermKind::Constant)
      return T.element(oneOfMany(Node.A), Node.B, Node.Flags);
    return T.element(oneOfMany(Node.A), T.make({TermKind::Unknown, TermThreadOwn, 1, 0, 0, {}}), 0);
  case TermKind::Field:
    return T.field(oneOfMany(Node.A), Node.Id);
  case TermKind::Pointee:
    return T.pointee(oneOfMany(Node.A));
  case TermKind::Load:
    return T.load(oneOfMany(Node.A));
  default:
    return At;
  }
}

} // namespace threadbare
