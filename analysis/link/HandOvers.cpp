// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a function that presents itself as asynchronous hands over to other threads.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

/// Whether a value is one of this function's own parameters that were given to it to be told of the end: a promise, or
/// a callable. A callable without arguments that has a task's name is the work itself: its taker is an executor.
bool Frame::isCompletion(TermIndex Callee, const PendingCall *Call) const {
  auto Params = Unit.slice(Unit.Params, Record.Params);
  TermIndex Root = Callee ? T.root(Callee) : NoTerm;
  if (!Root || T.kind(Root) != TermKind::Param || T.get(Root).A >= Params.size())
    return false;
  const Param &P = Params[T.get(Root).A];
  if (P.Flags & ParamPromise)
    return true;
  if (!(P.Flags & ParamCallable))
    return false;
  if (Call && !Call->Args.empty())
    return true;
  static constexpr llvm::StringLiteral Work[] = {"f",    "fn",   "fun",  "func",     "function", "task",    "job",
                                                 "work", "body", "op",   "callable", "runnable", "command", "closure",
                                                 "g",    "run",  "call", "action",   "operation"};
  llvm::StringRef Name = Unit.string(P.Name);
  return !llvm::is_contained(Work, Name.trim('_'));
}

/// Whether what is handed over carries a completion callback with it, in a capture, an argument, or an object that an
/// argument leads to.
bool Frame::takesAlong(const Instance &I) {
  auto Given = [&](TermIndex V) {
    return T.mentions(V, [&](const LinkedTerm &Node) {
      if (Node.Kind != TermKind::Load)
        return false;
      return T.kind(Node.A) == TermKind::Param && isCompletion(Node.A, nullptr);
    });
  };
  const Op &O = Unit.Ops[Record.FirstOp + I.Operation];
  // A thread that somebody far below starts for purposes of its own takes nothing along from here.
  bool OurWork = llvm::any_of(I.Spawn->Body.Targets, [&](const Effects::Target &K) { return K.Binder == F; });
  bool Near = I.Spawn->Via && (!I.Spawn->Via->Inner || !I.Spawn->Via->Inner->Inner);
  if (O.Kind == OpKind::Call && !OurWork && !Near)
    return false;
  llvm::SmallVector<TermIndex, 8> Values;
  if (O.Kind == OpKind::Spawn || O.Kind == OpKind::Store)
    Values.push_back(resolve(import(O.B)));
  for (TermIndex A : Unit.list(O.List))
    Values.push_back(resolve(import(A)));
  llvm::SmallVector<TermIndex, 8> Places;
  for (TermIndex V : Values) {
    if (Given(V))
      return true;
    if (V)
      Places.push_back(V);
  }
  // C's way: a struct with the callback in it, behind the pointer.
  llvm::DenseSet<TermIndex> Roots;
  for (TermIndex V : Places)
    T.mentions(V, [&](const LinkedTerm &Node) {
      if (Node.Kind == TermKind::Address || Node.Kind == TermKind::Pointee || Node.Kind == TermKind::Load)
        for (TermIndex At = Node.A; At; At = T.get(At).A) {
          TermKind K = T.kind(At);
          if (K == TermKind::Object || K == TermKind::Result || K == TermKind::Local)
            Roots.insert(At);
          if (K != TermKind::Field && K != TermKind::Element && K != TermKind::Pointee && K != TermKind::Load)
            break;
        }
      return false;
    });
  if (Roots.empty())
    return false;
  for (auto &[To, Value] : Stored)
    if (Value && Roots.contains(T.root(To)) && T.root(To) != To && Given(resolve(Value)))
      return true;
  return false;
}

/// Whether a callback is called again and again, without an end: a service that reports, not an operation.
bool Frame::servesForever(const PendingCall &P) const {
  const Trace *Last = P.Via;
  while (Last && Last->Inner)
    Last = Last->Inner;
  if (!Last)
    return false;
  const FunctionInfo &I = L.Functions[Last->Step.In];
  auto Blocks = I.Unit->slice(I.Unit->Blocks, I.Record->Blocks);
  std::uint32_t Wanted = I.Record->FirstOp + Last->Step.Operation, Start = 0;
  while (Start < Blocks.size() &&
         !(Blocks[Start].Ops.First <= Wanted && Wanted < Blocks[Start].Ops.First + Blocks[Start].Ops.Count))
    ++Start;
  if (Start == Blocks.size())
    return false;
  std::vector<bool> Seen(Blocks.size(), false);
  std::vector<std::uint32_t> Work{Start};
  bool Again = false, Ends = false;
  while (!Work.empty()) {
    auto Next = I.Unit->list(Blocks[Work.back()].Successors);
    Work.pop_back();
    Ends |= Next.empty();
    for (std::uint32_t N : Next) {
      Again |= N == Start;
      if (!Seen[N]) {
        Seen[N] = true;
        Work.push_back(N);
      }
    }
  }
  return Again && !Ends;
}

