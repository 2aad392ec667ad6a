// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Ticks.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace threadbare::rt {

bool HasSteadyCounter = false;

namespace {

std::uint64_t FirstTick, FirstTime;

/// "Invariant TSC", in the processor's manual.
bool hasInvariantCounter() {
#if defined(__x86_64__)
  unsigned A, B, C, D;
  return __get_cpuid(0x80000007, &A, &B, &C, &D) && (D & (1u << 8));
#else
  return false;
#endif
}

struct Start {
  Start() {
    HasSteadyCounter = hasInvariantCounter();
    FirstTime = now();
    FirstTick = ticks();
  }
} Started;

} // namespace

std::uint64_t nanoseconds(std::uint64_t Ticks) {
  if (!HasSteadyCounter)
    return Ticks;
  double Rate = double(now() - FirstTime) / double(ticks() - FirstTick); // the longer we run, the better it is known
  return static_cast<std::uint64_t>(double(Ticks) * Rate);
}

} // namespace threadbare::rt
