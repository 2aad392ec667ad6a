// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a coroutine keeps while it is suspended.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace threadbare {

/// Whether something is suspended there. A constant that is awaited is a question to the coroutine itself, as
/// asio::this_coro::executor.
bool suspends(const UnitSummary &Unit, const Op &O) {
  if (O.Kind != OpKind::Await || (O.Flags & OpReadyAwait))
    return false;
  const Term &What = Unit.Terms[O.A], &From = Unit.Terms[What.A];
  return !(What.Kind == TermKind::Load && From.Kind == TermKind::Global && (From.Flags & TermConst));
}

/// A forward data-flow, to the union: a lock that is held on one way only is held too long there.
void Frame::keep(std::uint32_t Number, State &S) {
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  if (O.Kind == OpKind::Move && !S.Kept.empty())
    if (TermIndex From = resolve(import(O.A))) {
      // Where an object without a name ends, such as one that a lambda captures, is not known.
      TermIndex To = resolve(import(O.B));
      if (To && T.kind(T.root(To)) == TermKind::Object)
        To = NoTerm;
      for (MayHold &K : S.Kept)
        if (To && K.What.Owner == From)
          K.What.Owner = To;
      llvm::erase_if(S.Kept, [&](const MayHold &K) { return K.What.Owner == From; });
    }
  const OpEffects *E = Ops[Number].get();
  if (!E || (O.Kind == OpKind::Release && (O.Flags & OpMaybe)))
    return;
  for (TermIndex R : E->Release)
    llvm::erase_if(S.Kept, [&](const MayHold &K) { return K.isOf(R); });
  for (const Held &H : E->Acquire)
    if (H.StopsThreads)
      S.Kept.push_back({H, Number});
}

/// Given back in so many words where it may be held; the end of a guard's life knows for itself.
bool Frame::isKeptByChoice(const Op &Release, TermIndex Released, const State &S) {
  return !(Release.Flags & OpInDestructor) && llvm::any_of(S.Kept, [&](const MayHold &K) { return K.isOf(Released); });
}

/// What is awaited has the lock, or its guard, and may give it back as long as it takes: a condition's wait(lock).
bool Frame::isGivenTo(TermIndex Awaited, const MayHold &K) {
  auto Mentions = [&](TermIndex Value) {
    return Value && T.mentions(Value, [&](const LinkedTerm &Node) {
      return Node.Kind == TermKind::Address && (Node.A == K.What.Owner || Node.A == K.What.Lock);
    });
  };
  TermIndex Value = resolve(import(Awaited));
  if (Mentions(Value))
    return true;
  for (std::uint32_t N = 0; Value && N < Count; ++N) {
    const Op &O = Unit.Ops[Record.FirstOp + N];
    bool Makes = O.Kind == OpKind::Call && ((T.kind(Value) == TermKind::Result && T.get(Value).A == N) ||
                                            (O.A && T.root(resolve(import(O.A))) == T.root(Value)));
    if (Makes && llvm::any_of(Unit.list(O.List), [&](TermIndex A) { return Mentions(resolve(import(A))); }))
      return true;
  }
  return false;
}

/// The awaiter's await_resume() stands before the operation that stands for the await, and runs when it is over.
bool Frame::isTakenByResume(const MayHold &K, std::uint32_t Await) const {
  auto IsAwait = [&](const Op &O) { return O.Kind == OpKind::Await; };
  const Op *First = &Unit.Ops[Record.FirstOp];
  const Op &Taking = First[K.Since];
  return K.Since < Await && Taking.Kind == OpKind::Call && Unit.string(Taking.Name).ends_with("await_resume") &&
         std::none_of(First + K.Since, First + Await, IsAwait);
}

std::string Frame::nameOf(const Held &H) const {
  if (std::string Name = describe(H.Lock); !Name.empty())
    return Name;
  TermIndex Root = H.Lock;
  while (Root && (T.kind(Root) == TermKind::Pointee || T.kind(Root) == TermKind::Load))
    Root = T.get(Root).A;
  if (Root && T.kind(Root) == TermKind::Param && T.get(Root).A < Record.Params.Count)
    return Unit.string(Unit.Params[Record.Params.First + T.get(Root).A].Name).str();
  return describe(H.Owner);
}

void Frame::noteSuspension(std::uint32_t Number, const State &S) {
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  if (S.Kept.empty() || !suspends(Unit, O))
    return;
  KeptLocks Found{{F, Number}, {}};
  for (const MayHold &K : llvm::reverse(S.Kept)) {
    if (llvm::any_of(Conditional, [&](TermIndex R) { return K.isOf(R); }) || isGivenTo(O.A, K) ||
        isTakenByResume(K, Number))
      continue;
    Found.Locks.push_back({{F, K.Since}, nameOf(K.What)});
  }
  if (!Found.Locks.empty())
    L.notes(F).Keeps.push_back(std::move(Found));
}

/// Whether a coroutine can be suspended at all, itself or in another that it awaits by name.
bool Linker::canSuspend(FunctionIndex F) {
  auto [It, New] = Suspending.try_emplace(F, false); // of a circle, the others decide
  if (!New)
    return It->second;
  const FunctionInfo &I = Functions[F];
  bool Can = false;
  for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
    for (std::uint32_t N = 0; N < B.Ops.Count && !Can; ++N)
      Can = isSuspendedAt({F, B.Ops.First - I.Record->FirstOp + N});
  return Suspending[F] = Can;
}

/// A coroutine of the program's own that is awaited by name runs at once, on the same thread.
bool Linker::isSuspendedAt(PathStep At) {
  const FunctionInfo &I = Functions[At.In];
  const Op &O = op(At);
  if (!suspends(*I.Unit, O))
    return false;
  const Term &What = I.Unit->Terms[O.A];
  if (What.Kind != TermKind::Result)
    return true;
  FunctionIndex Callee = CalledAt[I.Number][I.Record->FirstOp + What.A];
  if (Callee == NoFunction)
    return true;
  std::uint32_t Flags = Functions[Callee].Record->Flags;
  return !(Flags & FnCoroutine) || (Flags & FnExecutorGiven) || canSuspend(Callee);
}

void Linker::findKeptLocks() {
  for (const auto &N : AllNotes)
    if (N)
      for (const KeptLocks &K : N->Keeps)
        if (isSuspendedAt(K.At))
          Kept.push_back(K);
}

} // namespace threadbare
