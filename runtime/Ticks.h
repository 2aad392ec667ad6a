// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A cheaper clock than the system's, for calls that mostly take no time: the processor's time stamp counter where it
// runs at one rate on all cores and in all states, otherwise the system's clock.
#pragma once

#include "Evidence.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace threadbare::rt {

extern bool HasSteadyCounter;

inline std::uint64_t ticks() {
#if defined(__x86_64__)
  if (HasSteadyCounter)
    return __rdtsc();
#endif
  return now();
}

/// A tick is a nanosecond or less, so this many ticks are never more than as many nanoseconds.
std::uint64_t nanoseconds(std::uint64_t Ticks);

} // namespace threadbare::rt
