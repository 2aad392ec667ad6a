// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the room: under which circumstances something is done. Most of what is done in a function is done under
// the same few, so they are numbered, and compared and translated by their number.
#pragma once

#include "link/Terms.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <deque>

namespace threadbare {

struct Held {
  TermIndex Lock = NoTerm;
  TermIndex Owner = NoTerm;
  LockMode Mode = LockMode::Exclusive;
  bool StopsThreads = false; ///< who wants it waits as a thread
  friend bool operator==(const Held &, const Held &) = default;
};
using LockSet = llvm::SmallVector<Held, 2>;
using TermSet = llvm::SmallVector<TermIndex, 2>; ///< sorted

struct Circumstances {
  bool OtherThread = false; ///< of a thread started (and joined) below: the caller's locks do not cover it
  bool UnknownLock = false; ///< some lock is held that we cannot name: nothing is claimed
  LockSet Locks;
  TermSet Dropped;      ///< locks of the caller's that were given back before
  TermSet SeenBefore;   ///< objects whose publication was observed before
  TermSet ToldAfter;    ///< objects by which it is published afterwards
  TermSet WaitedBefore; ///< handles that were waited for before, below this function
  TermSet WaitedHere;   ///< ... and in it, on some way
  std::uint8_t Has = 0; ///< TermContents of all of these; the table's to fill in
  friend bool operator==(const Circumstances &, const Circumstances &) = default;
};

using CircumstancesIndex = std::uint32_t;
inline constexpr CircumstancesIndex NoCircumstances = 0; ///< nothing to say

class CircumstancesTable {
public:
  explicit CircumstancesTable(const TermTable &Terms) : Terms(Terms) { All.emplace_back(); }
  CircumstancesIndex make(Circumstances C);
  const Circumstances &operator[](CircumstancesIndex I) const { return All[I]; }

private:
  const TermTable &Terms;
  std::deque<Circumstances> All;
  llvm::DenseMap<std::uint64_t, llvm::SmallVector<CircumstancesIndex, 1>> ByHash;
};

} // namespace threadbare
