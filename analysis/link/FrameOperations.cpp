// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What each operation of a function does, callees included.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

void Frame::readSpawn(std::uint32_t Number, const Op &O, OpEffects &E) {
  SpawnEffect S;
  S.Kind = static_cast<ExecutorKind>(O.Sub);
  S.On = O.A ? resolve(import(O.A)) : NoTerm;
  S.Many = O.Flags & OpMany;
  S.JoinsInDestructor = O.Flags & OpJoinsInDestructor;
  if (O.C && !(O.Flags & OpDetached))
    insertSorted(S.Handles, resolve(import(O.C)));
  S.Via = trace(Number);
  S.Chain = {F, Number};
  settleExecutor(S);
  llvm::SmallVector<TermIndex, 6> Args;
  for (TermIndex A : Unit.list(O.List))
    Args.push_back(resolve(import(A)));
  TermIndex Callee = resolve(import(O.B));
  invoke(Callee, Args, NoCircumstances, trace(Number), S.Body, nullptr, 0);
  followHandles(S);
  // What it gives to loops is as if it were given here, as often as the thread runs and it loops.
  std::vector<SpawnEffect> Tasks = std::move(S.Body.Tasks);
  S.Body.Tasks.clear();
  serialise(S);
  // A handler that asks for the next of its kind, and starts others besides: as many as there are.
  bool Again = llvm::any_of(S.Body.Targets, [&](const Effects::Target &K) {
    return llvm::any_of(L.Edges[K.Function], [&](const CallEdge &E) { return E.Callee == F && !E.Via; });
  });
  for (SpawnEffect &Task : Tasks) {
    Task.Chain = S.Chain;
    // On the executor of who starts it.
    if (Task.Kind == ExecutorKind::Same) {
      Task.Kind = S.Kind;
      Task.On = S.On;
      Task.Serial = S.Serial;
      serialise(Task);
    }
    Task.Many |= S.Many || Again;
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
    invoke(Callee, llvm::ArrayRef(Args).slice(I + 1, End - I - 1), NoCircumstances, trace(Number), S.Body, nullptr, 0);
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
    invoke(Callee, Args, NoCircumstances, trace(Number), E.Here, &E, 0);
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
  if (readPlainCall(Number, O))
    return;
  auto E = std::make_unique<OpEffects>();
  bool Something = true;
  switch (O.Kind) {
  case OpKind::Access: {
    TermIndex At = resolve(import(O.A));
    if (!At || isOwnCopy(At) || isPrivate(At) || !isWanted(At))
      return;
    AccessEffect A;
    A.At = At;
    A.Kind = static_cast<AccessKind>(O.Sub);
    A.Via = trace(Number);
    A.Where = {F, Number};
    E->Here.Accesses.push_back(std::move(A));
    break;
  }
  case OpKind::Acquire: {
    Held H;
    H.Lock = O.A ? resolve(import(O.A)) : unknownLock(T);
    H.Owner = resolve(import(O.B));
    H.Mode = static_cast<LockMode>(O.Sub);
    H.StopsThreads = O.Flags & OpStopsThreads;
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
    E->Joins.push_back({resolve(import(O.A)), (O.Flags & OpInDestructor) != 0, O.Sub != 0});
    // What the other thread did is seen after waiting for its future.
    if (!O.Sub)
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
      if (auto Callees = targets(T.get(Asked).A); Callees.size() == 1)
        for (TermIndex Item : L.facts(F, Callees.front().Callee).ReadyIf[O.Sub])
          insertSorted(E->Observe, substitute(Item, Callees.front()));
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
        TermIndex Callee = resolve(import(O.B));
        invoke(Callee, Args, NoCircumstances, trace(Number), E->Here, E.get(), 0);
        for (TermIndex Element : calledElements(Callee))
          invoke(Element, Args, NoCircumstances, trace(Number), E->Here, E.get(), 0);
      }
      break;
    }
    bool Foreign = isForeign(O);
    for (const Binding &B : Callees)
      L.Edges[F].push_back({Number, B.Callee, nullptr, Foreign});
    if (Callees.size() > 1)
      break; // which one runs is not known
    const Binding &B = Callees.front();
    if (L.asksCaller(B.Callee)) {
      Out.AsksCaller = true;
      L.notes(F).Bindings[Number] = B;
    }
    for (TermIndex Made : L.facts(F, B.Callee).Nonblocking)
      insertSorted(Out.NonblockingHere, substitute(Made, B));
    if (L.facts(F, B.Callee).ReturnsNonblocking)
      insertSorted(Out.NonblockingHere, T.make({TermKind::Result, 0, Number, 0, 0, {}}));
    const Function &R = *L.Functions[B.Callee].Record;
    // A coroutine's body runs when it is started or awaited; a generator's when it is asked.
    if ((R.Flags & FnCoroutine) && (!(O.Flags & OpAwaited) || (R.Flags & FnGenerator)))
      break;
    if (isPassedIn(O, B.Callee)) {
      invoke(resolve(import(O.B)), B.Params, NoCircumstances, trace(Number), E->Here, E.get(), 0, O.Symbol);
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
      if (K.Binder == F) {
        Out.AsksCaller |= L.asksCaller(K.Function);
        L.Edges[F].push_back({Number, K.Function, K.Via, isForeign(O), K.Bound});
      }
  if (Something)
    Ops[Number] = std::move(E);
}

} // namespace threadbare
