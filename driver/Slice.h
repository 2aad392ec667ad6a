// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/Support/MemoryBuffer.h"

#include <cstddef>
#include <memory>

namespace threadbare::driver {

/// A part of a buffer, which keeps the whole alive.
class Slice : public llvm::MemoryBuffer {
public:
  Slice(std::unique_ptr<llvm::MemoryBuffer> Whole, std::size_t First, std::size_t Size) : Whole(std::move(Whole)) {
    const char *Start = this->Whole->getBufferStart() + First;
    init(Start, Start + Size, /*RequiresNullTerminator=*/false);
  }
  BufferKind getBufferKind() const override { return Whole->getBufferKind(); }
  llvm::StringRef getBufferIdentifier() const override { return Whole->getBufferIdentifier(); }

private:
  std::unique_ptr<llvm::MemoryBuffer> Whole;
};

} // namespace threadbare::driver
