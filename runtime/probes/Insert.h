// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "runtime/probes/Sites.h"

namespace llvm {
class Module;
}

namespace threadbare::probes {

/// Puts a probe before each access at the wanted places. False if the module has none.
bool insertProbes(llvm::Module &M, const Sites &Wanted);

} // namespace threadbare::probes
