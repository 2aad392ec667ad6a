// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// THREADBARE_OPTIONS=name=value:name=value, in the manner of the sanitizers.
#pragma once

#include <cstdint>

namespace threadbare::rt {

enum class Mode {
  Off,   ///< probes are inert
  Count, ///< who runs the probed places, and which updates get lost on their own
  Trace, ///< write down when the armed calls are made
  Trap,  ///< stall at the armed sites and see who comes
};

struct Options {
  static constexpr unsigned MaxSites = 4096;

  bool On = false;             ///< the variable is set: without it the runtime does nothing
  char Evidence[1024] = {};    ///< evidence=DIR: one file of JSON lines for each process; "" writes to standard error
  Mode Probes = Mode::Off;     ///< probes=off|count|trace|trap
  unsigned StallMicros = 500;  ///< stall_us=N: the longest stall; the shortest is a fifth of it
  unsigned Traps = 1000;       ///< traps=N: stalls in one process
  std::uint64_t Seed = 1;      ///< seed=N: where randomness starts
  bool Armed[MaxSites] = {};   ///< arm=N,N: sites that trap, or are traced
  bool Preloaded = false;      ///< block=1: time blocking calls
  unsigned BlockMicros = 1000; ///< threshold_us=N: a call that takes longer is evidence
  bool Exact = false;          ///< exact=1: ask the kernel whether a call waited, at every call
  unsigned HangMillis = 0;     ///< hang_ms=N: tell of calls that have not returned after that time
  bool Threads = false;        ///< threads=1: follow threads and what starts them
  bool Hogs = false;           ///< hogs=1: tell of coroutines that compute for long between two suspensions
  unsigned HogMicros = 10'000; ///< hog_us=N: of processor time
  char Allow[1024] = {};       ///< allow=FILE: functions below which blocking is meant
  bool Locks = false;          ///< locks=1: tell of locks that a coroutine holds while it is suspended
};

/// Read once, when the library is loaded.
const Options &options();

} // namespace threadbare::rt
