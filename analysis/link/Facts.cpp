// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// In which order functions are looked at, and how often. What one function says of itself can change what others do:
// which containers are worked off by threads, and which objects threads touch at all, is known when everything was read
// once. Only who depends on what is new is read again.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

static const Facts Nothing;

/// By Silence.
static constexpr const char *SilenceReasons[] = {
    "more accesses than are followed through calls",
    "call of a value that nobody knows",
    "more threads than are followed through calls",
    "a task of a loop that nobody is seen to run",
};

static bool isNothing(const Facts &F) {
  const Effects &E = F.Own;
  return E.Pending.empty() && E.Loops.empty() && E.Targets.empty() && E.Kept.empty() &&
         E.Tasks.empty() && F.Spawns.empty() && F.Joins.empty() && F.Stores.empty() && F.Moves.empty() &&
         F.Acquired.empty() && F.MayAcquired.empty() && F.Released.empty() && F.Observed.empty() &&
         F.Published.empty() && F.ReadyIf[0].empty() && F.ReadyIf[1].empty() && F.Nonblocking.empty() &&
         F.NonblockingHere.empty() && !F.ReturnsNonblocking && !F.Returned && !F.AsksCaller;
}

const Facts &Linker::known(FunctionIndex F) const { return AllFacts[F] ? *AllFacts[F] : Nothing; }

/// A function that only calls, by name, others that have nothing to say: most of a large program.
bool Linker::isPlain(FunctionIndex F) {
  const FunctionInfo &I = Functions[F];
  if (I.Record->Flags & FnCoroutine)
    return false;
  const UnitSummary &Unit = *I.Unit;
  llvm::SmallVector<CallEdge, 8> Calls;
  for (const Block &B : Unit.slice(Unit.Blocks, I.Record->Blocks))
    for (std::uint32_t N = 0; N < B.Ops.Count; ++N) {
      const Op &O = Unit.Ops[B.Ops.First + N];
      switch (O.Kind) {
      case OpKind::Nop:
      case OpKind::Declare:
        continue;
      case OpKind::Return:
        if (O.B)
          return false;
        continue;
      case OpKind::Access:
        if (SymbolId Leaf = accessedLeaf(Unit, O.A); !Leaf || Wanted.contains(Leaf))
          return false;
        continue;
      case OpKind::Call: {
        if (!O.Symbol || O.B || (O.Flags & OpVirtual) ||
            (O.Blocking != NoIndex && Unit.Blockings[O.Blocking].Conditions.Count) ||
            (Annotations.lookup(O.Symbol) & FnAnnotatedOffloads))
          return false;
        if (CalledAt[I.Number][B.Ops.First + N] == NoFunction)
          continue;
        std::uint32_t Operation = B.Ops.First + N - I.Record->FirstOp;
        FunctionIndex Callee = plainCallee(I, Operation);
        if (Callee == NoFunction || !saysNothing(Callee))
          return false;
        Calls.push_back({Operation, Callee});
        continue;
      }
      default:
        return false;
      }
    }
  Edges[F].assign(Calls.begin(), Calls.end());
  return true;
}

FunctionIndex Linker::plainCallee(const FunctionInfo &I, std::uint32_t Operation) const {
  const Op &O = I.Unit->Ops[I.Record->FirstOp + Operation];
  if (!O.Symbol || O.B || (O.Flags & OpVirtual))
    return NoFunction;
  FunctionIndex Callee = CalledAt[I.Number][I.Record->FirstOp + Operation];
  return Callee == NoFunction || (Functions[Callee].Record->Flags & FnCoroutine) ? NoFunction : Callee;
}

const Facts &Linker::facts(FunctionIndex F) {
  if (Progress[F] == Reading::Fresh) {
    Progress[F] = Reading::InProgress;
    if (!isPlain(F)) {
      AllFacts[F] = std::make_unique<Facts>();
      Frame(*this, F).run();
      keepAccesses(F, std::exchange(AllFacts[F]->Own.Accesses, {}));
      if (isNothing(*AllFacts[F]))
        AllFacts[F].reset();
    }
    Progress[F] = Reading::Done;
  }
  return known(F);
}

void Linker::keepAccesses(FunctionIndex F, llvm::ArrayRef<AccessEffect> Accesses) {
  AccessList &List = AllAccesses[F];
  if (Accesses.size() > List.Room) {
    List.Room = static_cast<std::uint32_t>(Accesses.size());
    List.First = AccessArena.Allocate<AccessEffect>(List.Room);
  }
  std::uninitialized_copy(Accesses.begin(), Accesses.end(), List.First);
  List.Count = static_cast<std::uint32_t>(Accesses.size());
}

void Linker::forget(FunctionIndex F) {
  Progress[F] = Reading::Fresh;
  AllFacts[F].reset();
  AllAccesses[F].Count = 0;
  AllNotes[F].reset();
  SilencesIn[F] = {};
  Edges[F].clear();
}

void Linker::readAll() {
  Progress.assign(Functions.size(), Reading::Fresh);
  AllFacts.resize(Functions.size());
  AllAccesses.resize(Functions.size());
  AllNotes.resize(Functions.size());
  SilencesIn.resize(Functions.size());
  Edges.resize(Functions.size());
  // What a million functions may say of each other has to fit into memory, too.
  MostAccesses = std::clamp<std::size_t>(4'000'000 / std::max<std::size_t>(Functions.size(), 1), 16, 192);
  constexpr unsigned MostRounds = 6;
  for (unsigned Round = 0;; ++Round) {
    for (FunctionIndex F : Order)
      facts(F);
    bool Queues = learnQueues();
    std::vector<FunctionIndex> Touching = learnDemand();
    if ((!Queues && Touching.empty()) || Round == MostRounds)
      break;
    std::vector<bool> Again = Queues ? std::vector<bool>(Functions.size(), true) : dependents(Touching);
    if (Queues)
      Invoked.clear();
    for (FunctionIndex F = 0; F < Functions.size(); ++F)
      if (Again[F])
        forget(F);
  }
  // What only other functions' facts were made of.
  for (auto &F : AllFacts)
    if (F) {
      F->Own = {};
      F->Stores = {};
    }
  AllAccesses = {};
  AccessArena.Reset();
  for (const SilenceCounts &Counts : SilencesIn)
    for (auto [Reason, Times] : llvm::zip_equal(SilenceReasons, Counts))
      if (Times)
        Silences[Reason] += Times;
  llvm::DenseSet<std::uint64_t> Reported;
  for (FunctionIndex F : Order) {
    if (!AllNotes[F])
      continue;
    for (Race &R : AllNotes[F]->Races)
      if (Reported.insert((std::uint64_t(R.Reported.In) << 32) | R.Reported.Operation).second)
        Races.push_back(std::move(R));
    NonblockingFields.insert(AllNotes[F]->NonblockingFields.begin(), AllNotes[F]->NonblockingFields.end());
  }
}

} // namespace threadbare
