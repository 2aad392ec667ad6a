// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A callee's effects in the caller's terms.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"

namespace threadbare {

void Frame::settleExecutor(SpawnEffect &S) {
  // A handler runs where the object is bound to that it waits for.
  bool OfObject = S.Kind == ExecutorKind::Loop && (T.kind(S.On) == TermKind::Load || T.kind(S.On) == TermKind::Executor);
  if (S.On && (S.Kind == ExecutorKind::Unknown || OfObject)) {
    S.On = resolve(S.On);
    if (T.kind(S.On) == TermKind::Executor) {
      const LinkedTerm &Node = T.get(S.On);
      S.Kind = static_cast<ExecutorKind>(Node.B);
      if (S.Kind != ExecutorKind::Strand || Node.List.empty())
        S.On = Node.A;
    }
  }
  if (S.Kind != ExecutorKind::Strand || !S.On || S.Serial)
    return;
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
}

/// Tasks of a strand exclude each other as if each held it.
void Frame::serialise(SpawnEffect &S) {
  if (S.Serial)
    for (AccessEffect &A : S.Body.Accesses)
      if (Held Strand{S.Serial, NoTerm, LockMode::Exclusive};
          !L.Under[A.Under].OtherThread && !llvm::is_contained(L.Under[A.Under].Locks, Strand)) {
        Circumstances C = L.Under[A.Under];
        C.Locks.push_back(Strand);
        A.Under = L.Under.make(std::move(C));
      }
}

/// A task that hands itself over again, as a timer does that rearms itself: the next round comes after this one.
/// Otherwise what it runs is noted.
bool Frame::startsItselfAgain(const SpawnEffect &S, const Binding &B) {
  for (const PendingCall &P : S.Body.Pending) {
    TermIndex Callee = P.Queued ? NoTerm : substitute(P.Callee, B);
    if (!Callee || T.kind(Callee) != TermKind::Closure)
      continue;
    if (llvm::is_contained(Starting, Callee))
      return true;
    Starting.push_back(Callee);
  }
  return false;
}

void Frame::importSpawn(const SpawnEffect &From, const Binding &B, const Trace *To, std::vector<SpawnEffect> &Into,
                        unsigned Depth) {
  if (Into.size() >= MostSpawns)
    return;
  std::size_t Outer = Starting.size();
  auto Leave = llvm::make_scope_exit([&] { Starting.truncate(Outer); });
  if (startsItselfAgain(From, B))
    return;
  SpawnEffect S;
  static_cast<SpawnTraits &>(S) = From;
  S.Chain = From.Chain;
  S.Over = From.Over;
  S.Beside = From.Beside; // counted from the first of the same list; the caller adds where that is
  S.On = From.On ? substitute(From.On, B) : NoTerm;
  if (S.Anonymous && S.On && !L.drains(S.On))
    return;
  for (TermIndex H : From.Handles)
    insertSorted(S.Handles, substitute(H, B));
  S.Via = append(To, From.Via);
  S.WaitedBefore = substituteSet(From.WaitedBefore, B);
  settleExecutor(S);
  S.Serial = S.Serial ? S.Serial : From.Serial ? substitute(From.Serial, B) : NoTerm;
  importEffects(From.Body, From.Body.Accesses, B, To, S.Body, /*OtherThread=*/false, nullptr, Depth);
  followHandles(S);
  serialise(S);
  // One list, not a tree: a task's own tasks stand beside it.
  std::vector<SpawnEffect> Tasks = std::move(S.Body.Tasks);
  S.Body.Tasks.clear();
  for (SpawnEffect &Task : Tasks)
    Task.Chain = S.Chain;
  Into.push_back(std::move(S));
  for (SpawnEffect &Task : Tasks)
    if (Into.size() < MostSpawns)
      Into.push_back(std::move(Task));
}

void Frame::importEffects(const Effects &From, llvm::ArrayRef<AccessEffect> Accesses, const Binding &B,
                          const Trace *To, Effects &Into, bool OtherThread, OpEffects *Op, unsigned Depth) {
  llvm::DenseMap<CircumstancesIndex, CircumstancesIndex> Known;
  auto Translated = [&](CircumstancesIndex Under) {
    auto [It, New] = Known.try_emplace(Under);
    if (New)
      It->second = substituteUnder(Under, B, OtherThread);
    return It->second;
  };
  for (const AccessEffect &A : Accesses) {
    if (Into.Accesses.size() >= L.MostAccesses) {
      countSilence(Silence::MoreAccesses);
      break;
    }
    AccessEffect M = A;
    M.At = substitute(A.At, B);
    if (!M.At)
      continue;
    if (isPrivate(M.At))
      continue;
    M.Under = Translated(A.Under);
    M.To = To;
    deepen(M);
    Into.Accesses.push_back(std::move(M));
  }
  for (const Effects::Run &R : From.Loops)
    if (TermIndex Loop = substitute(R.Loop, B))
      Into.Loops.push_back({Loop, append(To, R.Via), R.Several});
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
        M.Under = Translated(P.Under);
        M.Via = append(To, P.Via);
        Into.Pending.push_back(std::move(M));
      }
      continue;
    }
    invoke(Callee, Args, Translated(P.Under), append(To, P.Via), Into, Op, Depth + 1, P.As);
  }
  for (TermIndex Item : From.Kept)
    insertSorted(Into.Kept, substitute(Item, B));
}

/// Handles are moved: into a container, a member, to the caller. The future of a promise that the work keeps is one too.
void Frame::followHandles(SpawnEffect &S) {
  S.Given = S.Handles;
  for (TermIndex Promise : S.Body.Kept)
    insertSorted(S.Handles, Promise);
  for (std::size_t Before = 0; Before != S.Handles.size();) {
    Before = S.Handles.size();
    for (auto [From, To] : llvm::concat<std::pair<TermIndex, TermIndex>>(Moves, Aliases)) {
      TermIndex Source = resolve(From), Target = resolve(To);
      if (Source && Target && llvm::is_contained(S.Handles, Source))
        insertSorted(S.Handles, Target);
    }
  }
}

} // namespace threadbare
