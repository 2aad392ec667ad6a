// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the compiler pass lays down in a program and the runtime reads: one record for each probed access. Both sides
// include this file; a change here is a change of RegisterName.
#pragma once

#include <cstdint>

namespace threadbare::rt {

struct Probe;

/// Called before an access. \p Loaded is the value that a read-modify-write has read and is about to replace.
using Hook = void (*)(void *Address, Probe *, std::uint64_t Loaded);

enum Kind : std::uint32_t {
  Reads = 0,
  Writes = 1,
  Atomic = 2,
  /// A store whose value was computed from a load of the same place, with no call between the two: Loaded is valid.
  Updates = 4,
  Floating = 8,
  /// No access at all: a call. The address is null.
  Calls = 16,
};

struct Probe {
  Hook Run; ///< null: inert, and costs a load and a branch
  std::uint32_t Site;
  std::uint32_t Size; ///< bytes
  std::uint32_t Kind;
  std::uint32_t Column; ///< where on its line the access is, by debug information
};

/// void(Probe *First, uint64_t Count): looked up with dlsym, so that a probed program needs nothing new to link, and
/// runs as it always did when the runtime is not there.
constexpr char RegisterName[] = "threadbare_register_probes_v1";

/// One run of a coroutine from where it is resumed to where it is suspended again, or done. It lies in the stack frame
/// of the function that the compiler made of the coroutine.
struct Segment {
  std::uint64_t Begun;  ///< not 0: by ticks(); the end is told only of what has begun
  const void *Frame;    ///< the coroutine's, which tells coroutines apart
  std::uint64_t IsRamp; ///< the part up to the first suspension, which the caller runs
  // For the runtime alone.
  const void *Place;
  std::uint64_t Within; ///< nanoseconds of processor time that segments inside this one were told of
  std::uint64_t Number;
  std::uint64_t AskedAt, AskedProcessor;
};

using SegmentHook = void (*)(Segment *);

/// One for each module.
struct SegmentHooks {
  SegmentHook Begin, End; ///< null: inert
};

/// void(SegmentHooks *, uint64_t Count), with a count of 1.
constexpr char RegisterSegmentsName[] = "threadbare_register_segments_v1";

} // namespace threadbare::rt
