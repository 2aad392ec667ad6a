// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions below which blocking is meant: allow=FILE has a pattern for function names on each line.
#pragma once

#include "Evidence.h"

namespace threadbare::rt {

/// Whether one of the frames is such a function's. Looks names up in the program's files: for what is rare.
bool isAllowed(const Stack &S);

} // namespace threadbare::rt