/// Whether a callback that is given away keeps the promise whose future this function returns, or the promise is given
/// away itself.
bool Frame::fulfilsResult(const Instance &I) {
  llvm::SmallVector<TermIndex, 2> Promises;
  for (std::uint32_t N = 0; N < Count; ++N) {
    const Op &R = Unit.Ops[Record.FirstOp + N];
    if ((R.Kind != OpKind::Return || !R.B) && (R.Kind != OpKind::Move || !R.A))
      continue;
    if (R.Kind == OpKind::Move && Unit.Terms[R.B].Kind != TermKind::ReturnSlot)
      continue;
    TermIndex Root = T.root(resolve(import(R.Kind == OpKind::Return ? R.B : R.A)));
    if (Root && (T.kind(Root) == TermKind::Object || T.kind(Root) == TermKind::Local))
      Promises.push_back(Root);
  }
  const Op &O = Unit.Ops[Record.FirstOp + I.Operation];
  FunctionIndex Callee = L.CalledAt[L.Functions[F].Number][Record.FirstOp + I.Operation];
  auto TakesPromise = [&](std::size_t Number) {
    if (Callee == NoFunction)
      return false;
    const FunctionInfo &To = L.Functions[Callee];
    auto Params = To.Unit->slice(To.Unit->Params, To.Record->Params);
    return Number < Params.size() && (Params[Number].Flags & ParamPromise);
  };
  for (auto [Number, A] : llvm::enumerate(Unit.list(O.List))) {
    TermIndex V = resolve(import(A));
    bool Whole = V && (T.kind(V) == TermKind::Address || T.kind(V) == TermKind::Load);
    if (Whole && TakesPromise(Number) && llvm::is_contained(Promises, T.get(V).A))
      return true;
    if (V && T.kind(V) == TermKind::Address)
      V = resolve(T.load(T.get(V).A));
    if (V && T.kind(V) == TermKind::Closure)
      for (TermIndex Promise : Promises) {
        LinkedTerm Wanted = T.get(Promise);
        if (T.mentions(V, [&](const LinkedTerm &Node) {
              return Node.Kind == Wanted.Kind && Node.A == Wanted.A;
            }))
          return true;
      }
  }
  return false;
}

void Frame::noteHandOvers(const std::optional<State> &End) {
  bool TakesCallable = false, TakesPromise = false;
  for (const Param &P : Unit.slice(Unit.Params, Record.Params)) {
    TakesCallable |= (P.Flags & ParamCallable) != 0;
    TakesPromise |= (P.Flags & ParamPromise) != 0;
  }
  // What says of itself that it hands work over hides nothing.
  if ((!(Record.Flags & FnReturnsAsync) && !TakesCallable && !TakesPromise) ||
      (L.Annotations.lookup(Record.Id) & FnAnnotatedOffloads))
    return;
  for (std::size_t N = 0; N < Instances.size(); ++N) {
    const Instance &I = Instances[N];
    // What is joined before the function returns is a part of it, however it is done: there is nothing to wait for.
    if (End && End->Lives[N] == Joined && !(Record.Flags & FnReturnsAsync))
      continue;
    HandOver H;
    H.CallsParameter = false;
    H.In = F;
    H.Operation = I.Operation;
    H.ReturnsCallee = false;
    for (std::uint32_t N = 0; N < Count; ++N) {
      const Op &R = Unit.Ops[Record.FirstOp + N];
      // What a coroutine returns is what came of the call, not the call's own future.
      if (R.Kind == OpKind::Return && R.B && Unit.Terms[R.B].Kind == TermKind::Result)
        H.ReturnsCallee |= Unit.Terms[R.B].A == I.Operation && !(Record.Flags & FnCoroutine);
    }
    const Op &Call = Unit.Ops[Record.FirstOp + I.Operation];
    if (Call.Kind == OpKind::Call && Call.C && Unit.Terms[Call.C].Kind == TermKind::ReturnSlot)
      H.ReturnsCallee = true;
    H.Kind = I.Spawn->Kind;
    H.Via = I.Spawn->Via;
    H.Targets = I.Spawn->Body.Targets;
    bool Serves = false;
    if (TakesCallable) {
      for (const PendingCall &P : I.Spawn->Body.Pending)
        if (isCompletion(P.Callee, &P)) {
          H.CallsParameter = true;
          Serves |= servesForever(P);
        }
      H.CallsParameter |= takesAlong(I);
    } else if (TakesPromise && H.Kind == ExecutorKind::Pool) {
      // A thread of its own may be a service that tells its starter, once, that it is there.
      H.CallsParameter = takesAlong(I);
    }
    if (I.Spawn->Listener || (Serves && !(Record.Flags & FnReturnsAsync)))
      continue;
    H.FulfilsResult = (Record.Flags & FnReturnsAsync) && fulfilsResult(I);
    L.notes(F).HandOvers.push_back(std::move(H));
  }
}

} // namespace threadbare
