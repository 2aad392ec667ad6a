// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which threads and tasks that a function starts, or has started, run at once: with it, and with each other.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

bool Frame::parallel(const Instance &I) const {
  switch (I.Spawn->Kind) {
  case ExecutorKind::Thread:
  case ExecutorKind::Pool:
  case ExecutorKind::Team:
    return true;
  default:
    return false; // a loop's tasks run on whoever runs it; what is deferred, on whoever asks
  }
}

/// Tasks of a loop are run by the threads that run it: what a task does, its runners do.
void Frame::assignTasks() {
  for (Instance &I : Instances)
    if (I.Spawn->Kind == ExecutorKind::Pool && I.Spawn->On)
      if (auto It = Stored.find(I.Spawn->On); It != Stored.end() && It->second &&
                                              T.kind(It->second) == TermKind::Constant && T.get(It->second).Id == 1)
        I.Spawn->Sequential = true;
  for (std::size_t N = 0; N < Instances.size(); ++N) {
    SpawnEffect &Task = *Instances[N].Spawn;
    if (Task.Kind != ExecutorKind::Loop || !Task.On)
      continue;
    std::vector<AccessEffect> Work = Task.Body.Accesses;
    for (AccessEffect &A : Work)
      A.Task = static_cast<std::uint32_t>(N);
    auto Runs = [&](const Effects &E) {
      return llvm::any_of(E.Loops, [&](const Effects::Run &R) { return R.Loop == Task.On; });
    };
    bool Found = false;
    for (Instance &R : Instances)
      if (&R != &Instances[N] && parallel(R) && Runs(R.Spawn->Body)) {
        llvm::append_range(R.Spawn->Body.Accesses, Work);
        Found = true;
      }
    for (auto &E : Ops)
      if (E && Runs(E->Here)) {
        llvm::append_range(E->Here.Accesses, Work);
        Found = true;
      }
    if (!Found)
      countSilence(Silence::UnknownRunner);
  }
}

/// Whether one of them starts the other, or both are started by one that came before.
bool Frame::inOneChain(const Instance &A, const Instance &B) const {
  const SpawnEffect &X = *A.Spawn, &Y = *B.Spawn;
  return &A != &B && X.Chain.In != NoFunction && X.Chain == Y.Chain && leafOf(X.Via) != leafOf(Y.Via);
}

/// Whether control can come from an operation to one that joins the instance.
bool Frame::joinedLater(const Instance &I, std::uint32_t Number) const {
  auto Blocks = Unit.slice(Unit.Blocks, Record.Blocks);
  std::vector<bool> Seen(Blocks.size(), false);
  std::vector<std::uint32_t> Work;
  auto Look = [&](std::uint32_t Block, std::uint32_t First) {
    std::uint32_t End = Blocks[Block].Ops.First - Record.FirstOp + Blocks[Block].Ops.Count;
    for (std::uint32_t K = First; K < End; ++K) {
      // From here on the handle is of another one.
      if (K == I.Operation || llvm::any_of(Instances, [&](const Instance &Other) {
            return Other.Operation == K && intersects(Other.Spawn->Handles, I.Spawn->Handles);
          }))
        return false;
      if (Ops[K])
        for (const JoinEffect &J : Ops[K]->Joins)
          if (!J.InDestructor && joins(J, *I.Spawn))
            return true;
    }
    for (std::uint32_t Next : Unit.list(Blocks[Block].Successors))
      if (!Seen[Next]) {
        Seen[Next] = true;
        Work.push_back(Next);
      }
    return false;
  };
  if (Look(BlockOf[Number], Number))
    return true;
  while (!Work.empty()) {
    std::uint32_t Block = Work.back();
    Work.pop_back();
    if (Look(Block, Blocks[Block].Ops.First - Record.FirstOp))
      return true;
  }
  return false;
}

/// A thread that is joined on some ways here is taken as joined, unless the author joins it again later and so knows
/// that it may still run.
bool Frame::runs(const State &S, std::size_t I, std::uint32_t Number) const {
  return S.Lives[I] == Running || (S.Lives[I] == MaybeJoined && joinedLater(Instances[I], Number));
}

/// Whether what is given to the same executor is done one after the other.
bool Frame::isSequential(const SpawnEffect &S) const {
  if (S.Sequential || !S.OfMany)
    return S.Sequential;
  return !T.mentions(S.On, [](const LinkedTerm &Node) { return Node.Kind == TermKind::Element; });
}

/// Loops that this operation's thread runs, or those that it starts, while another runs them.
void Frame::findRunTogether(std::uint32_t Number, const State &S) {
  auto Runs = [](const Effects &E, TermIndex Loop) {
    return llvm::any_of(E.Loops, [&](const Effects::Run &R) { return R.Loop == Loop; });
  };
  auto Others = [&](TermIndex Loop, const Instance *Except) {
    for (std::size_t J = 0; J < Instances.size(); ++J)
      if (&Instances[J] != Except && runs(S, J, Number) && parallel(Instances[J]) &&
          Runs(Instances[J].Spawn->Body, Loop))
        return true;
    return false;
  };
  for (const Effects::Run &R : Ops[Number]->Here.Loops)
    if (R.Several || Others(R.Loop, nullptr))
      RunTogether.insert(R.Loop);
  for (const Instance &I : Instances)
    if (I.Operation == Number && parallel(I))
      for (const Effects::Run &R : I.Spawn->Body.Loops)
        if (R.Several || I.Repeats || I.Spawn->Many || Others(R.Loop, &I))
          RunTogether.insert(R.Loop);
}

} // namespace threadbare
