// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which accesses of a function, its callees and the threads they start can meet. Two accesses race when they can run in
// parallel, reach the same object, one writes, no lock is common in modes that exclude each other, and nothing orders
// them: create and join by the flow of this function, publication by what one tells and the other has seen.
#include "link/Frame.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"

namespace threadbare {

bool Frame::parallel(const Instance &I) const {
  switch (I.Spawn->Kind) {
  case ExecutorKind::Thread:
  case ExecutorKind::Pool:
  case ExecutorKind::Team:
    return true;
  default:
    return false; // a loop's tasks run on whoever runs it; what is deferred, on whoever asks
  }
}

/// Tasks of a loop are run by the threads that run it: what a task does, its runners do.
void Frame::assignTasks() {
  for (Instance &I : Instances)
    if (I.Spawn->Kind == ExecutorKind::Pool && I.Spawn->On)
      if (auto It = Stored.find(I.Spawn->On); It != Stored.end() && It->second &&
                                              T.kind(It->second) == TermKind::Constant && T.get(It->second).Id == 1)
        I.Spawn->Sequential = true;
  for (std::size_t N = 0; N < Instances.size(); ++N) {
    SpawnEffect &Task = *Instances[N].Spawn;
    if (Task.Kind != ExecutorKind::Loop || !Task.On)
      continue;
    std::vector<AccessEffect> Work = Task.Body.Accesses;
    for (AccessEffect &A : Work)
      A.Task = static_cast<std::uint32_t>(N);
    auto Runs = [&](const Effects &E) {
      return llvm::any_of(E.Loops, [&](const Effects::Run &R) { return R.Loop == Task.On; });
    };
    bool Found = false;
    for (Instance &R : Instances)
      if (&R != &Instances[N] && parallel(R) && Runs(R.Spawn->Body)) {
        llvm::append_range(R.Spawn->Body.Accesses, Work);
        Found = true;
      }
    for (auto &E : Ops)
      if (E && Runs(E->Here)) {
        llvm::append_range(E->Here.Accesses, Work);
        Found = true;
      }
    if (!Found)
      countSilence(Silence::UnknownRunner);
  }
}

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

bool Frame::canMeet(const AccessEffect &A, const AccessEffect &B, bool SameCode, std::uint32_t From,
                    std::uint32_t To) const {
  if (A.Kind == AccessKind::Read && B.Kind == AccessKind::Read)
    return false;
  const Circumstances &UnderA = L.Under[A.Under], &UnderB = L.Under[B.Under];
  if (UnderA.UnknownLock || UnderB.UnknownLock)
    return false;
  for (const Held &H : UnderA.Locks)
    for (const Held &K : UnderB.Locks)
      if (H.Lock == K.Lock && (H.Mode == LockMode::Exclusive || K.Mode == LockMode::Exclusive)) {
        const LinkedTerm &Lock = T.get(H.Lock);
        // "Only the thread with this number" excludes the others if each has a number of its own.
        if (Lock.Kind == TermKind::Element && T.kind(Lock.A) == TermKind::Global &&
            T.get(Lock.A).Id == OnlyOneThread && sameIndex(Lock.B, Lock.B, SameCode, false, From, To))
          continue;
        return false;
      }
  // Done once, under a flag, and seen by who came to the flag afterwards.
  auto Once = [](const Circumstances &Under, const Circumstances &After) {
    return llvm::any_of(Under.Locks, [&](const Held &H) { return llvm::is_contained(After.SeenBefore, H.Lock); });
  };
  if (Once(UnderA, UnderB) || Once(UnderB, UnderA))
    return false;
  return !intersects(UnderA.ToldAfter, UnderB.SeenBefore) && !intersects(UnderB.ToldAfter, UnderA.SeenBefore);
}

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

/// Whether two indexes can be equal: not if each thread has its own, or each start got another value.
bool Frame::sameIndex(TermIndex A, TermIndex B, bool SameCode, bool AtOnce, std::uint32_t From,
                      std::uint32_t To) const {
  auto Own = [&](TermIndex I) {
    return T.mentions(I, [](const LinkedTerm &Node) { return (Node.Flags & TermThreadOwn) != 0; });
  };
  if (Own(A) || Own(B))
    return false;
  if (A != B)
    return false;
  if (!A || T.kind(A) == TermKind::Constant)
    return true;
  // The value was taken when the work was handed over: is there a way between the two on which it stays?
  bool Same = true;
  T.mentions(A, [&](const LinkedTerm &Node) {
    if (Node.Kind == TermKind::Load && (T.kind(Node.A) == TermKind::Local || T.kind(Node.A) == TermKind::Object))
      Same &= AtOnce || reaches(From, To, Node.A);
    if (Node.Kind == TermKind::Element && (Node.Flags & TermAny) && SameCode && !AtOnce)
      Same = false;
    if (Node.Kind == TermKind::Result)
      Same &= AtOnce || !SameCode;
    return !Same;
  });
  return Same;
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

/// Whether one of them starts the other, or both are started by one that came before.
bool Frame::inOneChain(const Instance &A, const Instance &B) const {
  const SpawnEffect &X = *A.Spawn, &Y = *B.Spawn;
  return &A != &B && X.Chain.In != NoFunction && X.Chain == Y.Chain && leafOf(X.Via) != leafOf(Y.Via);
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
      if (!canMeet(A, *B, SameCode, First, Second))
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
      if (!Both && !SameCode && (A.Task != NoIndex || B->Task != NoIndex))
        Both = sameObject(A.At, B->At, Same, AtOnce, Second, First);
      if (Both)
        Candidates.push_back({&A, B, From ? From : X, To ? To : Y, SameCode});
    }
  }
}

