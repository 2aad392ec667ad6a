// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/Workers.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <sys/types.h>
#include <utility>

namespace threadbare::driver {

/// A file without a name, through which a child hands back its bytes: nothing is left behind, however we end.
class Mailbox {
public:
  static llvm::Expected<Mailbox> create();
  explicit Mailbox(int Descriptor) : Descriptor(Descriptor) {}
  Mailbox(Mailbox &&Other) : Descriptor(std::exchange(Other.Descriptor, -1)) {}
  Mailbox &operator=(Mailbox &&Other) {
    std::swap(Descriptor, Other.Descriptor);
    return *this;
  }
  ~Mailbox();

  int descriptor() const { return Descriptor; }
  /// In the child: what it says on its way down (an assertion, a sanitizer's report) is kept instead of bytes.
  void catchStandardError() const;
  bool put(llvm::StringRef Bytes) const;
  std::unique_ptr<llvm::MemoryBuffer> take() const;

private:
  int Descriptor;
};

using WorkFunction = llvm::function_ref<llvm::Expected<std::string>(std::size_t)>;

/// In a child of \p Parent: it ends with it, leaves no core file, and may allocate so many bytes more than now.
void becomeWorker(pid_t Parent, std::uint64_t MaxMemory);

/// Does a piece in a child, and ends it.
[[noreturn]] void workAndExit(const Mailbox &Box, std::size_t Piece, WorkFunction Work);

/// What a child that ended with \p Status left behind.
WorkResult collect(const Mailbox &Box, int Status);

} // namespace threadbare::driver
