// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that a coroutine wakes: a pool that was there before is fed so.
#pragma once

#include <cstdint>

namespace threadbare::rt {

/// Set when the library has been loaded with threads=1.
extern bool FollowsThreads;

/// A condition variable is signalled.
void wakes(const void *Condition);

/// The calling thread has waited for one since \p Since, by ticks().
void wasWoken(const void *Condition, std::uint64_t Since);

/// The way of the coroutine that woke this thread last, as its line has it; 0 if none did.
std::uint64_t wokenBy();

} // namespace threadbare::rt
