// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace llvm {
class GlobalVariable;
class Module;
} // namespace llvm

namespace threadbare::probes {

/// Makes the module hand \p Table of \p Count records to the runtime's function \p Name when it is loaded, if the
/// runtime is there.
void registerAtStart(llvm::Module &M, llvm::GlobalVariable *Table, std::uint64_t Count, llvm::StringRef Name);

} // namespace threadbare::probes
