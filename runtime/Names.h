// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of functions, also of those that a program does not export: as they stand in its file's table of symbols.
#pragma once

namespace threadbare::rt {

/// The linker's name of the function that \p Address is in; null if nobody knows. Valid for ever.
const char *functionAt(const void *Address);

} // namespace threadbare::rt
