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

/// Which fields and variables functions access, and which of them somebody counts, by name or through a pointer.
void Linker::findAccesses() {
  for (FunctionIndex F = 0; F < Functions.size(); ++F) {
    const FunctionInfo &I = Functions[F];
    for (const Block &B : I.Unit->slice(I.Unit->Blocks, I.Record->Blocks))
      for (const Op &O : I.Unit->slice(I.Unit->Ops, B.Ops)) {
        if (O.Kind != OpKind::Access)
          continue;
        SymbolId Leaf = accessedLeaf(*I.Unit, O.A);
        AccessedLeaves.emplace_back(F, Leaf);
        if (static_cast<AccessKind>(O.Sub) != AccessKind::Add)
          continue;
        if (Leaf)
          Counted.insert(Leaf);
        else
          CountedBehindPointers = true;
      }
  }
  for (const UnitSummary *Unit : Units)
    for (const Term &T : Unit->Terms)
      if (T.Kind == TermKind::Address)
        if (SymbolId Leaf = accessedLeaf(*Unit, T.A))
          Pointed.insert(Leaf);
}

llvm::ArrayRef<std::pair<FunctionIndex, SymbolId>> Linker::leavesOf(FunctionIndex F) const {
  auto First = llvm::partition_point(AccessedLeaves, [F](auto &Access) { return Access.first < F; });
  auto Last = std::find_if(First, AccessedLeaves.end(), [F](auto &Access) { return Access.first != F; });
  return llvm::ArrayRef(AccessedLeaves).slice(First - AccessedLeaves.begin(), Last - First);
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
  if (AccessedLeaves.empty())
    findAccesses();
  llvm::DenseSet<SymbolId> Touched;
  bool TouchedBehindPointers = false;
  while (!Work.empty()) {
    FunctionIndex F = Work.back();
    Work.pop_back();
    for (auto [In, Leaf] : leavesOf(F)) {
      if (Leaf)
        Touched.insert(Leaf);
      else
        TouchedBehindPointers = true;
    }
    for (const CallEdge &E : Edges[F])
      Enter(E.Callee);
    auto Made = llvm::make_range(std::equal_range(Callables.begin(), Callables.end(), std::pair(F, NoFunction), ByFirst));
    for (auto [By, Callable] : Made)
      Enter(Callable);
  }
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
  for (auto [F, Leaf] : AccessedLeaves)
    if ((Touching.empty() || Touching.back() != F) && (Leaf ? New.contains(Leaf) : NewPointers))
      Touching.push_back(F);
  return Touching;
}

/// These functions and all that call them, however far above.
std::vector<bool> Linker::dependents(llvm::ArrayRef<FunctionIndex> Changed) const {
  auto ByFirst = [](const auto &A, const auto &B) { return A.first < B.first; };
  std::vector<std::pair<FunctionIndex, FunctionIndex>> ByCallable(Invoked);
  llvm::sort(ByCallable, ByFirst);
  Callers Direct(Edges);
  std::vector<bool> Found(Functions.size(), false);
  std::vector<FunctionIndex> Work(Changed.begin(), Changed.end());
  while (!Work.empty()) {
    FunctionIndex F = Work.back();
    Work.pop_back();
    if (Found[F])
      continue;
    Found[F] = true;
    for (const Callers::Call &C : Direct.of(F))
      Work.push_back(C.Caller);
    auto By = llvm::make_range(std::equal_range(ByCallable.begin(), ByCallable.end(), std::pair(F, NoFunction), ByFirst));
    for (auto [Callable, Caller] : By)
      Work.push_back(Caller);
  }
  return Found;
}

} // namespace threadbare
