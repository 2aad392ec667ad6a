// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace llvm {
class Module;
}

namespace threadbare::probes {

/// Tells the runtime where coroutines are resumed and where they are suspended. False if the module has none.
bool insertSegmentHooks(llvm::Module &M);

} // namespace threadbare::probes
