// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace threadbare {

Frame::Frame(Linker &L, FunctionIndex F)
    : L(L), T(L.Terms), F(F), Unit(*L.Functions[F].Unit), Record(*L.Functions[F].Record), Out(*L.AllFacts[F]) {}

const Trace *Frame::trace(std::uint32_t Number, const Trace *Inner) {
  return new (L.Arena) Trace{{F, Number}, Inner};
}

const Trace *Frame::append(const Trace *Outer, const Trace *Inner) {
  if (!Outer)
    return Inner;
  return new (L.Arena) Trace{Outer->Step, append(Outer->Inner, Inner)};
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

  L.Edges[F].reserve(static_cast<std::size_t>(llvm::count_if(
      llvm::ArrayRef(Unit.Ops).slice(Record.FirstOp, Count), [](const Op &O) { return O.Kind == OpKind::Call; })));
  readStores();
  readCalls();
  for (std::uint32_t I = 0; I < Count; ++I)
    readOperation(I);
  for (std::uint32_t I = 0; I < Count; ++I)
    if (Ops[I])
      for (SpawnEffect &S : Ops[I]->Spawns)
        Instances.push_back({I, &S, false, false});
  if (!Instances.empty())
    bringAll();
  Overlaps.resize(Instances.size());
  noteSinglePools();
  assignTasks();
  for (const Instance &I : Instances)
    if (I.Spawn->Kind != ExecutorKind::Deferred)
      for (const Effects::Target &K : I.Spawn->Body.Targets)
        L.notes(F).ThreadBodies.push_back(K.Function);
  flow();
  findConditionalLocks();
  publishesAfter();

  // The second look, with what holds at each operation.
  for (std::uint32_t N = 0; N < Blocks.size(); ++N) {
    if (!In[N].Reached)
      continue;
    State S = In[N];
    for (std::uint32_t I = 0; I < Blocks[N].Ops.Count; ++I) {
      std::uint32_t Number = Blocks[N].Ops.First - Record.FirstOp + I;
      completeDistant(Number, S);
      if (OpEffects *E = Ops[Number].get()) {
        const TermSet &Told = toldAfter(Number);
        llvm::DenseMap<CircumstancesIndex, CircumstancesIndex> Completed;
        auto Complete = [&](CircumstancesIndex &Under) {
          auto [It, New] = Completed.try_emplace(Under);
          if (New)
            It->second = complete(Under, S, Told);
          Under = It->second;
        };
        for (AccessEffect &A : E->Here.Accesses)
          Complete(A.Under);
        for (PendingCall &P : E->Here.Pending)
          Complete(P.Under);
        for (SpawnEffect &Started : E->Spawns)
          for (TermIndex W : S.Waited)
            insertSorted(Started.WaitedHere, W);
        findRaces(Number, S, E->Here.Accesses);
        noteWaits(Number, S);
      }
      noteSuspension(Number, S);
      step(Number, S);
    }
  }
  reportRaces();
  noteQueues();
  noteStarts();
  noteNonblocking();
  exportFacts();
}

} // namespace threadbare
