// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whether two places can be the same object, seen by two threads: what is new in each round of a loop, an index that
// each start got another value of, and parts of an array that loops walk are not; and whether two locks are known to be
// different ones.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

/// Whether control can go from behind one operation to another without passing where \p Fresh begins anew or gets
/// another value.
bool Frame::reaches(std::uint32_t From, std::uint32_t To, TermIndex Fresh) const {
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  auto Renews = [&](std::uint32_t Number) {
    if (T.kind(Fresh) == TermKind::Result && T.get(Fresh).A == Number)
      return true;
    const OpEffects *E = Ops[Number].get();
    if (!E)
      return false;
    if (E->Declares == Fresh)
      return true;
    const Op &O = Unit.Ops[Record.FirstOp + Number];
    if (O.Kind == OpKind::Store && T.kind(Fresh) == TermKind::Local && T.import(Unit, O.A) == Fresh)
      return true;
    if (O.Kind == OpKind::Access && static_cast<AccessKind>(O.Sub) != AccessKind::Read)
      for (const AccessEffect &A : E->Here.Accesses)
        if (A.At == Fresh)
          return true;
    return false;
  };
  // Returns true if To is met, false if a renewal stops the walk; nothing if the block ends.
  auto Walk = [&](std::uint32_t Block, std::uint32_t First) -> std::optional<bool> {
    std::uint32_t End = Blocks[Block].Ops.First - Record.FirstOp + Blocks[Block].Ops.Count;
    for (std::uint32_t I = First; I < End; ++I) {
      if (I == To)
        return true;
      if (Renews(I))
        return false;
    }
    return std::nullopt;
  };
  std::vector<bool> Seen(Blocks.size(), false);
  std::vector<std::uint32_t> Work;
  auto Follow = [&](std::uint32_t Block) {
    for (std::uint32_t Next : Unit.list(Blocks[Block].Successors))
      if (!Seen[Next]) {
        Seen[Next] = true;
        Work.push_back(Next);
      }
  };
  if (auto Met = Walk(BlockOf[From], From + 1))
    return *Met;
  Follow(BlockOf[From]);
  while (!Work.empty()) {
    std::uint32_t Block = Work.back();
    Work.pop_back();
    auto Met = Walk(Block, Blocks[Block].Ops.First - Record.FirstOp);
    if (Met && *Met)
      return true;
    if (!Met)
      Follow(Block);
  }
  return false;
}

namespace {
/// Numbers from Low on, Step apart, below End.
struct Numbers {
  std::int64_t Low = 0, End = 0, Step = 1;
};
} // namespace

static std::optional<Numbers> numbersOf(const TermTable &T, TermIndex Index) {
  const LinkedTerm &Node = T.get(Index);
  auto Number = [&](TermIndex I) { return static_cast<std::int64_t>(T.get(I).Id); };
  if (Node.Kind == TermKind::Constant)
    return Numbers{Number(Index), Number(Index) + 1, 1};
  bool Known = Node.Kind == TermKind::Interval && Node.List.size() == 3 &&
               llvm::all_of(Node.List, [&](TermIndex I) { return T.kind(I) == TermKind::Constant; });
  if (!Known || Number(Node.List[2]) < 1)
    return std::nullopt;
  return Numbers{Number(Node.List[0]), Number(Node.List[1]), Number(Node.List[2])};
}

/// Whether two walks come to the same number. Where their steps differ, some number of the one is taken to be one of
/// the other's.
static bool overlap(const Numbers &A, const Numbers &B) {
  if (A.End <= B.Low || B.End <= A.Low)
    return false;
  return A.Step != B.Step || (A.Low - B.Low) % A.Step == 0;
}

/// Whether two different indexes can be equal: parts of an array that loops walk.
static bool canBeEqual(const TermTable &T, TermIndex A, TermIndex B) {
  if (T.kind(A) != TermKind::Interval)
    std::swap(A, B);
  if (T.kind(A) != TermKind::Interval)
    return false;
  if (!B)
    return true; // some element
  auto X = numbersOf(T, A), Y = numbersOf(T, B);
  return X && Y && overlap(*X, *Y);
}

/// Whether two indexes can be equal: not if each thread has its own, or each start got another value.
bool Frame::sameIndex(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From,
                      std::uint32_t To) const {
  // Of several values that give the same index nobody knows which do.
  auto Folded = [&](TermIndex I) { return T.kind(I) == TermKind::Derived && (T.get(I).Flags & TermFolded); };
  A = Folded(A) ? NoTerm : A;
  B = Folded(B) ? NoTerm : B;
  auto Own = [&](TermIndex I) {
    return T.mentions(I, [](const LinkedTerm &Node) { return (Node.Flags & TermThreadOwn) != 0; });
  };
  if (Own(A) || Own(B))
    return false;
  // What is the same loop's counter here is compared as its value.
  auto Counter = [&](TermIndex I) { return T.kind(I) == TermKind::Interval ? T.get(I).A : NoTerm; };
  if (A != B && Counter(A) && T.kind(B) == TermKind::Load)
    A = Counter(A);
  else if (A != B && Counter(B) && T.kind(A) == TermKind::Load)
    B = Counter(B);
  if (A != B)
    return canBeEqual(T, A, B);
  if (!A || T.kind(A) == TermKind::Constant)
    return true;
  // Another call may give another value.
  if (SameCode && !AtOnce && T.mentions(A, [](const LinkedTerm &Node) { return Node.Kind == TermKind::Result; }))
    return false;
  return !isRenewed(A, SameCode, AtOnce, From, To);
}

