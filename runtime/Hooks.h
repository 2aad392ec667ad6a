// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "Probe.h"

namespace threadbare::rt {

/// Counts who runs the probed places, and updates that another thread's update made void.
void countHook(void *Address, Probe *, std::uint64_t Loaded);

/// Stalls now and then, and sees who touches the same place meanwhile.
void trapHook(void *Address, Probe *, std::uint64_t Loaded);

/// Writes down that a call is made, when, and by which thread.
void traceHook(void *Address, Probe *, std::uint64_t Loaded);

/// Up to eight bytes at \p Address, which the program is about to access.
std::uint64_t valueAt(const void *Address, std::uint32_t Size);

} // namespace threadbare::rt