/// Whether control can come from an operation to one that joins the instance.
bool Frame::joinedLater(const Instance &I, std::uint32_t Number) const {
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  std::vector<bool> Seen(Blocks.size(), false);
  std::vector<std::uint32_t> Work;
  auto Look = [&](std::uint32_t Block, std::uint32_t First) {
    std::uint32_t End = Blocks[Block].Ops.First - Record.FirstOp + Blocks[Block].Ops.Count;
    for (std::uint32_t K = First; K < End; ++K) {
      // From here on the handle is of another one.
      if (K == I.Operation || llvm::any_of(Instances, [&](const Instance &Other) {
            return Other.Operation == K && intersects(Other.Spawn->Handles, I.Spawn->Handles);
          }))
        return false;
      if (Ops[K])
        for (const JoinEffect &J : Ops[K]->Joins)
          if (!J.InDestructor && joins(J, *I.Spawn))
            return true;
    }
    for (std::uint32_t Next : Unit.list(Blocks[Block].Successors))
      if (!Seen[Next]) {
        Seen[Next] = true;
        Work.push_back(Next);
      }
    return false;
  };
  if (Look(BlockOf[Number], Number))
    return true;
  while (!Work.empty()) {
    std::uint32_t Block = Work.back();
    Work.pop_back();
    if (Look(Block, Blocks[Block].Ops.First - Record.FirstOp))
      return true;
  }
  return false;
}

/// A thread that is joined on some ways here is taken as joined, unless the author joins it again later and so knows
/// that it may still run.
bool Frame::runs(const State &S, std::size_t I, std::uint32_t Number) const {
  return S.Lives[I] == Running || (S.Lives[I] == MaybeJoined && joinedLater(Instances[I], Number));
}

/// Whether what is given to the same executor is done one after the other.
bool Frame::isSequential(const SpawnEffect &S) const {
  if (S.Sequential || !S.OfMany)
    return S.Sequential;
  return !T.mentions(S.On, [](const LinkedTerm &Node) { return Node.Kind == TermKind::Element; });
}