/// Whether a value is another one for each of two starts. It was taken when the work was handed over: is there a way
/// between the two on which it stays?
bool Frame::isRenewed(TermIndex Value, bool SameCode, bool AtOnce, std::uint32_t From, std::uint32_t To) const {
  return !AtOnce && T.mentions(Value, [&](const LinkedTerm &Node) {
    if (Node.Kind == TermKind::Load && (T.kind(Node.A) == TermKind::Local || T.kind(Node.A) == TermKind::Object))
      return !reaches(From, To, Node.A);
    return Node.Kind == TermKind::Element && (Node.Flags & TermAny) && SameCode;
  });
}

bool Frame::sameObject(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From,
                       std::uint32_t To) const {
  while (A && B) {
    const LinkedTerm &X = T.get(A), &Y = T.get(B);
    if (X.Kind != Y.Kind)
      return false;
    switch (X.Kind) {
    case TermKind::Element:
      if ((X.Flags & TermAny) && (Y.Flags & TermAny)) {
        if (SameCode && !AtOnce)
          return false;
      } else if (!sameIndex(X.B, Y.B, SameCode, AtOnce, From, To)) {
        return false;
      }
      break;
    case TermKind::Field:
      if (X.Id != Y.Id)
        return false;
      break;
    case TermKind::Pointee:
    case TermKind::Load:
    case TermKind::Address:
      break;
    case TermKind::Local:
    case TermKind::Object:
      // A new one for each round of a loop is not shared between rounds.
      return A == B && (AtOnce || reaches(From, To, A));
    case TermKind::Result:
      // Another call may give another object.
      return A == B && (AtOnce || (!SameCode && reaches(From, To, A)));
    default:
      return A == B;
    }
    A = X.A;
    B = Y.A;
  }
  return false;
}

/// Whether an index is known to be another one for each of two threads, or in each round of a loop.
bool Frame::indexesDiffer(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From,
                          std::uint32_t To) const {
  auto Says = [&](TermIndex I, std::uint8_t Flag) {
    return T.mentions(I, [&](const LinkedTerm &Node) { return (Node.Flags & Flag) != 0; });
  };
  if (Says(A, TermThreadOwn | TermVaries) || Says(B, TermThreadOwn | TermVaries))
    return true;
  if (!A || !B)
    return false;
  auto Walks = [&](TermIndex I) {
    auto Taken = T.kind(I) == TermKind::Interval && !T.get(I).A ? numbersOf(T, I) : std::nullopt;
    return Taken && Taken->End - Taken->Low > Taken->Step;
  };
  if (Walks(A) || Walks(B))
    return true;
  if (A == B)
    return reaches(From, To, unknownLock(T)) && isRenewed(A, SameCode, AtOnce, From, To);
  const LinkedTerm &X = T.get(A), &Y = T.get(B);
  if (X.Kind == TermKind::Constant && Y.Kind == TermKind::Constant)
    return true;
  // Computed alike, from other constants.
  return X.Kind == TermKind::Derived && Y.Kind == TermKind::Derived && X.List.size() == Y.List.size() &&
         llvm::all_of(llvm::zip(X.List, Y.List), [&](auto Parts) {
           auto [P, Q] = Parts;
           return P == Q || (T.kind(P) == TermKind::Constant && T.kind(Q) == TermKind::Constant);
         });
}

/// Whether two locks are known to be different ones. Of the same shape they may be the same, unless something tells.
bool Frame::locksDiffer(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From,
                        std::uint32_t To) const {
  while (A && B) {
    const LinkedTerm &X = T.get(A), &Y = T.get(B);
    if (X.Kind != Y.Kind)
      return true;
    switch (X.Kind) {
    case TermKind::Element:
      if ((X.Flags & TermAny) && (Y.Flags & TermAny) ? SameCode && !AtOnce
                                                     : indexesDiffer(X.B, Y.B, SameCode, AtOnce, From, To))
        return true;
      break;
    case TermKind::Field:
      if (X.Id != Y.Id)
        return true;
      break;
    case TermKind::Pointee:
    case TermKind::Load:
    case TermKind::Address:
      break;
    case TermKind::Local:
    case TermKind::Object:
      // A new one for each round of a loop.
      return A != B || (!AtOnce && !reaches(From, To, A) && reaches(From, To, unknownLock(T)));
    default:
      return A != B;
    }
    A = X.A;
    B = Y.A;
  }
  return A != B;
}

/// Whether who holds the one lock keeps the other out, as far as is known. Locks of parts (one for each element or
/// shard) say nothing of what is common to all of them, but of what is a part itself.
bool Frame::excludeEachOther(TermIndex A, TermIndex B, TermIndex Guarded, bool SameCode, bool AtOnce,
                             std::uint32_t From, std::uint32_t To) const {
  const LinkedTerm &Lock = T.get(A);
  // "Only the thread with this number" excludes the others if each has a number of its own.
  if (Lock.Kind == TermKind::Element && T.kind(Lock.A) == TermKind::Global && T.get(Lock.A).Id == OnlyOneThread)
    return A == B && !sameIndex(Lock.B, Lock.B, SameCode, false, From, To);
  bool Part = T.mentions(Guarded, [&](const LinkedTerm &Node) {
    return Node.Kind == TermKind::Element && (!Node.B || T.kind(Node.B) != TermKind::Constant);
  });
  bool Computed = T.mentions(A, [](const LinkedTerm &Node) { return (Node.Flags & TermFolded) != 0; });
  if (Part && (A == B || (Computed && T.shape(A) == T.shape(B))))
    return true;
  return T.shape(A) == T.shape(B) && !locksDiffer(A, B, SameCode, AtOnce, From, To);
}

} // namespace threadbare
