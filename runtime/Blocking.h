// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times calls that can block their thread, and writes down those that took longer than a threshold, with their stacks.
#pragma once

#include "Ticks.h"

#include <cerrno>
#include <cstdint>

namespace threadbare::rt {

/// Taken before a call.
struct Before {
  std::uint64_t At;        ///< by ticks()
  std::int64_t Switches;   ///< the thread's voluntary context switches so far; -1: not asked
  std::uint64_t Processor; ///< nanoseconds of processor time so far
};

/// Set when the library has been loaded with block=1.
extern bool Watching;
/// Not zero: this thread's calls are meant (ScopedAllowBlocking), or are our own.
extern __thread int Silent;

/// More than the clock is looked at, at every call.
extern bool Asking;
/// Ticks. What took less is of no interest.
extern std::uint64_t Brief;

Before beginCall(const char *Function);
/// \p End: by ticks()
void endCall(const char *Function, const Before &B, std::uint64_t End);

/// The loop has waited for events, and now handles them.
void loopWoke();

/// Nanoseconds since then in this thread; 0 if it has no loop.
std::uint64_t loopLag();

/// Most calls take no time, and are let pass here.
template <class Call> auto timed(const char *Function, Call Real) {
  if (!Watching || Silent)
    return Real();
  if (Asking) {
    Before B = beginCall(Function);
    auto Result = Real();
    endCall(Function, B, ticks());
    return Result;
  }
  const std::uint64_t Begin = ticks();
  auto Result = Real();
  if (std::uint64_t End = ticks(); End - Begin >= Brief)
    endCall(Function, {Begin, -1, 0}, End);
  return Result;
}

} // namespace threadbare::rt
