// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks that a coroutine holds while it is suspended.
#pragma once

#include "Probe.h"

namespace threadbare::rt {

/// Set when the library has been loaded with locks=1.
extern bool WatchesLocks;

void lockTaken(const void *Lock);
/// Before the lock is given back: afterwards somebody else may have it.
void lockGivenBack(const void *Lock);
/// Somebody else has it. \p Forever: who waits gives no limit.
void lockIsWaitedFor(const void *Lock, bool Forever);

/// A coroutine is suspended, or done.
void segmentEnds(const Segment &S);

} // namespace threadbare::rt
