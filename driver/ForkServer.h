// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A process that has prepared something and is forked for whoever goes on from there. What it forks are children of its
// own parent, which waits for them, watches their time and kills them as it does with those that it forked itself.
#pragma once

#include "driver/WorkerProcess.h"

#include "llvm/Support/Error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sys/types.h>

namespace threadbare::driver {

/// What is done in the processes.
struct ServerJobs {
  pid_t Parent;
  std::uint64_t MaxMemory;
  WorkFunction Work;                             ///< on a piece
  llvm::function_ref<bool(std::size_t)> Prepare; ///< false if there is nothing to go on from
};

/// Forks an ordinary process for a piece. What is open in this one stays open there.
llvm::Expected<pid_t> forkForPiece(std::size_t Piece, const Mailbox &Box, const ServerJobs &Jobs);

class ForkServer {
public:
  /// Forks the process that makes a preparation.
  static llvm::Expected<ForkServer> start(std::size_t Preparation, const ServerJobs &Jobs);
  /// Has this one forked for a preparation that goes on from its own.
  llvm::Expected<ForkServer> startNext(std::size_t Preparation) const;
  /// Has this one forked for a piece. \p Alive stays open in the new process and is closed here by the caller.
  llvm::Expected<pid_t> startPiece(std::size_t Piece, const Mailbox &Box, int Alive) const;

  ForkServer(ForkServer &&Other);
  ForkServer &operator=(ForkServer &&) = delete;
  /// Ends it.
  ~ForkServer();

  /// What a poll() for POLLIN waits for while it prepares; later there is something to read only if the process is
  /// gone.
  int descriptor() const { return Socket; }
  /// To be asked once, when there is something to read: whether it is ready to be forked. If not, it is of no use.
  bool isReady() const;

private:
  ForkServer(pid_t Process, int Socket) : Process(Process), Socket(Socket) {}
  llvm::Expected<pid_t> request(std::size_t Index, llvm::ArrayRef<int> Descriptors) const;

  pid_t Process;
  int Socket;
};

} // namespace threadbare::driver
