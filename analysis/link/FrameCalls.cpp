// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions a call means in one function, with which arguments, and what calling them does there.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

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
  case TermKind::Address: {
    // std::ref(f), or C++'s pointer to a functor: what is called is there.
    TermIndex Behind = resolve(T.load(Node.A));
    return Behind && T.kind(Behind) != TermKind::Address && bind(Behind, Args, Out);
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

/// The container that a place is in: as an element, or as a part of one (the value of a map's node).
static TermIndex containerOf(const TermTable &T, TermIndex At) {
  if (At &&
      (T.kind(At) == TermKind::Field || (T.kind(At) == TermKind::Element && T.kind(T.get(At).A) == TermKind::Element)))
    At = T.get(At).A;
  return At && T.kind(At) == TermKind::Element ? T.get(At).A : NoTerm;
}

/// What a call of an element of a local container runs: each of the callables that were put there, where every element
/// is called in turn; otherwise the only one, where nobody else has hold of the container.
llvm::SmallVector<TermIndex, 4> Frame::calledElements(TermIndex Callee) {
  llvm::SmallVector<TermIndex, 4> Found;
  TermIndex At = Callee && T.kind(Callee) == TermKind::Load ? T.get(Callee).A : NoTerm;
  TermIndex Container = containerOf(T, At);
  if (!Container || T.kind(Container) != TermKind::Local)
    return Found;
  bool Known = true;
  for (const Op &O : llvm::ArrayRef(Unit.Ops).slice(Record.FirstOp, Count)) {
    if (O.Kind == OpKind::Store && containerOf(T, resolve(import(O.A))) == Container) {
      TermIndex Value = resolve(import(O.B));
      TermKind K = Value ? T.kind(Value) : TermKind::Unknown;
      if (K != TermKind::Closure && K != TermKind::Function && K != TermKind::Bound)
        Known = false;
      else if (!llvm::is_contained(Found, Value))
        Found.push_back(Value);
    } else if (O.Kind == OpKind::Call) {
      for (TermIndex A : Unit.list(O.List))
        Known &= resolve(import(A)) != T.address(Container);
    }
  }
  bool Each =
      T.mentions(At, [](const LinkedTerm &Node) { return Node.Kind == TermKind::Element && (Node.Flags & TermAny); });
  if (!Each && (!Known || Found.size() != 1))
    Found.clear();
  return Found;
}

/// The arguments of a call by name, or of one of a lambda whose type says which it is.
Binding Frame::bindDirect(std::uint32_t Number, FunctionIndex Callee) {
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  Binding B;
  B.Callee = Callee;
  for (TermIndex A : Unit.list(O.List))
    B.Params.push_back(resolve(import(A)));
  B.This = resolve(import(O.A));
  B.Destination = resolve(import(O.C));
  if (TermIndex Value = O.B ? resolve(import(O.B)) : NoTerm; Value && T.kind(Value) == TermKind::Closure)
    B.Captures.assign(T.get(Value).List.begin(), T.get(Value).List.end());
  B.Result = T.make({TermKind::Result, 0, Number, 0, 0, {}});
  return B;
}

std::vector<Binding> Frame::targets(std::uint32_t Number) {
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  std::vector<Binding> Found;
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
    for (FunctionIndex C : Callees)
      Found.push_back(bindDirect(Number, C));
    return Found;
  }
  llvm::SmallVector<TermIndex, 6> Args;
  for (TermIndex A : Unit.list(O.List))
    Args.push_back(resolve(import(A)));
  TermIndex Value = O.B ? resolve(import(O.B)) : NoTerm;
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
    if (FunctionIndex Callee = L.plainCallee(L.Functions[F], I); Callee != NoFunction) {
      const Facts &Known = L.facts(F, Callee);
      if (Known.Stores.empty() && Known.Moves.empty() && !Known.Returned)
        continue;
    }
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
      const Facts &Known = L.facts(F, B.Callee);
      bool Changed = false;
      for (const StoreEffect &S : Known.Stores) {
        TermIndex To = substitute(S.To, B);
        if (!To)
          continue;
        store(To, S.Value ? substitute(S.Value, B) : NoTerm, I, S.Several);
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
  findCommon();
}

/// What is done under \p Inner by something that is called under \p Outer.
CircumstancesIndex Frame::both(CircumstancesIndex Inner, CircumstancesIndex Outer) {
  if (Outer == NoCircumstances || Inner == Outer)
    return Inner;
  Circumstances C = L.Under[Inner];
  const Circumstances &More = L.Under[Outer];
  for (const Held &H : More.Locks)
    if (!llvm::is_contained(C.Locks, H))
      C.Locks.push_back(H);
  C.UnknownLock |= More.UnknownLock;
  insertAll(C.Dropped, More.Dropped);
  insertAll(C.SeenBefore, More.SeenBefore);
  insertAll(C.ToldAfter, More.ToldAfter);
  insertAll(C.WaitedBefore, More.WaitedBefore);
  return L.Under.make(std::move(C));
}

/// Runs a callable here, or notes that a caller will know it.
void Frame::invoke(TermIndex Callee, llvm::ArrayRef<TermIndex> Args, CircumstancesIndex Under, const Trace *To,
                   Effects &Into, OpEffects *Op, unsigned Depth, SymbolId As) {
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
    L.Invoked.emplace_back(B.Callee, F);
    Into.Targets.push_back({B.Callee, To, F, &*L.Bound.emplace(L.Bound.end(), B)});
    if (R.Flags & FnGenerator)
      return;
    const Facts &Known = L.facts(B.Callee);
    Effects Body;
    importEffects(Known.Own, L.accesses(B.Callee), B, To, Body, L.Under[Under].OtherThread, Op, Depth + 1);
    for (AccessEffect &A : Body.Accesses)
      A.Under = both(A.Under, Under);
    for (PendingCall &P : Body.Pending)
      P.Under = both(P.Under, Under);
    llvm::append_range(Into.Accesses, Body.Accesses);
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
    countSilence(Silence::UnknownCallable);
    return;
  }
  PendingCall P;
  P.Callee = Known;
  P.Args.assign(Args.begin(), Args.end());
  P.Under = Under;
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
  const Facts &Known = L.facts(F, B.Callee);
  importEffects(Known.Own, L.accesses(B.Callee), B, To, Into.Here, /*OtherThread=*/false, &Into, Depth);
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
  for (TermIndex Item : Known.Observed)
    insertSorted(Into.Observe, substitute(Item, B));
  for (TermIndex Item : Known.Published)
    insertSorted(Into.Publish, substitute(Item, B));
}

} // namespace threadbare
