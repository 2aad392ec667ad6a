// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "link/Circumstances.h"

#include "llvm/ADT/Hashing.h"

namespace threadbare {

CircumstancesIndex CircumstancesTable::make(Circumstances C) {
  C.Has = 0;
  for (const Held &H : C.Locks)
    C.Has |= Terms.get(H.Lock).Has | Terms.get(H.Owner).Has;
  for (const TermSet *Set : {&C.Dropped, &C.SeenBefore, &C.ToldAfter, &C.WaitedBefore, &C.WaitedHere})
    for (TermIndex Item : *Set)
      C.Has |= Terms.get(Item).Has;
  if (C == All[NoCircumstances])
    return NoCircumstances;
  auto Set = [](const TermSet &S) { return llvm::hash_combine_range(S.begin(), S.end()); };
  std::size_t Hash = llvm::hash_combine(C.OtherThread, C.UnknownLock, Set(C.Dropped), Set(C.SeenBefore),
                                        Set(C.ToldAfter), Set(C.WaitedBefore), Set(C.WaitedHere));
  for (const Held &H : C.Locks)
    Hash = llvm::hash_combine(Hash, H.Lock, H.Owner, static_cast<std::uint8_t>(H.Mode));
  auto &Same = ByHash[Hash >> 1]; // the table keeps the two largest keys to itself
  for (CircumstancesIndex I : Same)
    if (All[I] == C)
      return I;
  Same.push_back(static_cast<CircumstancesIndex>(All.size()));
  All.push_back(std::move(C));
  return Same.back();
}

} // namespace threadbare
