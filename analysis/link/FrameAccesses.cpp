// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which accesses callers get to know. Most functions of a large program only pass on what their callees access, and
// callers get to know the nearest only: the others are not even put in this function's terms.
#include "link/Frame.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

namespace threadbare {

/// A plain call of a function that has nothing to say, or nothing but accesses.
bool Frame::readPlainCall(std::uint32_t Number, const Op &O) {
  if (O.Kind != OpKind::Call || O.Blocking != NoIndex || L.Annotations.contains(O.Symbol))
    return false;
  FunctionIndex Callee = L.plainCallee(L.Functions[F], Number);
  if (Callee == NoFunction || !(L.saysNothing(Callee) || L.onlyAccesses(Callee)))
    return false;
  L.Edges[F].push_back({Number, Callee});
  if (L.onlyAccesses(Callee))
    Distant.push_back({Number, Callee, std::nullopt, {}});
  return true;
}

const Binding &Frame::arguments(DistantAccesses &D) {
  if (!D.Arguments)
    D.Arguments = bindDirect(D.Number, D.Callee);
  return *D.Arguments;
}

CircumstancesIndex Frame::under(DistantAccesses &D, CircumstancesIndex Inner) {
  for (auto [There, Here] : D.Under)
    if (There == Inner)
      return Here;
  return Inner == NoCircumstances ? Inner : substituteUnder(Inner, arguments(D), /*OtherThread=*/false);
}

/// Puts a callee's access in terms of this frame; false if it is nobody else's.
bool Frame::bring(AccessEffect &A, DistantAccesses &D) {
  if (T.has(A.At, HasOwn | HasGiven | HasAny | HasLoad))
    A.At = substitute(A.At, arguments(D));
  if (!A.At || isPrivate(A.At))
    return false;
  A.Under = under(D, A.Under);
  deepen(A);
  return true;
}

/// All of them, where threads are started: any may meet one.
void Frame::bringAll() {
  for (DistantAccesses &D : Distant) {
    Ops[D.Number] = std::make_unique<OpEffects>();
    importEffects(L.known(D.Callee).Own, L.accesses(D.Callee), arguments(D), trace(D.Number), Ops[D.Number]->Here,
                  /*OtherThread=*/false, Ops[D.Number].get(), 0);
  }
  Distant.clear();
}

/// Says what holds at the call.
void Frame::completeDistant(std::uint32_t Number, const State &S) {
  if (Distant.empty() || !knows(S, toldAfter(Number)))
    return;
  auto D = llvm::lower_bound(Distant, Number, [](const DistantAccesses &K, std::uint32_t N) { return K.Number < N; });
  if (D == Distant.end() || D->Number != Number)
    return;
  for (const AccessEffect &A : L.accesses(D->Callee))
    if (llvm::none_of(D->Under, [&](auto &Pair) { return Pair.first == A.Under; }))
      D->Under.emplace_back(A.Under, complete(under(*D, A.Under), S, toldAfter(Number)));
}

void Frame::exportOwnAccesses() {
  llvm::SmallVector<FoundAccess, 64> Found;
  auto Next = Distant.begin();
  for (std::uint32_t I = 0; I < Count; ++I) {
    if (Ops[I])
      for (const AccessEffect &A : Ops[I]->Here.Accesses)
        Found.push_back({&A, nullptr});
    if (Next != Distant.end() && Next->Number == I) {
      for (const AccessEffect &A : L.accesses(Next->Callee))
        Found.push_back({&A, &*Next});
      ++Next;
    }
  }
  exportAccesses(Found, Out.Own.Accesses, SaidByOwn, /*OtherThread=*/false, nullptr);
}

/// What callers get to know of accesses: one of several that say the same, the nearest first.
void Frame::exportAccesses(llvm::ArrayRef<FoundAccess> From, std::vector<AccessEffect> &Into, SaidAccesses &Said,
                           bool OtherThread, const Instance *Started) {
  const Instance *Repeated = Started && Started->Repeats ? Started : nullptr;
  // What is asked for first comes out of a heap: by calls on the way, then in order. Few are taken of many.
  llvm::SmallVector<std::uint64_t, 64> Order;
  bool ByDepth = From.size() > L.MostAccesses;
  for (std::size_t I = 0; I < From.size(); ++I) {
    std::uint64_t Depth = ByDepth ? From[I].Access->Depth + (From[I].From ? 1u : 0u) : 0u;
    Order.push_back((Depth << 32) | I);
  }
  if (ByDepth)
    std::make_heap(Order.begin(), Order.end(), std::greater<>());
  llvm::SmallVector<AccessEffect, 32> Chosen;
  for (std::size_t Taken = 0; Taken < From.size(); ++Taken) {
    if (Into.size() + Chosen.size() >= L.MostAccesses) {
      countSilence(Silence::MoreAccesses);
      break;
    }
    if (ByDepth)
      std::pop_heap(Order.begin(), Order.end() - static_cast<std::ptrdiff_t>(Taken), std::greater<>());
    std::uint64_t Key = ByDepth ? Order[Order.size() - 1 - Taken] : Order[Taken];
    const FoundAccess &Next = From[static_cast<std::uint32_t>(Key)];
    AccessEffect M = *Next.Access;
    if (Next.From && !bring(M, *Next.From))
      continue;
    M.Task = NoIndex;
    M.At = exported(Repeated ? ownSlots(M.At, Repeated->Operation) : M.At);
    if (!M.At || isOwnCopy(M.At))
      continue;
    M.Under = exportedUnder(M.Under, OtherThread);
    // Which of several reads it is makes no difference.
    std::uint64_t Which =
        M.Kind == AccessKind::Read ? 0 : (std::uint64_t(M.Where.In) << 32) | (M.Where.Operation << 3) | unsigned(M.Kind);
    if (!Said.insert({(std::uint64_t(M.At) << 32) | M.Under, Which}).second)
      continue;
    M.Via = Next.From ? trace(Next.From->Number, M.Via) : append(M.To, M.Via);
    M.To = nullptr;
    Chosen.push_back(M);
  }
  Into.insert(Into.end(), Chosen.begin(), Chosen.end());
}

} // namespace threadbare
