// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What has to be followed at all. A race needs a thread: an access that no thread can meet is not carried through the
// program. Which functions threads run is known when all functions were looked at once without their accesses.
#include "link/Linker.h"

#include "llvm/ADT/STLExtras.h"

namespace threadbare {

SymbolId accessedLeaf(const UnitSummary &Unit, TermIndex T) {
  while (T && Unit.Terms[T].Kind == TermKind::Element)
    T = Unit.Terms[T].A;
  TermKind K = Unit.Terms[T].Kind;
  return K == TermKind::Field || K == TermKind::Global ? Unit.Terms[T].Id : 0;
}

template <class Fn> static void forEachAccess(const FunctionInfo &I, Fn Visit) {
  for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
    for (const Op &O : I.Unit->slice(I.Unit->Ops, B.Ops))
      if (O.Kind == OpKind::Access)
        Visit(accessedLeaf(*I.Unit, O.A), O);
}

/// Which fields and variables somebody counts, by name or through a pointer.
void Linker::findCounted() {
  for (const UnitSummary *Unit : Units) {
    for (const Op &O : Unit->Ops)
      if (O.Kind == OpKind::Access && static_cast<AccessKind>(O.Sub) == AccessKind::Add) {
        if (SymbolId Leaf = accessedLeaf(*Unit, O.A))
          Counted.insert(Leaf);
        else
          CountedBehindPointers = true;
      }
    for (const Term &T : Unit->Terms)
      if (T.Kind == TermKind::Address)
        if (SymbolId Leaf = accessedLeaf(*Unit, T.A))
          Pointed.insert(Leaf);
  }
}

/// Functions with accesses that are followed from now on.
std::vector<FunctionIndex> Linker::learnDemand() {
  std::vector<bool> OnThread(Functions.size(), false);
  std::vector<FunctionIndex> Work;
  auto Enter = [&](FunctionIndex F) {
    if (!OnThread[F]) {
      OnThread[F] = true;
      Work.push_back(F);
    }
  };
  for (const auto &N : AllNotes)
    if (N)
      llvm::for_each(N->ThreadBodies, Enter);
  if (Work.empty())
    return {};
  std::vector<std::pair<FunctionIndex, FunctionIndex>> Callables;
  for (auto [Callable, By] : Invoked)
    Callables.emplace_back(By, Callable);
  auto ByFirst = [](const auto &A, const auto &B) { return A.first < B.first; };
  llvm::sort(Callables, ByFirst);
  llvm::DenseSet<SymbolId> Touched;
  bool TouchedBehindPointers = false;
  while (!Work.empty()) {
    FunctionIndex F = Work.back();
    Work.pop_back();
    forEachAccess(Functions[F], [&](SymbolId Leaf, const Op &) {
      if (Leaf)
        Touched.insert(Leaf);
      else
        TouchedBehindPointers = true;
    });
    for (const CallEdge &E : Edges[F])
      Enter(E.Callee);
    auto Made = llvm::make_range(std::equal_range(Callables.begin(), Callables.end(), std::pair(F, NoFunction), ByFirst));
    for (auto [By, Callable] : Made)
      Enter(Callable);
  }
  if (Counted.empty() && Pointed.empty())
    findCounted();
  auto Counts = [&](SymbolId Leaf) {
    return Counted.contains(Leaf) || (CountedBehindPointers && Pointed.contains(Leaf));
  };
  std::size_t Before = Wanted.size();
  bool WantedPointers = WantedBehindPointers;
  WantedBehindPointers |= TouchedBehindPointers;
  llvm::DenseSet<SymbolId> New;
  for (SymbolId Leaf : Touched) {
    WantedBehindPointers |= Pointed.contains(Leaf) && Counts(Leaf);
    if (Counts(Leaf) && Wanted.insert(Leaf).second)
      New.insert(Leaf);
  }
  if (TouchedBehindPointers)
    for (SymbolId Leaf : Pointed)
      if (Counts(Leaf) && Wanted.insert(Leaf).second)
        New.insert(Leaf);
  bool NewPointers = WantedBehindPointers != WantedPointers;
  std::vector<FunctionIndex> Touching;
  if (Wanted.size() == Before && !NewPointers)
    return Touching;
  for (FunctionIndex F = 0; F < Functions.size(); ++F) {
    bool Touches = false;
    forEachAccess(Functions[F], [&](SymbolId Leaf, const Op &) { Touches |= Leaf ? New.contains(Leaf) : NewPointers; });
    if (Touches)
      Touching.push_back(F);
  }
  return Touching;
}

/// These functions and all that call them, however far above.
std::vector<bool> Linker::dependents(llvm::ArrayRef<FunctionIndex> Changed) const {
  std::vector<std::vector<FunctionIndex>> Callers(Functions.size());
  for (FunctionIndex F = 0; F < Functions.size(); ++F)
    for (const CallEdge &E : Edges[F])
      Callers[E.Callee].push_back(F);
  for (auto [Callable, By] : Invoked)
    Callers[Callable].push_back(By);
  std::vector<bool> Found(Functions.size(), false);
  std::vector<FunctionIndex> Work(Changed.begin(), Changed.end());
  while (!Work.empty()) {
    FunctionIndex F = Work.back();
    Work.pop_back();
    if (Found[F])
      continue;
    Found[F] = true;
    llvm::append_range(Work, Callers[F]);
  }
  return Found;
}

} // namespace threadbare
