// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that the runtime saw start.
#pragma once

#include "verify/Sightings.h"

namespace threadbare::verify {

struct Thread {
  std::int64_t Process = 0, Creator = 0; ///< the kernel's numbers
  std::int64_t Begin = 0, End = 0;       ///< nanoseconds of the machine's clock; it had not ended when the run did
                                         ///< if End is the greatest number
  std::vector<Frame> Stack;              ///< where it was started
  std::string Waits;                     ///< the call that its body waited longest in, other than for work; "": none
  double WaitedMillis = 0;

  bool hasEnded() const;
  bool isOfCoroutine() const; ///< started by a coroutine that had been resumed
};

/// In the order in which they were started. A process tells of its first two thousand from one place, and then of ever
/// fewer.
std::vector<Thread> threadsOf(const Run &R, Symbolizer &Names);

/// Whether a thread of a pool waits for work in that call.
bool isIdle(llvm::StringRef Function);

/// So many at once are more than a pool has, or a sensible limit: sixty-four, and eight for each processor.
std::size_t manyThreads();

/// How many threads there were at once, of some of one process.
struct Crowd {
  std::size_t Started = 0;
  std::size_t Peak = 0;   ///< alive at one time
  bool Replaced = false;  ///< one was started after another had ended
  bool LevelsOff = false; ///< something seems to hold their number
  /// Groups of two or more that lived at once, each started after all of the one before had ended.
  std::size_t Groups = 0;

  /// No fixed set of threads, nothing that holds their number, and more than a pool has.
  bool isUnbounded() const { return Peak >= manyThreads() && Replaced && !LevelsOff; }
};

/// \p Threads in the order of threadsOf().
Crowd crowd(const std::vector<const Thread *> &Threads);

std::unique_ptr<Verifier> makeUnboundedThreadsVerifier();
std::unique_ptr<Verifier> makePoolPerCallVerifier();

} // namespace threadbare::verify
