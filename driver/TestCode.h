// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/StringRef.h"

namespace threadbare::driver {

/// Whether a file is test code, by its name alone: it stands in a folder "test", "tests", "unittest", "unittests",
/// "testing" or "spec" (in capitals or not), or is called "test_*", "*_test.*", "*_tests.*", "*Test.*" or "*Tests.*".
/// \p Path is relative to the folder of all sources: what stands above says nothing of the project.
bool isTestCode(llvm::StringRef Path);

} // namespace threadbare::driver
