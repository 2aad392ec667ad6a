// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What one function tells the other parts of the link: waits, starts of coroutines, non-blocking descriptors.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

/// What the search for blocking calls asks of one operation: which futures are ready there, which handles would be
/// waited for if they were destroyed, and the values that conditions speak of.
void Frame::noteWaits(std::uint32_t Number, const State &S) {
  const Op &O = Unit.Ops[Record.FirstOp + Number];
  if (O.Kind != OpKind::Call && O.Kind != OpKind::Join)
    return;
  if (O.Kind == OpKind::Call && !S.Seen.empty())
    L.notes(F).ReadyAt[Number] = S.Seen;
  if (O.Blocking != NoIndex) {
    auto Conditions = Unit.slice(Unit.Conditions, Unit.Blockings[O.Blocking].Conditions);
    if (!Conditions.empty()) {
      auto &Values = L.notes(F).ConditionValues[Number];
      for (const Condition &C : Conditions) {
        Values.push_back(C.Value ? resolve(import(C.Value)) : NoTerm);
        Out.AsksCaller |= isGiven(Values.back());
      }
    }
  }
  if (!(O.Flags & OpInDestructor))
    return;
  TermIndex Handle = O.Kind == OpKind::Join ? resolve(import(O.A)) : NoTerm;
  if (Handle) {
    L.notes(F).DestroyedAt[Number] = Handle;
    Out.AsksCaller |= isGiven(Handle);
  }
  for (std::size_t I = 0; I < Instances.size(); ++I) {
    const SpawnEffect &Started = *Instances[I].Spawn;
    if (S.Lives[I] != Running)
      continue;
    if (Started.Kind == ExecutorKind::Pool && Started.On && !Started.Anonymous)
      insertSorted(L.notes(F).WaitingAt[Number], Started.On);
    if (!Started.JoinsInDestructor || Started.Kind == ExecutorKind::Deferred || (Handle && !isHeld(Handle, I, S)))
      continue;
    for (TermIndex H : Started.Handles)
      if (llvm::none_of(S.Gone, [&](TermIndex Lost) { return isPrefix(T, Lost, H); }))
        insertSorted(L.notes(F).WaitingAt[Number], H);
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
        L.notes(F).Starts.push_back(
            {K.Function, I.Spawn->Kind, F, I.Operation, I.Spawn->Kind == ExecutorKind::Same});
    // A handle that was given away: who resumes it runs the coroutine.
    for (const PendingCall &P : I.Spawn->Body.Pending)
      for (auto &[Number, B] : DirectBindings)
        if (B.Destination && T.root(P.Callee) == B.Destination) {
          L.notes(F).Starts.push_back({B.Callee, I.Spawn->Kind, F, I.Operation, false});
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
      L.notes(F).Starts.push_back({B.Callee, ExecutorKind::Unknown, F, Number, false, /*ByHand=*/true});
    else if (!Started.contains(Number))
      L.notes(F).Starts.push_back({B.Callee, ExecutorKind::Unknown, F, Number, true});
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
      L.notes(F).NonblockingFields.push_back(T.get(At).Id);
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

} // namespace threadbare
