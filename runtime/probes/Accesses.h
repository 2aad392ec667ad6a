// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "runtime/probes/Sites.h"

#include <vector>

namespace llvm {
class Instruction;
class Module;
class Value;
} // namespace llvm

namespace threadbare::probes {

/// An instruction that touches memory at a wanted place.
struct Access {
  llvm::Instruction *At = nullptr;
  llvm::Value *Address = nullptr;
  llvm::Value *Loaded = nullptr; ///< what a read-modify-write has read; null for any other access
  unsigned Site = 0;
  unsigned Size = 0;   ///< bytes
  unsigned Kind = 0;   ///< rt::Kind
  unsigned Column = 0; ///< by debug information
};

std::vector<Access> findAccesses(llvm::Module &M, const Sites &Wanted);

} // namespace threadbare::probes