/// Loops that this operation's thread runs, or those that it starts, while another runs them.
void Frame::findRunTogether(std::uint32_t Number, const State &S) {
  auto Runs = [](const Effects &E, TermIndex Loop) {
    return llvm::any_of(E.Loops, [&](const Effects::Run &R) { return R.Loop == Loop; });
  };
  auto Others = [&](TermIndex Loop, const Instance *Except) {
    for (std::size_t J = 0; J < Instances.size(); ++J)
      if (&Instances[J] != Except && runs(S, J, Number) && parallel(Instances[J]) &&
          Runs(Instances[J].Spawn->Body, Loop))
        return true;
    return false;
  };
  for (const Effects::Run &R : Ops[Number]->Here.Loops)
    if (R.Several || Others(R.Loop, nullptr))
      RunTogether.insert(R.Loop);
  for (const Instance &I : Instances)
    if (I.Operation == Number && parallel(I))
      for (const Effects::Run &R : I.Spawn->Body.Loops)
        if (R.Several || I.Repeats || I.Spawn->Many || Others(R.Loop, &I))
          RunTogether.insert(R.Loop);
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

std::string Frame::describe(TermIndex At) const {
  while (At) {
    const LinkedTerm &Node = T.get(At);
    switch (Node.Kind) {
    case TermKind::Field:
    case TermKind::Global:
      if (auto It = L.SymbolNames.find(Node.Id); It != L.SymbolNames.end())
        return It->second;
      return "";
    case TermKind::Local:
      if (Node.A < Record.Locals.Count)
        return Unit.string(Unit.Locals[Record.Locals.First + Node.A].Name).str();
      return "";
    case TermKind::Element:
    case TermKind::Pointee:
    case TermKind::Load:
      At = Node.A;
      continue;
    default:
      return "";
    }
  }
  return "";
}

RaceSide Frame::side(const AccessEffect &A, const Instance *I) const {
  RaceSide S;
  for (const Trace *Part : {A.To, A.Via})
    for (; Part; Part = Part->Inner)
      S.Path.push_back(Part->Step);
  S.In = A.Where.In;
  S.Operation = A.Where.Operation;
  if (I) {
    if (I->Spawn->Via)
      S.Start = leafOf(I->Spawn->Via);
  }
  for (const Held &H : L.Under[A.Under].Locks)
    S.Holds.push_back(describe(H.Lock) + (H.Mode == LockMode::Shared ? " (shared)" : ""));
  llvm::sort(S.Holds);
  S.Holds.erase(std::unique(S.Holds.begin(), S.Holds.end()), S.Holds.end());
  return S;
}

void Frame::reportRaces() {
  if (Candidates.empty())
    return;
  auto Protected = [&](const AccessEffect &A) {
    return llvm::any_of(L.Under[A.Under].Locks, [&](const Held &H) {
      return A.Kind == AccessKind::Read || H.Mode == LockMode::Exclusive;
    });
  };
  llvm::MapVector<TermIndex, std::vector<const Candidate *>> Groups;
  for (const Candidate &C : Candidates)
    Groups[T.shape(C.A->At)].push_back(&C);
  llvm::DenseSet<std::pair<FunctionIndex, std::uint32_t>> Reported;
  for (auto &[Shape, Group] : Groups) {
    bool Counted = false, BareAdd = false, BareWrite = false;
    for (const Candidate *C : Group)
      for (const AccessEffect *A : {C->A, C->B}) {
        Counted |= A->Kind == AccessKind::Add;
        BareAdd |= A->Kind == AccessKind::Add && !Protected(*A);
        BareWrite |= A->Kind != AccessKind::Read && !Protected(*A);
      }
    if (!Counted)
      continue;
    auto Report = [&](const AccessEffect &A, const Instance *From, const AccessEffect &B, const Instance *To,
                      bool SameCode) {
      Race R;
      R.Reported = side(A, From);
      R.Other = side(B, To);
      R.Variable = describe(A.At);
      if (R.Variable.empty()) {
        const Op &O = L.op({R.Reported.In, R.Reported.Operation});
        R.Variable = L.Functions[R.Reported.In].Unit->string(O.Name).str();
      }
      R.ReportedIsRead = A.Kind == AccessKind::Read;
      R.SelfParallel = SameCode && &A == &B;
      if (Reported.insert({R.Reported.In, R.Reported.Operation}).second)
        L.notes(F).Races.push_back(std::move(R));
    };
    for (const Candidate *C : Group) {
      bool SafeA = Protected(*C->A), SafeB = Protected(*C->B);
      auto Writes = [](const AccessEffect &A) { return A.Kind != AccessKind::Read; };
      auto Blamed = [&](const AccessEffect &A, bool Safe, const AccessEffect &Other, bool OtherSafe) {
        if (A.Kind == AccessKind::Read)
          return !Safe && Writes(Other) && OtherSafe && !BareWrite;
        if (Safe && !(OtherSafe && Writes(Other)) && !(OtherSafe && !Writes(Other)))
          return false;
        return A.Kind == AccessKind::Add || !BareAdd;
      };
      if (Blamed(*C->A, SafeA, *C->B, SafeB))
        Report(*C->A, C->From, *C->B, C->To, C->SameCode);
      if (C->A != C->B && Blamed(*C->B, SafeB, *C->A, SafeA))
        Report(*C->B, C->To, *C->A, C->From, C->SameCode);
    }
  }
}

} // namespace threadbare
