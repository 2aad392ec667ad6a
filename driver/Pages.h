// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/StringRef.h"

namespace threadbare::driver {

/// The documentation of a check, docs/checks/ID.md as it was when we were built; "" if there is none.
llvm::StringRef page(llvm::StringRef CheckId);

} // namespace threadbare::driver
