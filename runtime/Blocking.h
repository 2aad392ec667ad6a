// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Times calls that can block their thread, and writes down those that took longer than a threshold, with their stacks.
#pragma once

#include "Evidence.h"

#include <cerrno>
#include <cstdint>

namespace threadbare::rt {

/// Taken before a call.
struct Before {
  std::uint64_t At;        ///< 0: this call is not watched
  std::int64_t Switches;   ///< the thread's voluntary context switches so far; -1: not asked
  std::uint64_t Processor; ///< nanoseconds of processor time so far
};

Before beginCall(const char *Function);
void endCall(const char *Function, const Before &B);

/// The loop has waited for events, and now handles them.
void loopWoke();

template <class Call> auto timed(const char *Function, Call Real) {
  Before B = beginCall(Function);
  auto Result = Real();
  endCall(Function, B);
  return Result;
}

} // namespace threadbare::rt
