// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One process for each piece of work: a piece that crashes costs itself alone.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace threadbare::driver {

/// What one piece of work left behind.
struct WorkResult {
  /// nullptr if the work failed.
  std::unique_ptr<llvm::MemoryBuffer> Bytes;
  /// The error that the work returned; "" if its process did not come that far.
  std::string Error;
  /// How its process ended instead, in a few words.
  std::string Crash;
};

struct WorkProgress {
  std::size_t Done;
  std::size_t Total;
  std::size_t Started; ///< the piece that was begun last
};

/// Does the pieces 0 .. Count-1 in child processes, at most \p Jobs at a time. The results are in the order of the
/// pieces, whatever finished first. Must be called before any thread exists: children are forked and go on in \p Work.
std::vector<WorkResult> runInWorkers(std::size_t Count, unsigned Jobs,
                                     llvm::function_ref<llvm::Expected<std::string>(std::size_t)> Work,
                                     llvm::function_ref<void(const WorkProgress &)> Progress);

} // namespace threadbare::driver
