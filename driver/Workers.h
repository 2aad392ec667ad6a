// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One process for each piece of work: a piece that crashes, never ends or eats all memory costs itself alone.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace threadbare::driver {

struct WorkerLimits {
  unsigned Jobs = 1;               ///< pieces at the same time
  std::chrono::seconds Timeout{0}; ///< for one piece; 0: as long as it takes
  std::uint64_t MaxMemory = 0;     ///< bytes that one piece may allocate; 0: what the machine has
};

/// What one piece of work left behind.
struct WorkResult {
  enum EndingTy { Done, Failed, Crashed, TookTooLong, NeededTooMuch } Ending = Crashed;
  /// nullptr unless the work was done.
  std::unique_ptr<llvm::MemoryBuffer> Bytes;
  /// The error that the work returned, or how its process ended instead, in a few words.
  std::string Why;
  std::chrono::milliseconds Took{0};
};

struct WorkProgress {
  std::size_t Done;
  llvm::ArrayRef<std::size_t> Running; ///< the pieces that are worked on, in the order in which they were begun
};

/// What several pieces have in common. It is done once, in a process that is then forked for each of them.
struct SharedWork {
  std::vector<std::optional<std::size_t>> After; ///< preparation -> the one that it goes on from; a smaller number
  std::vector<std::optional<std::size_t>> Of;    ///< piece -> the preparation that it goes on from
  /// Makes a preparation in the process that it is called in. False if that cannot be done: the pieces are then done as
  /// if there were none. They are, too, if it crashes or takes too long.
  llvm::function_ref<bool(std::size_t)> Prepare;
};

/// Does \p Pieces in child processes, begun in this order as far as what they share allows. \p Finished is told of each
/// when it ends, \p Progress at every change and once a second. Must be called before any thread exists: children are
/// forked and go on in \p Work. No child outlives its parent, however that ends.
void runInWorkers(llvm::ArrayRef<std::size_t> Pieces, const WorkerLimits &Limits,
                  llvm::function_ref<llvm::Expected<std::string>(std::size_t)> Work,
                  llvm::function_ref<void(std::size_t, WorkResult)> Finished,
                  llvm::function_ref<void(const WorkProgress &)> Progress, const SharedWork &Shared = {});

/// A line for the user on a piece that was not done: it read \p File.
std::string describe(const WorkResult &Result, llvm::StringRef File, const WorkerLimits &Limits);

/// Of this machine, in bytes.
std::uint64_t physicalMemory();

} // namespace threadbare::driver
