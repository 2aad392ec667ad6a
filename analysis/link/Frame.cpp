// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace threadbare {

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

} // namespace threadbare
