// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"

#include <algorithm>

namespace threadbare {

// What a caller could not use anyway is not carried along without end.
static constexpr std::size_t MostAccesses = 192, MostPending = 48, MostSpawns = 24, MostStores = 96;
static constexpr unsigned MostDepth = 12;

TermIndex unknownLock(TermTable &T) { return T.make({TermKind::Unknown, 0, 2, 0, 0, {}}); }

void insertSorted(TermSet &Set, TermIndex T) {
  if (!T)
    return;
  auto It = llvm::lower_bound(Set, T);
  if (It == Set.end() || *It != T)
    Set.insert(It, T);
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

Frame::Frame(Linker &L, FunctionIndex F)
    : L(L), T(L.Terms), F(F), Unit(*L.Functions[F].Unit), Record(*L.Functions[F].Record), Out(L.AllFacts[F]) {}

const Facts &Linker::facts(FunctionIndex F) {
  Facts &Known = AllFacts[F];
  if (Known.State == Facts::Fresh) {
    Known.State = Facts::InProgress;
    Frame(*this, F).run();
    Known.State = Facts::Done;
  }
  return Known;
}

const Trace *Frame::trace(std::uint32_t Number, const Trace *Inner) {
  return new (L.Arena) Trace{{F, Number}, Inner};
}

const Trace *Frame::append(const Trace *Outer, const Trace *Inner) {
  if (!Outer)
    return Inner;
  return new (L.Arena) Trace{Outer->Step, append(Outer->Inner, Inner)};
}

// ---- terms ------------------------------------------------------------------------------------------------------

TermIndex Frame::import(TermIndex Index) { return T.import(Unit, Index); }

/// The term with what is known here of stored values put in: a pointer's target, a callable's value.
TermIndex Frame::resolve(TermIndex Index, unsigned Depth) {
  if (!Index || Depth > MostDepth)
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

/// In terms of what callers know; NoTerm for what is this function's own.
TermIndex Frame::exported(TermIndex Index) {
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

void Frame::store(TermIndex To, TermIndex Value) {
  if (!To)
    return;
  // Null says that nothing is there, not where anything is.
  if (Value && T.kind(Value) == TermKind::Constant && T.get(Value).Id == 0)
    return;
  if (Value == T.load(To))
    return;
  To = resolve(To);
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

// ---- calls ------------------------------------------------------------------------------------------------------

void Frame::readStores() {
  for (std::uint32_t I = 0; I < Count; ++I) {
    const Op &O = Unit.Ops[Record.FirstOp + I];
    if (O.Kind == OpKind::Store)
      store(import(O.A), import(O.B));
    else if (O.Kind == OpKind::Move && O.B)
      Moves.emplace_back(import(O.A), import(O.B));
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

/// What a virtual call runs on an object whose class is known to be just that one.
FunctionIndex Frame::dispatch(SymbolId Method, TermIndex Object) {
  if (!Object || T.kind(Object) != TermKind::Object || !T.get(Object).Id)
    return NoFunction;
  SymbolId Class = T.get(Object).Id;
  llvm::SmallVector<SymbolId, 8> Work{Method};
  llvm::DenseSet<SymbolId> Seen{Method};
  while (!Work.empty()) {
    auto It = L.Overriders.find(Work.pop_back_val());
    if (It == L.Overriders.end())
      continue;
    for (const Linker::Overriding &K : It->second) {
      if (K.Class == Class)
        return L.resolve(Unit, K.Method);
      if (Seen.insert(K.Method).second)
        Work.push_back(K.Method);
    }
  }
  return NoFunction;
}

/// Puts arguments in the place of parameters; false if the callee is not known here.
bool Frame::bind(TermIndex Callee, llvm::ArrayRef<TermIndex> Args, Binding &Out) {
  Callee = resolve(Callee);
  if (!Callee)
    return false;
  LinkedTerm Node = T.get(Callee);
  switch (Node.Kind) {
  case TermKind::Closure:
    Out.Callee = L.resolve(Unit, Node.Id);
    Out.Params.assign(Args.begin(), Args.end());
    Out.Captures.assign(Node.List.begin(), Node.List.end());
    return true;
  case TermKind::Function: {
    if (Node.Flags & TermVirtual) {
      TermIndex Object = Args.empty() ? NoTerm : resolve(Args[0]);
      Out.Callee = Object ? dispatch(Node.Id, T.pointee(Object)) : NoFunction;
      if (Out.Callee == NoFunction)
        return false;
    } else {
      Out.Callee = L.resolve(Unit, Node.Id);
    }
    if (Out.Callee == NoFunction)
      return true;
    const Function &R = *L.Functions[Out.Callee].Record;
    if (R.Flags & FnMethod) {
      if (Args.empty())
        return true;
      TermIndex Object = resolve(Args[0]);
      // A method's object: by pointer or reference; a copy of it is the thread's own.
      Out.This = Object ? T.pointee(Object) : NoTerm;
      Args = Args.drop_front();
    }
    Out.Params.assign(Args.begin(), Args.end());
    return true;
  }
  case TermKind::Bound: {
    llvm::SmallVector<TermIndex, 8> All(Node.List.begin(), Node.List.end());
    All.append(Args.begin(), Args.end());
    return bind(Node.A, All, Out);
  }
  case TermKind::Result:
    if (auto It = DirectBindings.find(Node.A); It != DirectBindings.end()) {
      Out = It->second;
      return true;
    }
    return false;
  default:
    return false;
  }
}

std::vector<Binding> Frame::targets(std::uint32_t Number) {
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  llvm::SmallVector<TermIndex, 6> Args;
  for (TermIndex A : Unit.list(O.List))
    Args.push_back(resolve(import(A)));
  std::vector<Binding> Found;
  TermIndex Value = O.B ? resolve(import(O.B)) : NoTerm;
  if (O.Symbol) {
    std::vector<FunctionIndex> Callees;
    FunctionIndex Known =
        O.Flags & OpVirtual ? dispatch(O.Symbol, resolve(import(O.A))) : NoFunction;
    if (Known != NoFunction)
      Callees.push_back(Known);
    else if (O.Flags & OpVirtual)
      Callees = L.overriders(Unit, O.Symbol);
    else if (FunctionIndex C = L.resolve(Unit, O.Symbol); C != NoFunction)
      Callees.push_back(C);
    for (FunctionIndex C : Callees) {
      Binding B;
      B.Callee = C;
      B.Params.assign(Args.begin(), Args.end());
      B.This = resolve(import(O.A));
      B.Destination = resolve(import(O.C));
      if (Value && T.kind(Value) == TermKind::Closure)
        B.Captures.assign(T.get(Value).List.begin(), T.get(Value).List.end());
      B.Result = T.make({TermKind::Result, 0, Number, 0, 0, {}});
      Found.push_back(std::move(B));
    }
    return Found;
  }
  Binding B;
  B.Destination = resolve(import(O.C));
  B.Result = T.make({TermKind::Result, 0, Number, 0, 0, {}});
  if (Value && bind(Value, Args, B) && B.Callee != NoFunction)
    Found.push_back(std::move(B));
  return Found;
}

/// The first pass over calls: what callees store and return, so that terms can be resolved in the second.
void Frame::readCalls() {
  for (std::uint32_t I = 0; I < Count; ++I) {
    const Op &O = Unit.Ops[Record.FirstOp + I];
    if (O.Kind != OpKind::Call)
      continue;
    std::vector<Binding> Callees = targets(I);
    bool Virtual = Callees.size() > 1;
    for (const Binding &B : Callees) {
      const Function &R = *L.Functions[B.Callee].Record;
      if (R.Flags & FnCoroutine) {
        DirectBindings[I] = B;
        continue;
      }
      if (Virtual)
        continue;
      const Facts &Known = L.facts(B.Callee);
      bool Changed = false;
      for (const StoreEffect &S : Known.Stores) {
        TermIndex To = substitute(S.To, B);
        if (!To)
          continue;
        store(To, S.Value ? substitute(S.Value, B) : NoTerm);
        Changed = true;
      }
      for (auto [From, To] : Known.Moves)
        Moves.emplace_back(substitute(From, B), substitute(To, B));
      if (Known.Returned) {
        Results[I] = substitute(Known.Returned, B);
        if (B.Destination && Results[I] && T.kind(Results[I]) == TermKind::Load)
          store(B.Destination, Results[I]);
        Changed = true;
      }
      if (Changed)
        Memo.clear();
    }
  }
  settleStores();
}

void Frame::settleExecutor(SpawnEffect &S) {
  if (S.Kind == ExecutorKind::Strand && S.On && !S.Serial) {
    // One at a time, on the threads of what it was made over.
    TermIndex Made = T.kind(S.On) == TermKind::Executor ? S.On : resolve(T.load(S.On));
    if (!Made || T.kind(Made) != TermKind::Executor || T.get(Made).List.size() != 2 || !T.get(Made).List[0] ||
        T.kind(T.get(Made).List[1]) != TermKind::Constant)
      return;
    auto Under = static_cast<ExecutorKind>(T.get(T.get(Made).List[1]).Id);
    if (Under != ExecutorKind::Pool && Under != ExecutorKind::Loop)
      return;
    S.Serial = T.kind(S.On) == TermKind::Executor ? T.get(Made).A : S.On;
    S.Kind = Under;
    S.On = T.get(Made).List[0];
    return;
  }
  if (S.Kind != ExecutorKind::Unknown || !S.On)
    return;
  S.On = resolve(S.On);
  if (T.kind(S.On) == TermKind::Executor) {
    LinkedTerm Node = T.get(S.On);
    S.Kind = static_cast<ExecutorKind>(Node.B);
    S.On = Node.A;
  }
}

/// Tasks of a strand exclude each other as if each held it.
void Frame::serialise(SpawnEffect &S) {
  if (S.Serial)
    for (AccessEffect &A : S.Body.Accesses)
      if (!A.OtherThread && !llvm::is_contained(A.Locks, Held{S.Serial, NoTerm, LockMode::Exclusive}))
        A.Locks.push_back({S.Serial, NoTerm, LockMode::Exclusive});
}

void Frame::importSpawn(const SpawnEffect &From, const Binding &B, const Trace *To, std::vector<SpawnEffect> &Into,
                        unsigned Depth) {
  if (Into.size() >= MostSpawns)
    return;
  SpawnEffect S;
  S.Kind = From.Kind;
  S.Many = From.Many;
  S.JoinsInDestructor = From.JoinsInDestructor;
  S.Sequential = From.Sequential;
  S.Anonymous = From.Anonymous;
  S.Over = From.Over;
  S.Beside = From.Beside; // counted from the first of the same list; the caller adds where that is
  S.On = From.On ? substitute(From.On, B) : NoTerm;
  S.Queue = From.Queue;
  S.Listener = From.Listener;
  if (S.Anonymous && S.On && !L.drains(S.On))
    return;
  for (TermIndex H : From.Handles)
    insertSorted(S.Handles, substitute(H, B));
  S.Via = append(To, From.Via);
  S.WaitedBefore = substituteSet(From.WaitedBefore, B);
  settleExecutor(S);
  S.Serial = S.Serial ? S.Serial : From.Serial ? substitute(From.Serial, B) : NoTerm;
  importEffects(From.Body, B, To, S.Body, /*OtherThread=*/false, nullptr, Depth);
  followHandles(S);
  serialise(S);
  // One list, not a tree: a task's own tasks stand beside it.
  std::vector<SpawnEffect> Tasks = std::move(S.Body.Tasks);
  S.Body.Tasks.clear();
  Into.push_back(std::move(S));
  for (SpawnEffect &Task : Tasks)
    if (Into.size() < MostSpawns)
      Into.push_back(std::move(Task));
}

void Frame::importEffects(const Effects &From, const Binding &B, const Trace *To, Effects &Into, bool OtherThread,
                          OpEffects *Op, unsigned Depth) {
  for (const AccessEffect &A : From.Accesses) {
    if (Into.Accesses.size() >= MostAccesses) {
      L.countSilence("more accesses than are followed through calls");
      break;
    }
    AccessEffect M = A;
    M.At = substitute(A.At, B);
    if (!M.At)
      continue;
    if (isPrivate(M.At))
      continue;
    M.Locks = substituteLocks(A.Locks, B);
    M.WaitedBefore = substituteSet(A.WaitedBefore, B);
    M.UnknownLock |= llvm::any_of(M.Locks, [&](const Held &H) { return H.Lock == unknownLock(T); });
    M.Dropped = substituteSet(A.Dropped, B);
    M.SeenBefore = substituteSet(A.SeenBefore, B);
    M.ToldAfter = substituteSet(A.ToldAfter, B);
    M.OtherThread |= OtherThread;
    M.Via = append(To, A.Via);
    Into.Accesses.push_back(std::move(M));
  }
  for (const Effects::Run &R : From.Loops)
    if (TermIndex Loop = substitute(R.Loop, B))
      Into.Loops.push_back({Loop, append(To, R.Via)});
  for (const Effects::Target &K : From.Targets)
    Into.Targets.push_back({K.Function, append(To, K.Via), K.Binder, K.Bound});
  if (Depth < 4)
    for (const SpawnEffect &S : From.Tasks)
      importSpawn(S, B, To, Into.Tasks, Depth + 1);
  for (const PendingCall &P : From.Pending) {
    llvm::SmallVector<TermIndex, 4> Args;
    for (TermIndex A : P.Args)
      Args.push_back(substitute(A, B));
    TermIndex Callee = P.Queued ? bindTerm(T, P.Callee, B) : substitute(P.Callee, B);
    if (!Callee)
      continue;
    if (P.Queued) {
      if (Into.Pending.size() < MostPending) {
        PendingCall M = P;
        M.Callee = Callee;
        M.Args = Args;
        M.Locks = substituteLocks(P.Locks, B);
        M.SeenBefore = substituteSet(P.SeenBefore, B);
        M.ToldAfter = substituteSet(P.ToldAfter, B);
        M.OtherThread |= OtherThread;
        M.Via = append(To, P.Via);
        Into.Pending.push_back(std::move(M));
      }
      continue;
    }
    std::size_t Accesses = Into.Accesses.size(), Pending = Into.Pending.size();
    invoke(Callee, Args, substituteLocks(P.Locks, B), P.OtherThread || OtherThread, P.UnknownLock,
           append(To, P.Via), Into, Op, Depth + 1, P.As);
    auto Complete = [&](auto &Made) {
      for (TermIndex Item : P.SeenBefore)
        insertSorted(Made.SeenBefore, substitute(Item, B));
      for (TermIndex Item : P.ToldAfter)
        insertSorted(Made.ToldAfter, substitute(Item, B));
    };
    for (; Accesses < Into.Accesses.size(); ++Accesses)
      Complete(Into.Accesses[Accesses]);
    for (; Pending < Into.Pending.size(); ++Pending)
      Complete(Into.Pending[Pending]);
  }
  for (TermIndex Item : From.Kept)
    insertSorted(Into.Kept, substitute(Item, B));
}

/// Runs a callable here, or notes that a caller will know it.
void Frame::invoke(TermIndex Callee, llvm::ArrayRef<TermIndex> Args, const LockSet &Locks, bool OtherThread,
                   bool UnknownLock, const Trace *To, Effects &Into, OpEffects *Op, unsigned Depth, SymbolId As) {
  if (Depth > MostDepth)
    return;
  Binding B;
  if (bind(Callee, Args, B)) {
    // Of a generic lambda, the function that its caller chose.
    if (As && T.kind(resolve(Callee)) == TermKind::Closure)
      B.Callee = L.resolve(Unit, As);
    if (B.Callee == NoFunction)
      return;
    const Function &R = *L.Functions[B.Callee].Record;
    Into.Targets.push_back({B.Callee, To, F, &*L.Bound.emplace(L.Bound.end(), B)});
    if (R.Flags & FnGenerator)
      return;
    const Facts &Known = L.facts(B.Callee);
    Effects Body;
    importEffects(Known.Own, B, To, Body, OtherThread, Op, Depth + 1);
    for (AccessEffect &A : Body.Accesses) {
      A.Locks.append(Locks.begin(), Locks.end());
      A.UnknownLock |= UnknownLock;
      Into.Accesses.push_back(std::move(A));
    }
    llvm::append_range(Into.Pending, Body.Pending);
    llvm::append_range(Into.Loops, Body.Loops);
    llvm::append_range(Into.Targets, Body.Targets);
    llvm::append_range(Into.Tasks, Body.Tasks);
    for (TermIndex Item : Body.Kept)
      insertSorted(Into.Kept, Item);
    for (TermIndex Item : Known.Published)
      insertSorted(Into.Kept, substitute(Item, B));
    // Threads that it leaves running.
    std::vector<SpawnEffect> Started;
    for (const SpawnEffect &S : Known.Spawns)
      importSpawn(S, B, To, Started, Depth + 1);
    if (Op) {
      for (SpawnEffect &S : Started)
        Op->Spawns.push_back(std::move(S));
      for (const JoinEffect &J : Known.Joins)
        Op->Joins.push_back({substitute(J.Handle, B), J.InDestructor});
      for (TermIndex Item : Known.Observed)
        insertSorted(Op->Observe, substitute(Item, B));
      for (TermIndex Item : Known.Published)
        insertSorted(Op->Publish, substitute(Item, B));
    } else {
      for (SpawnEffect &S : Started)
        if (Into.Tasks.size() < MostSpawns)
          Into.Tasks.push_back(std::move(S));
    }
    return;
  }
  TermIndex Known = resolve(Callee);
  TermIndex Root = Known ? T.root(Known) : NoTerm;
  // Of what was bound, the part that is not known: the callable, or the object of a virtual function.
  while (Root && T.kind(Root) == TermKind::Bound) {
    LinkedTerm Bound = T.get(Root);
    bool Method = T.kind(Bound.A) == TermKind::Function;
    Root = !Method ? T.root(Bound.A) : Bound.List.empty() ? NoTerm : T.root(Bound.List.front());
  }
  if (!Root || Into.Pending.size() >= MostPending)
    return;
  TermKind K = T.kind(Root);
  if (K != TermKind::Param && K != TermKind::Capture && K != TermKind::This && K != TermKind::Global &&
      K != TermKind::Object && K != TermKind::Local && K != TermKind::Result && K != TermKind::ReturnSlot) {
    L.countSilence("call of a value that nobody knows");
    return;
  }
  PendingCall P;
  P.Callee = Known;
  P.Args.assign(Args.begin(), Args.end());
  P.Locks = Locks;
  P.OtherThread = OtherThread;
  P.UnknownLock = UnknownLock;
  P.Via = To;
  P.As = As;
  P.Queued = isFromQueue(Known);
  Into.Pending.push_back(std::move(P));
}

/// Whether an operation calls a callable that this function was given.
bool Frame::isForeign(const Op &O) {
  TermIndex Root = O.B ? T.root(import(O.B)) : NoTerm;
  return Root && (T.kind(Root) == TermKind::Param || T.kind(Root) == TermKind::Capture ||
                  (T.kind(Root) == TermKind::This && T.kind(import(O.B)) == TermKind::Load));
}

/// A lambda that came from elsewhere: its type says which function runs, but only who made it knows what it captured.
bool Frame::isPassedIn(const Op &O, FunctionIndex Callee) {
  if (!O.B || !(L.Functions[Callee].Record->Flags & FnLambda))
    return false;
  TermIndex Value = resolve(import(O.B));
  return Value && T.kind(Value) == TermKind::Load && isForeign(O);
}

/// A known callee's effects at one operation.
void Frame::apply(const Binding &B, const Trace *To, OpEffects &Into, unsigned Depth) {
  const Facts &Known = L.facts(B.Callee);
  importEffects(Known.Own, B, To, Into.Here, /*OtherThread=*/false, &Into, Depth);
  auto First = static_cast<std::uint32_t>(Into.Spawns.size());
  for (const SpawnEffect &S : Known.Spawns) {
    std::size_t Before = Into.Spawns.size();
    importSpawn(S, B, To, Into.Spawns, Depth);
    if (Into.Spawns.size() > Before)
      for (std::uint32_t &Other : Into.Spawns.back().Beside)
        Other += First;
  }
  for (const JoinEffect &J : Known.Joins)
    if (TermIndex H = substitute(J.Handle, B))
      Into.Joins.push_back({H, J.InDestructor});
  for (Held H : substituteLocks(Known.Acquired, B))
    Into.Acquire.push_back(H);
  for (TermIndex M : Known.MayAcquired)
    insertSorted(Into.MayAcquire, substitute(M, B));
  for (TermIndex R : Known.Released)
    insertSorted(Into.Release, substitute(R, B));
  Into.ReleasesUnknown |= Known.ReleasesUnknown;
  for (TermIndex Item : Known.Observed)
    insertSorted(Into.Observe, substitute(Item, B));
  for (TermIndex Item : Known.Published)
    insertSorted(Into.Publish, substitute(Item, B));
}

/// Handles are moved: into a container, a member, to the caller. The future of a promise that the work keeps is one too.
void Frame::followHandles(SpawnEffect &S) {
  for (TermIndex Promise : S.Body.Kept)
    insertSorted(S.Handles, Promise);
  for (std::size_t Before = 0; Before != S.Handles.size();) {
    Before = S.Handles.size();
    for (auto [From, To] : Moves) {
      TermIndex Source = resolve(From), Target = resolve(To);
      if (Source && Target && llvm::is_contained(S.Handles, Source))
        insertSorted(S.Handles, Target);
    }
  }
}

void Frame::readSpawn(std::uint32_t Number, const Op &O, OpEffects &E) {
  SpawnEffect S;
  S.Kind = static_cast<ExecutorKind>(O.Sub);
  S.On = O.A ? resolve(import(O.A)) : NoTerm;
  S.Many = O.Flags & OpMany;
  S.JoinsInDestructor = O.Flags & OpJoinsInDestructor;
  if (O.C && !(O.Flags & OpDetached))
    insertSorted(S.Handles, resolve(import(O.C)));
  S.Via = trace(Number);
  settleExecutor(S);
  llvm::SmallVector<TermIndex, 6> Args;
  for (TermIndex A : Unit.list(O.List))
    Args.push_back(resolve(import(A)));
  TermIndex Callee = resolve(import(O.B));
  invoke(Callee, Args, {}, false, false, trace(Number), S.Body, nullptr, 0);
  followHandles(S);
  // What it gives to loops is as if it were given here, as often as the thread runs and it loops.
  std::vector<SpawnEffect> Tasks = std::move(S.Body.Tasks);
  S.Body.Tasks.clear();
  serialise(S);
  for (SpawnEffect &Task : Tasks) {
    // On the executor of who starts it.
    if (Task.Kind == ExecutorKind::Same) {
      Task.Kind = S.Kind;
      Task.On = S.On;
      Task.Serial = S.Serial;
      serialise(Task);
    }
    Task.Many |= S.Many;
  }
  E.Spawns.push_back(std::move(S));
  for (SpawnEffect &Task : Tasks)
    if (E.Spawns.size() < MostSpawns)
      E.Spawns.push_back(std::move(Task));
}

/// A function that its author says hands its callables over: each of them runs on a pool, with what is passed behind it.
void Frame::readOffload(std::uint32_t Number, const Op &O, OpEffects &E) {
  llvm::SmallVector<TermIndex, 6> Args;
  for (TermIndex A : Unit.list(O.List))
    Args.push_back(resolve(import(A)));
  auto IsCallable = [&](TermIndex A) {
    if (!A)
      return false;
    if (T.kind(A) == TermKind::Address)
      A = resolve(T.load(T.get(A).A));
    switch (T.kind(A)) {
    case TermKind::Closure:
    case TermKind::Function:
    case TermKind::Bound:
      return true;
    case TermKind::Result:
      return DirectBindings.contains(T.get(A).A); // a coroutine that is not started yet
    case TermKind::Load: {
      const LinkedTerm &At = T.get(T.get(A).A);
      auto Params = Unit.slice(Unit.Params, Record.Params);
      return At.Kind == TermKind::Param && At.A < Params.size() && (Params[At.A].Flags & ParamCallable);
    }
    default:
      return false;
    }
  };
  for (std::size_t I = 0; I < Args.size(); ++I) {
    if (!IsCallable(Args[I]))
      continue;
    TermIndex Callee = T.kind(Args[I]) == TermKind::Address ? resolve(T.load(T.get(Args[I]).A)) : Args[I];
    std::size_t End = I + 1;
    while (End < Args.size() && !IsCallable(Args[End]))
      ++End;
    SpawnEffect S;
    S.Kind = ExecutorKind::Pool;
    S.Anonymous = true;
    S.Via = trace(Number);
    invoke(Callee, llvm::ArrayRef(Args).slice(I + 1, End - I - 1), {}, false, false, trace(Number), S.Body, nullptr, 0);
    E.Spawns.push_back(std::move(S));
  }
}

/// A virtual call whose target is not known. A caller, or whoever filled the queue that the object came from, may know
/// the object; and where every target hands what it is given to a thread, that is what happens.
void Frame::readVirtual(std::uint32_t Number, const Op &O, llvm::ArrayRef<Binding> Callees, OpEffects &E) {
  TermIndex Object = resolve(import(O.A));
  // Only behind a pointer that came from elsewhere: the object's own methods are its own business.
  if (Object && T.kind(Object) == TermKind::Pointee) {
    llvm::SmallVector<TermIndex, 6> Args;
    for (TermIndex A : Unit.list(O.List))
      Args.push_back(resolve(import(A)));
    TermIndex Method = T.make({TermKind::Function, TermVirtual, 0, 0, O.Symbol, {}});
    TermIndex Callee = T.make({TermKind::Bound, 0, Method, 0, 0, {T.address(Object)}});
    invoke(Callee, Args, {}, false, false, trace(Number), E.Here, &E, 0);
  }
  if (Callees.size() < 2 || Callees.size() > 8)
    return;
  std::vector<SpawnEffect> Spawns;
  for (const Binding &B : Callees) {
    OpEffects One;
    apply(B, trace(Number), One, 0);
    llvm::erase_if(One.Spawns, [](const SpawnEffect &S) {
      return (S.Kind != ExecutorKind::Thread && S.Kind != ExecutorKind::Pool) || S.Body.Targets.empty();
    });
    if (One.Spawns.empty())
      return;
    if (Spawns.empty())
      Spawns = std::move(One.Spawns);
  }
  llvm::append_range(E.Spawns, Spawns);
}

void Frame::readOperation(std::uint32_t Number) {
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  auto E = std::make_unique<OpEffects>();
  bool Something = true;
  switch (O.Kind) {
  case OpKind::Access: {
    TermIndex At = resolve(import(O.A));
    if (!At || isOwnCopy(At) || isPrivate(At))
      return;
    TermIndex Leaf = At;
    while (T.kind(Leaf) == TermKind::Element)
      Leaf = T.get(Leaf).A;
    if ((T.kind(Leaf) == TermKind::Field || T.kind(Leaf) == TermKind::Global) && !L.Counted.contains(T.get(Leaf).Id))
      return; // nobody counts it
    AccessEffect A;
    A.At = At;
    A.Kind = static_cast<AccessKind>(O.Sub);
    A.Via = trace(Number);
    E->Here.Accesses.push_back(std::move(A));
    break;
  }
  case OpKind::Acquire: {
    Held H;
    H.Lock = O.A ? resolve(import(O.A)) : unknownLock(T);
    H.Owner = resolve(import(O.B));
    H.Mode = static_cast<LockMode>(O.Sub);
    if (O.Flags & OpMaybe)
      insertSorted(E->MayAcquire, H.Lock);
    else
      E->Acquire.push_back(H);
    break;
  }
  case OpKind::Release: {
    TermIndex Released = resolve(import(O.A ? O.A : O.B));
    insertSorted(E->Release, Released ? Released : unknownLock(T));
    break;
  }
  case OpKind::Declare:
    E->Declares = resolve(import(O.A));
    break;
  case OpKind::Join:
    E->Joins.push_back({resolve(import(O.A)), (O.Flags & OpInDestructor) != 0});
    // What the other thread did is seen after waiting for its future.
    insertSorted(E->Observe, resolve(import(O.A)));
    break;
  case OpKind::Publish:
    insertSorted(E->Publish, resolve(import(O.A)));
    break;
  case OpKind::Observe:
    insertSorted(E->Observe, resolve(import(O.A)));
    break;
  case OpKind::Ready: {
    // Kept apart from what is observed: the address of the future stands for "ready".
    TermIndex Future = O.A ? T.address(resolve(import(O.A))) : NoTerm;
    if (O.Flags & OpIfReturned) {
      insertSorted(Out.ReadyIf[O.Sub], exported(Future));
      Something = false;
    } else if (Future) {
      insertSorted(E->Observe, Future);
    } else if (TermIndex Asked = import(O.B); Asked && T.kind(Asked) == TermKind::Result) {
      if (auto B = L.Bindings.find({F, T.get(Asked).A}); B != L.Bindings.end())
        for (TermIndex Item : L.facts(B->second.Callee).ReadyIf[O.Sub])
          insertSorted(E->Observe, substitute(Item, B->second));
      Something = !E->Observe.empty();
    }
    break;
  }
  case OpKind::MakeNonblocking:
    for (TermIndex Made : {import(O.A), resolve(import(O.A))}) {
      insertSorted(Out.NonblockingHere, Made);
      // pipe2(ends.data(), O_NONBLOCK): all of them.
      if (Made && T.kind(Made) == TermKind::Address && T.kind(T.get(Made).A) == TermKind::Element)
        insertSorted(Out.NonblockingHere, T.address(T.get(T.get(Made).A).A));
    }
    break;
  case OpKind::RunLoop:
    E->Here.Loops.push_back({resolve(import(O.A)), trace(Number)});
    break;
  case OpKind::Spawn:
    readSpawn(Number, O, *E);
    break;
  case OpKind::Store:
    Something = readEnqueue(Number, O, *E);
    break;
  case OpKind::Call: {
    std::vector<Binding> Callees = targets(Number);
    if (L.Annotations.lookup(O.Symbol) & FnAnnotatedOffloads) {
      readOffload(Number, O, *E);
      break;
    }
    if ((O.Flags & OpVirtual) && Callees.size() != 1)
      readVirtual(Number, O, Callees, *E);
    if (Callees.empty()) {
      if (O.B && !O.Symbol) {
        llvm::SmallVector<TermIndex, 6> Args;
        for (TermIndex A : Unit.list(O.List))
          Args.push_back(resolve(import(A)));
        invoke(resolve(import(O.B)), Args, {}, false, false, trace(Number), E->Here, E.get(), 0);
      }
      break;
    }
    bool Foreign = isForeign(O);
    for (const Binding &B : Callees)
      L.Edges.push_back({F, Number, B.Callee, nullptr, Foreign});
    if (Callees.size() > 1)
      break; // which one runs is not known
    const Binding &B = Callees.front();
    L.Bindings[{F, Number}] = B;
    for (TermIndex Made : L.facts(B.Callee).Nonblocking)
      insertSorted(Out.NonblockingHere, substitute(Made, B));
    if (L.facts(B.Callee).ReturnsNonblocking)
      insertSorted(Out.NonblockingHere, T.make({TermKind::Result, 0, Number, 0, 0, {}}));
    const Function &R = *L.Functions[B.Callee].Record;
    // A coroutine's body runs when it is started or awaited; a generator's when it is asked.
    if ((R.Flags & FnCoroutine) && (!(O.Flags & OpAwaited) || (R.Flags & FnGenerator)))
      break;
    if (isPassedIn(O, B.Callee)) {
      invoke(resolve(import(O.B)), B.Params, {}, false, false, trace(Number), E->Here, E.get(), 0, O.Symbol);
      break;
    }
    apply(B, trace(Number), *E, 0);
    break;
  }
  default:
    Something = false;
    break;
  }
  if (O.Kind == OpKind::Call)
    for (const Effects::Target &K : E->Here.Targets)
      if (K.Binder == F)
        L.Edges.push_back({F, Number, K.Function, K.Via, isForeign(O), K.Bound});
  if (Something)
    Ops[Number] = std::move(E);
}

// ---- flow -------------------------------------------------------------------------------------------------------

static bool isPrefix(const TermTable &T, TermIndex Prefix, TermIndex At) {
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

bool Frame::waitedFor(const TermSet &Handles, const SpawnEffect &S) const {
  return llvm::any_of(Handles, [&](TermIndex H) { return joins({H, false}, S); });
}

void Frame::joinAll(const std::vector<JoinEffect> &Joins, State &S) {
  for (const JoinEffect &J : Joins) {
    // Whoever was moved from has nothing to wait for.
    if (J.InDestructor && llvm::any_of(Moves, [&](auto &M) { return M.first && resolve(M.first) == J.Handle; }))
      continue;
    for (std::size_t I = 0; I < Instances.size(); ++I)
      if ((S.Lives[I] == Running || S.Lives[I] == MaybeJoined) && joins(J, *Instances[I].Spawn) &&
          (!J.InDestructor || Instances[I].Spawn->JoinsInDestructor || Instances[I].Spawn->Kind == ExecutorKind::Pool))
        S.Lives[I] = Joined;
  }
  joinTasks(S);
}

void Frame::step(std::uint32_t Number, State &S) {
  if (const Op &O = Unit.Ops[Record.FirstOp + Number]; O.Kind == OpKind::Move && !Instances.empty()) {
    TermIndex From = resolve(import(O.A));
    insertSorted(S.Gone, From);
    // A smart pointer was moved from: what it pointed to is another's.
    if (TermIndex Target = T.pointee(resolve(T.load(From))); Target && Target != From)
      insertSorted(S.Gone, Target);
    if (O.B)
      llvm::erase(S.Gone, resolve(import(O.B)));
  }
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
  }
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  for (TermIndex Item : E->Observe)
    insertSorted(S.Seen, Item);
  if (O.Kind == OpKind::Declare || O.Kind == OpKind::Spawn)
    llvm::erase(S.Gone, resolve(import(O.Kind == OpKind::Spawn ? O.C : O.A)));
  joinAll(E->Joins, S);
  for (const JoinEffect &J : E->Joins)
    if (!J.InDestructor)
      insertSorted(S.Waited, J.Handle);
  for (std::size_t I = 0; I < Instances.size(); ++I)
    if (Instances[I].Operation == Number)
      S.Lives[I] = Instances[I].Spawn->Over ? Joined : Running;
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
  for (TermIndex W : From.Waited) {
    auto Before = Into.Waited.size();
    insertSorted(Into.Waited, W);
    Changed |= Before != Into.Waited.size();
  }
  for (TermIndex M : From.May) {
    auto Before = Into.May.size();
    insertSorted(Into.May, M);
    Changed |= Before != Into.May.size();
  }
  for (TermIndex D : From.Dropped) {
    auto Before = Into.Dropped.size();
    insertSorted(Into.Dropped, D);
    Changed |= Before != Into.Dropped.size();
  }
  for (TermIndex Item : From.Gone) {
    auto Before = Into.Gone.size();
    insertSorted(Into.Gone, Item);
    Changed |= Before != Into.Gone.size();
  }
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
          if (llvm::is_contained(S.May, R) &&
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

/// Adds what this function knows at the place of an access: locks held, publications seen and told.
void Frame::complete(AccessEffect &A, const State &S, const TermSet &Told) const {
  if (!A.OtherThread) {
    for (const Held &H : S.Locks) {
      if (llvm::is_contained(A.Dropped, H.Lock) || (H.Owner && llvm::is_contained(A.Dropped, H.Owner)))
        continue;
      if (H.Lock == unknownLock(T))
        A.UnknownLock = true;
      else if (!llvm::is_contained(A.Locks, H))
        A.Locks.push_back(H);
    }
    for (TermIndex D : S.Dropped)
      insertSorted(A.Dropped, D);
    if (intersects(S.May, Conditional))
      A.UnknownLock = true;
  }
  for (TermIndex W : S.Waited)
    insertSorted(A.WaitedHere, W);
  for (TermIndex Item : S.Seen)
    insertSorted(A.SeenBefore, Item);
  for (TermIndex Item : Told)
    insertSorted(A.ToldAfter, Item);
}

void Frame::run() {
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  for (const Block &B : Blocks)
    Count = std::max(Count, B.Ops.First - Record.FirstOp + B.Ops.Count);
  if (!Count)
    return;
  Ops.resize(Count);
  BlockOf.assign(Count, 0);
  for (std::uint32_t N = 0; N < Blocks.size(); ++N)
    for (std::uint32_t I = 0; I < Blocks[N].Ops.Count; ++I)
      BlockOf[Blocks[N].Ops.First - Record.FirstOp + I] = N;

  readStores();
  readCalls();
  for (std::uint32_t I = 0; I < Count; ++I)
    readOperation(I);
  for (std::uint32_t I = 0; I < Count; ++I)
    if (Ops[I])
      for (SpawnEffect &S : Ops[I]->Spawns)
        Instances.push_back({I, &S, false, false});
  Overlaps.resize(Instances.size());
  noteSinglePools();
  assignTasks();
  flow();
  findConditionalLocks();
  publishesAfter();

  // The second look, with what holds at each operation.
  static const TermSet Nothing;
  for (std::uint32_t N = 0; N < Blocks.size(); ++N) {
    if (!In[N].Reached)
      continue;
    State S = In[N];
    for (std::uint32_t I = 0; I < Blocks[N].Ops.Count; ++I) {
      std::uint32_t Number = Blocks[N].Ops.First - Record.FirstOp + I;
      if (OpEffects *E = Ops[Number].get()) {
        const TermSet &Told = After.empty() ? Nothing : After[Number];
        for (AccessEffect &A : E->Here.Accesses)
          complete(A, S, Told);
        for (PendingCall &P : E->Here.Pending) {
          for (TermIndex Item : S.Seen)
            insertSorted(P.SeenBefore, Item);
          for (TermIndex Item : Told)
            insertSorted(P.ToldAfter, Item);
        }
        for (PendingCall &P : E->Here.Pending)
          if (!P.OtherThread)
            for (const Held &H : S.Locks) {
              if (H.Lock == unknownLock(T))
                P.UnknownLock = true;
              else
                P.Locks.push_back(H);
            }
        for (SpawnEffect &Started : E->Spawns)
          for (TermIndex W : S.Waited)
            insertSorted(Started.WaitedHere, W);
        findRaces(Number, S, E->Here.Accesses);
        noteWaits(Number, S);
      }
      step(Number, S);
    }
  }
  reportRaces();
  noteQueues();
  noteStarts();
  noteNonblocking();
  exportFacts();
}

/// What the search for blocking calls asks of one operation: which futures are ready there, which handles would be
/// waited for if they were destroyed, and the values that conditions speak of.
void Frame::noteWaits(std::uint32_t Number, const State &S) {
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  if (O.Kind != OpKind::Call && O.Kind != OpKind::Join)
    return;
  if (O.Kind == OpKind::Call && !S.Seen.empty())
    L.ReadyAt[{F, Number}] = S.Seen;
  if (O.Blocking != NoIndex) {
    auto Conditions = Unit.slice(Unit.Conditions, Unit.Blockings[O.Blocking].Conditions);
    if (!Conditions.empty()) {
      auto &Values = L.ConditionValues[{F, Number}];
      for (const Condition &C : Conditions)
        Values.push_back(C.Value ? resolve(import(C.Value)) : NoTerm);
    }
  }
  if (!(O.Flags & OpInDestructor))
    return;
  if (O.Kind == OpKind::Join)
    L.DestroyedAt[{F, Number}] = resolve(import(O.A));
  for (std::size_t I = 0; I < Instances.size(); ++I) {
    const SpawnEffect &Started = *Instances[I].Spawn;
    if (S.Lives[I] != Running)
      continue;
    if (Started.Kind == ExecutorKind::Pool && Started.On && !Started.Anonymous)
      insertSorted(L.WaitingAt[{F, Number}], Started.On);
    if (!Started.JoinsInDestructor || Started.Kind == ExecutorKind::Deferred)
      continue;
    for (TermIndex H : Started.Handles)
      if (llvm::none_of(S.Gone, [&](TermIndex Lost) { return isPrefix(T, Lost, H); }))
        insertSorted(L.WaitingAt[{F, Number}], H);
  }
}

/// Where coroutines are started: by a hand-over, an await, or a call whose result goes elsewhere.
void Frame::noteStarts() {
  llvm::DenseSet<std::uint32_t> Started;
  for (const Instance &I : Instances) {
    const Op &O = Unit.Ops[Record.FirstOp + I.Operation];
    if (O.Kind == OpKind::Spawn)
      if (TermIndex Callee = resolve(import(O.B)); Callee && T.kind(Callee) == TermKind::Result)
        Started.insert(T.get(Callee).A);
    for (const Effects::Target &K : I.Spawn->Body.Targets)
      if (K.Binder == F && (L.Functions[K.Function].Record->Flags & FnCoroutine))
        L.Starts.push_back(
            {K.Function, I.Spawn->Kind, F, I.Operation, I.Spawn->Kind == ExecutorKind::Same});
    // A handle that was given away: who resumes it runs the coroutine.
    for (const PendingCall &P : I.Spawn->Body.Pending)
      for (auto &[Number, B] : DirectBindings)
        if (B.Destination && T.root(P.Callee) == B.Destination) {
          L.Starts.push_back({B.Callee, I.Spawn->Kind, F, I.Operation, false});
          Started.insert(Number);
        }
  }
  // Resumed by hand by a plain function, and waiting for nothing: it has come to its end on that function's thread.
  auto ByHand = [&](const Binding &B) {
    if ((Record.Flags & FnCoroutine) || !B.Destination)
      return false;
    const FunctionInfo &I = L.Functions[B.Callee];
    for (const Block &K : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (const Op &O : I.Unit->slice(I.Unit->Ops, K.Ops))
        if (O.Kind == OpKind::Await)
          return false;
    for (std::uint32_t N = 0; N < Count; ++N) {
      const Op &O = Unit.Ops[Record.FirstOp + N];
      if (O.Kind != OpKind::Call || !Unit.string(O.Name).ends_with("resume"))
        continue;
      if (T.root(resolve(import(O.A))) == B.Destination ||
          (O.B && T.root(resolve(import(O.B))) == B.Destination))
        return true;
    }
    return false;
  };
  for (auto &[Number, B] : DirectBindings)
    if (!Started.contains(Number) && ByHand(B))
      L.Starts.push_back({B.Callee, ExecutorKind::Unknown, F, Number, false, /*ByHand=*/true});
    else if (!Started.contains(Number))
      L.Starts.push_back({B.Callee, ExecutorKind::Unknown, F, Number, true});
}

void Frame::noteNonblocking() {
  for (std::uint32_t I = 0; I < Count; ++I)
    if (const Op &O = Unit.Ops[Record.FirstOp + I]; O.Kind == OpKind::Return && O.B)
      for (TermIndex V : {import(O.B), resolve(import(O.B))})
        Out.ReturnsNonblocking |= llvm::is_contained(Out.NonblockingHere, V);
  // A class whose own code makes a member non-blocking; a member that once was given such a descriptor says nothing of
  // other objects of the class.
  auto Note = [&](TermIndex Made, bool Own) {
    TermIndex At = T.kind(Made) == TermKind::Load || T.kind(Made) == TermKind::Address ? T.get(Made).A : Made;
    if (At && (T.kind(At) == TermKind::Field || T.kind(At) == TermKind::Global) &&
        (!Own || T.kind(T.root(At)) == TermKind::This || T.kind(At) == TermKind::Global))
      L.NonblockingFields.insert(T.get(At).Id);
  };
  for (TermIndex Made : Out.NonblockingHere)
    Note(Made, /*Own=*/false);
  // What is stored from a non-blocking descriptor is one, too.
  for (auto &[To, Value] : Stored)
    if (Value && llvm::is_contained(Out.NonblockingHere, Value))
      insertSorted(Out.NonblockingHere, T.load(To));
  for (std::uint32_t I = 0; I < Count; ++I) {
    const Op &O = Unit.Ops[Record.FirstOp + I];
    if (O.Kind == OpKind::Store && llvm::is_contained(Out.NonblockingHere, import(O.B)))
      for (TermIndex To : {import(O.A), resolve(import(O.A))})
        insertSorted(Out.NonblockingHere, T.load(To));
  }
  for (TermIndex Made : Out.NonblockingHere)
    Note(Made, /*Own=*/true);
}

static bool sameLeaf(const Trace *A, const Trace *B) {
  while (A && A->Inner)
    A = A->Inner;
  while (B && B->Inner)
    B = B->Inner;
  return A && B && A->Step.In == B->Step.In && A->Step.Operation == B->Step.Operation;
}

void Frame::exportFacts() {
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  // Stores first: they say under which name a caller knows an object that was made here.
  for (auto &[To, Value] : Stored) {
    TermIndex Root = T.root(To);
    if (!Root || Out.Stores.size() >= MostStores)
      continue;
    TermKind K = T.kind(Root);
    if (K != TermKind::Param && K != TermKind::This && K != TermKind::ReturnSlot)
      continue;
    if (isOwnCopy(To))
      continue;
    TermIndex Target = exported(To);
    if (!Target)
      continue;
    Out.Stores.push_back({Target, Value ? resolve(Value) : NoTerm});
  }
  llvm::sort(Out.Stores, [](const StoreEffect &A, const StoreEffect &B) {
    return std::tie(A.To, A.Value) < std::tie(B.To, B.Value);
  });
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
  // What is in the objects that callers get to know.
  for (auto &[To, Value] : Stored) {
    TermIndex Root = T.root(To);
    if (!Root || Root == To || T.kind(Root) != TermKind::Object || Out.Stores.size() >= MostStores)
      continue;
    if (TermIndex Target = exported(To))
      Out.Stores.push_back({Target, Value ? resolve(Value) : NoTerm});
  }

  auto Locks = [&](const LockSet &Set) {
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
  };
  auto Set = [&](const TermSet &From) {
    TermSet Mapped;
    for (TermIndex Item : From)
      insertSorted(Mapped, exported(Item));
    return Mapped;
  };
  auto Export = [&](const Effects &From, Effects &Into, bool OtherThread, const Instance *Started) {
    for (const AccessEffect &A : From.Accesses) {
      if (Into.Accesses.size() >= MostAccesses)
        break;
      AccessEffect M = A;
      M.Task = NoIndex;
      M.At = exported(Started && Started->Repeats ? ownSlots(A.At, Started->Operation) : A.At);
      if (!M.At || isOwnCopy(M.At))
        continue;
      // One of several that say the same.
      M.Locks = Locks(A.Locks);
      M.Dropped = Set(A.Dropped);
      M.SeenBefore = Set(A.SeenBefore);
      M.ToldAfter = Set(A.ToldAfter);
      M.WaitedBefore = Set(A.WaitedBefore);
      for (TermIndex W : A.WaitedHere)
        insertSorted(M.WaitedBefore, exported(W));
      M.WaitedHere.clear();
      M.UnknownLock |= llvm::any_of(M.Locks, [&](const Held &H) { return H.Lock == unknownLock(T); });
      M.OtherThread |= OtherThread;
      bool Said = llvm::any_of(Into.Accesses, [&](const AccessEffect &K) {
        return K.At == M.At && K.Kind == M.Kind && K.Locks == M.Locks && K.OtherThread == M.OtherThread &&
               K.UnknownLock == M.UnknownLock && K.Dropped == M.Dropped && K.SeenBefore == M.SeenBefore &&
               K.ToldAfter == M.ToldAfter && K.WaitedBefore == M.WaitedBefore &&
               (K.Kind == AccessKind::Read || sameLeaf(K.Via, M.Via));
      });
      if (!Said)
        Into.Accesses.push_back(std::move(M));
    }
    for (const Effects::Run &R : From.Loops)
      if (TermIndex Loop = exported(R.Loop))
        Into.Loops.push_back({Loop, R.Via});
    for (const PendingCall &P : From.Pending) {
      if (Into.Pending.size() >= MostPending)
        break;
      PendingCall M = P;
      M.Callee = exported(P.Callee);
      if (!M.Callee)
        continue;
      for (TermIndex &A : M.Args)
        A = exported(Started && Started->Repeats ? ownValue(A, Started->Operation) : A);
      M.Locks = Locks(P.Locks);
      M.SeenBefore = Set(P.SeenBefore);
      M.ToldAfter = Set(P.ToldAfter);
      M.OtherThread |= OtherThread;
      Into.Pending.push_back(std::move(M));
    }
    for (TermIndex Item : From.Kept)
      insertSorted(Into.Kept, exported(Item));
    Into.Targets = From.Targets;
    if (Into.Targets.size() > MostPending)
      Into.Targets.resize(MostPending);
  };

  std::vector<std::uint8_t> AtEnd(Instances.size(), NotStarted);
  std::optional<State> End;
  for (std::uint32_t N = 0; N < Blocks.size(); ++N) {
    if (!In[N].Reached || !Unit.list(Blocks[N].Successors).empty())
      continue;
    State S = In[N];
    for (std::uint32_t I = 0; I < Blocks[N].Ops.Count; ++I)
      step(Blocks[N].Ops.First - Record.FirstOp + I, S);
    if (!End)
      End = S;
    else
      merge(*End, S);
  }
  // A function that loops for ever leaves running what it never joins.
  std::vector<std::uint8_t> Endless(Instances.size(), NotStarted);
  if (!End)
    for (std::uint32_t N = 0; N < Blocks.size(); ++N)
      for (std::size_t I = 0; In[N].Reached && I < Instances.size(); ++I)
        Endless[I] = std::max(Endless[I], In[N].Lives[I]);
  for (std::uint32_t I = 0; I < Count; ++I)
    if (Ops[I]) {
      Export(Ops[I]->Here, Out.Own, false, nullptr);
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
  std::vector<std::uint32_t> Places(Instances.size(), NoIndex);
  for (std::size_t I = 0; I < Instances.size(); ++I) {
    SpawnEffect &S = *Instances[I].Spawn;
    bool Runs = End ? End->Lives[I] == Running : Endless[I] == Running;
    // What it runs is only known to a caller: whether that races, too.
    bool Unsettled = parallel(Instances[I]) && !S.Body.Pending.empty();
    if (!Runs && !Unsettled) {
      // Joined below: its accesses are made while this function runs, on another thread.
      Export(S.Body, Out.Own, /*OtherThread=*/true, &Instances[I]);
      continue;
    }
    if (Out.Spawns.size() >= MostSpawns)
      break;
    Places[I] = static_cast<std::uint32_t>(Out.Spawns.size());
    SpawnEffect M;
    M.Over = !Runs;
    M.Kind = S.Kind;
    M.On = S.On ? exported(S.On) : NoTerm;
    M.Many = S.Many || Instances[I].Repeats;
    M.JoinsInDestructor = S.JoinsInDestructor;
    M.Sequential = S.Sequential;
    M.Anonymous = S.Anonymous;
    M.Queue = S.Queue;
    M.Listener = S.Listener;
    M.Serial = S.Serial ? exported(S.Serial) : NoTerm;
    M.Handles = Set(S.Handles);
    M.Via = S.Via;
    Export(S.Body, M.Body, false, &Instances[I]);
    M.WaitedBefore = Set(S.WaitedBefore);
    for (TermIndex W : S.WaitedHere)
      insertSorted(M.WaitedBefore, exported(W));
    Out.Spawns.push_back(std::move(M));
  }
  for (std::size_t I = 0; I < Instances.size(); ++I)
    if (Places[I] != NoIndex && I < Overlaps.size())
      for (std::uint32_t Other : Overlaps[I])
        if (Places[Other] != NoIndex)
          Out.Spawns[Places[I]].Beside.push_back(Places[Other]);
  if (End) {
    Out.Acquired = Locks(End->Locks);
    Out.MayAcquired = Set(End->May);
    for (TermIndex D : End->Dropped)
      insertSorted(Out.Released, exported(D));
    Out.Observed = Set(End->Seen);
  }
  // Only now: until here they named the objects made here.
  for (StoreEffect &S : Out.Stores)
    S.Value = S.Value ? exported(S.Value) : NoTerm;
  llvm::erase_if(Out.Stores, [&](const StoreEffect &S) {
    return S.To == Slot || (S.Value && S.Value == T.load(S.To));
  });
  noteHandOvers(End);
}

} // namespace threadbare
