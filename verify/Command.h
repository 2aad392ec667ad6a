// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs a command of the user's: in a mount namespace where a folder of ours stands in for the user's, with a time
// limit, and with nothing left behind.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <array>
#include <csignal>
#include <map>
#include <string>
#include <vector>

namespace threadbare::verify {

struct Command {
  std::vector<std::string> Words;                 ///< the program is looked up in PATH
  std::string Directory;                          ///< where it starts; "" is here
  std::map<std::string, std::string> Environment; ///< set in addition to ours
  std::string StandIn, For;                       ///< the folder StandIn is seen at the path For; none if For is ""
  std::string Log;                                ///< where its output goes
  double Seconds = 0;                             ///< time limit
};

struct Ended {
  int Status = 0; ///< what it returned, or 128 + the signal
  bool TimedOut = false;
  unsigned LeftRunning = 0; ///< processes that outlived it, and were ended
  double Seconds = 0;

  /// "ended with status 1"; "" if all was well.
  std::string complaint() const;
};

/// Fails if the command cannot be started at all, and if it was stopped because we are asked to end.
llvm::Expected<Ended> run(const Command &C);

/// While one of these lives, Ctrl-C, a terminal that is closed and SIGTERM end what run() runs, and what is run from
/// then on fails at once: so that what was measured is told, and nothing is left behind.
class Interruptible {
public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible &) = delete;
  Interruptible &operator=(const Interruptible &) = delete;

  static constexpr std::array<int, 3> Signals{SIGINT, SIGTERM, SIGHUP};

private:
  struct sigaction Before[Signals.size()];
};

/// Whether such a signal has come.
bool isInterrupted();

/// Whether we may mount; the reason why not.
llvm::Error checkMountable();

} // namespace threadbare::verify
