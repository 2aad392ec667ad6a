// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks that the runtime saw a coroutine hold while it was suspended.
#pragma once

#include "verify/Sightings.h"

namespace threadbare::verify {

struct Hold {
  std::int64_t Thread = 0, GivenBackBy = 0; ///< the kernel's numbers
  double Millis = 0;                        ///< from taking it to giving it back
  double SuspendedMillis = 0;
  bool Deadlock = false; ///< it was not given back: the thread that took it waited for it itself
  std::int64_t Waiters = 0;
  double WaitedMillis = 0; ///< the first of them
  std::vector<Frame> Stack, Waiter;
};

std::vector<Hold> holdsOf(const Run &R, Symbolizer &Names);

std::unique_ptr<Verifier> makeLockVerifier();

} // namespace threadbare::verify
