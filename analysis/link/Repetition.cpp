// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How often code runs, as far as the program shows, and the pools that are made each time.
#include "link/Linker.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

namespace {

bool isLocal(const UnitSummary &Unit, TermIndex At) {
  TermKind Kind = Unit.Terms[At].Kind;
  return Kind == TermKind::Local || Kind == TermKind::Object;
}

class Repetition {
public:
  explicit Repetition(Linker &L) : L(L), Asked(L.Functions.size(), Answer{}) {
    for (FunctionIndex F = 0; F < L.Functions.size(); ++F) {
      for (const CallEdge &E : L.Edges[F])
        Calls[E.Callee].push_back({F, E.Operation});
      if (const Notes *N = L.AllNotes[F].get())
        for (const StartOf &S : N->Starts)
          Calls[S.Coroutine].push_back({F, S.Operation});
    }
  }

  struct Answer {
    enum : std::uint8_t { Unasked, Asking, Unknown, Once, Often } Is = Unasked;
    PathStep Because; ///< Often: a call in a loop
  };

  /// Once: the program does so when it starts, or a few times.
  Answer ask(FunctionIndex F) {
    if (Asked[F].Is == Answer::Asking)
      return {Answer::Unknown, {}};
    if (Asked[F].Is != Answer::Unasked)
      return Asked[F];
    Asked[F].Is = Answer::Asking;
    return Asked[F] = find(F);
  }

  /// Whether the function uses what it makes in a loop of its own: that lives for longer than one piece of work.
  bool isUsedInLoop(PathStep Made) const {
    const FunctionInfo &I = L.Functions[Made.In];
    TermIndex What = L.op(Made).A;
    auto Uses = [&](TermIndex T) {
      while (T && T != What)
        T = I.Unit->Terms[T].A;
      return T == What;
    };
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (std::uint32_t N = B.Ops.First; N < B.Ops.First + B.Ops.Count; ++N) {
        const Op &O = I.Unit->Ops[N];
        if ((Uses(O.A) || Uses(O.B) || llvm::any_of(I.Unit->list(O.List), Uses)) &&
            L.isInLoop({Made.In, N - I.Record->FirstOp}))
          return true;
      }
    return false;
  }

private:
  Answer find(FunctionIndex F) {
    if (L.Functions[F].Record->Flags & FnMain)
      return {Answer::Once, {}};
    auto Found = Calls.find(F);
    if (Found == Calls.end() || !L.closed(F))
      return {Answer::Unknown, {}};
    bool Once = true;
    for (PathStep Call : Found->second) {
      if (L.isInLoop(Call))
        return {Answer::Often, Call};
      Answer Caller = ask(Call.In);
      if (Caller.Is == Answer::Often)
        return Caller;
      Once &= Caller.Is == Answer::Once;
    }
    return {Once ? Answer::Once : Answer::Unknown, {}};
  }

  Linker &L;
  llvm::DenseMap<FunctionIndex, std::vector<PathStep>> Calls;
  std::vector<Answer> Asked;
};

} // namespace

bool isInCycle(const UnitSummary &Unit, const Function &Record, std::uint32_t Block) {
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  std::vector<bool> Seen(Blocks.size());
  std::vector<std::uint32_t> Work(1, Block);
  while (!Work.empty()) {
    std::uint32_t N = Work.back();
    Work.pop_back();
    for (std::uint32_t Next : Unit.list(Blocks[N].Successors)) {
      if (Next == Block)
        return true;
      if (!Seen[Next]) {
        Seen[Next] = true;
        Work.push_back(Next);
      }
    }
  }
  return false;
}

/// Whether the operation stands in a loop of its function.
bool Linker::isInLoop(PathStep At) const {
  const FunctionInfo &I = Functions[At.In];
  auto Blocks = I.Unit->slice(I.Unit->Blocks, I.Record->Blocks);
  std::uint32_t Operation = I.Record->FirstOp + At.Operation;
  auto Home = llvm::find_if(
      Blocks, [&](const Block &B) { return Operation >= B.Ops.First && Operation < B.Ops.First + B.Ops.Count; });
  return Home != Blocks.end() && isInCycle(*I.Unit, *I.Record, static_cast<std::uint32_t>(Home - Blocks.begin()));
}

/// A constructor that makes a pool, or several threads, for the object to keep.
bool Linker::makesPool(FunctionIndex Constructor) const {
  const FunctionInfo &I = Functions[Constructor];
  if (!(I.Record->Flags & FnConstructor))
    return false;
  auto IsOwn = [&](TermIndex At) { return At && Terms.kind(Terms.root(At)) == TermKind::This; };
  if (llvm::any_of(known(Constructor).Spawns, [&](const SpawnEffect &S) {
        return S.Kind == ExecutorKind::Thread && S.Many && llvm::any_of(S.Handles, IsOwn);
      }))
    return true;
  for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
    for (const Op &O : I.Unit->slice(I.Unit->Ops, B.Ops)) {
      const Term &At = I.Unit->Terms[O.A];
      if (O.Kind == OpKind::MakePool && At.Kind == TermKind::Field && I.Unit->Terms[At.A].Kind == TermKind::This)
        return true;
    }
  return false;
}

void Linker::findPoolsPerCall() {
  std::vector<PathStep> Made;
  for (FunctionIndex F = 0; F < Functions.size(); ++F) {
    const FunctionInfo &I = Functions[F];
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (std::uint32_t N = B.Ops.First; N < B.Ops.First + B.Ops.Count; ++N) {
        const Op &O = I.Unit->Ops[N];
        bool Pool = O.Kind == OpKind::MakePool;
        if (O.Kind == OpKind::Call && (O.Flags & OpConstructor))
          Pool = CalledAt[I.Number][N] != NoFunction && makesPool(CalledAt[I.Number][N]);
        if (Pool && isLocal(*I.Unit, O.A))
          Made.push_back({F, N - I.Record->FirstOp});
      }
  }
  if (Made.empty())
    return;
  Repetition Repeated(*this);
  for (PathStep At : Made) {
    const FunctionInfo &I = Functions[At.In];
    bool Coroutine = (I.Record->Flags & FnCoroutine) && !(I.Record->Flags & FnGenerator);
    if (isInLoop(At)) {
      ShortPools.push_back({At, {}});
      continue;
    }
    Repetition::Answer How = Repeated.ask(At.In);
    if (How.Is == Repetition::Answer::Often)
      ShortPools.push_back({At, How.Because});
    else if (Coroutine && How.Is == Repetition::Answer::Unknown && !Repeated.isUsedInLoop(At))
      ShortPools.push_back({At, {}});
  }
}

} // namespace threadbare
