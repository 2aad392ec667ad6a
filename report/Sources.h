// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <memory>

namespace threadbare::report {

/// The lines of source files, each file read once.
class Sources {
public:
  explicit Sources(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files)
      : Files(Files ? std::move(Files) : llvm::vfs::getRealFileSystem()) {}

  /// A line without its end; "" where there is none or the file cannot be read.
  llvm::StringRef line(llvm::StringRef File, unsigned Number);

private:
  struct Source {
    std::unique_ptr<llvm::MemoryBuffer> Buffer;
    llvm::SmallVector<llvm::StringRef, 0> Lines;
  };
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Files;
  llvm::StringMap<Source> Known;
};

} // namespace threadbare::report
