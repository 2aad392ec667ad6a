// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What of a coroutine runs in this thread.
#pragma once

#include "Probe.h"

namespace threadbare::rt {

/// The innermost segment that this thread runs; null if none, or if nobody asked for segments.
const Segment *currentSegment();

} // namespace threadbare::rt
