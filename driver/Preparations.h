// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is begun next: pieces, and the preparations that they wait for.
#pragma once

#include "driver/ForkServer.h"
#include "driver/Workers.h"

#include "llvm/ADT/ArrayRef.h"

#include <chrono>
#include <deque>
#include <optional>
#include <vector>

namespace threadbare::driver {

class Preparations {
public:
  using Clock = std::chrono::steady_clock;

  Preparations(const SharedWork &Shared, const ServerJobs &Jobs, llvm::ArrayRef<std::size_t> Pieces);

  struct Step {
    enum KindTy { Piece, Preparation, Wait } Kind;
    std::size_t Index = 0;           ///< of the piece or preparation
    std::optional<std::size_t> From; ///< the preparation that a piece goes on from
  };
  /// A piece is off the list then, and has to be begun. Wait: a preparation that was begun has to end first, or no
  /// piece is left.
  Step next();
  bool empty() const { return Left == 0; }

  /// \p Alive stays open in the new process and is closed here by the caller.
  llvm::Expected<pid_t> startPiece(const Step &Piece, const Mailbox &Box, int Alive);
  void startPreparation(std::size_t Preparation);

  /// Preparations that are being made: each is work like a piece.
  llvm::ArrayRef<std::size_t> running() const { return Running; }
  int descriptor(std::size_t Preparation) const { return Nodes[Preparation].Server->descriptor(); }
  Clock::time_point &began(std::size_t Preparation) { return Nodes[Preparation].Start; }
  /// \p Preparation is in running() and has something to say, or has no time left.
  void settle(std::size_t Preparation, bool InTime);

private:
  enum StateTy { Unmade, BeingMade, Ready, Useless };
  struct Node {
    std::optional<std::size_t> After;
    StateTy State = Unmade;
    std::optional<ForkServer> Server;
    Clock::time_point Start;
    std::deque<std::size_t> Pieces;
    std::size_t Below = 0;    ///< pieces that are not begun, of this one and of those after it
    std::size_t Position = 0; ///< of its first piece in the list
  };

  std::optional<std::size_t> usable(std::optional<std::size_t> Preparation) const;
  Step take(std::deque<std::size_t> &List, std::optional<std::size_t> From);
  void giveUp(std::size_t Preparation);

  ServerJobs Jobs;
  std::vector<Node> Nodes;
  std::deque<std::size_t> Alone;      ///< pieces without a preparation
  std::vector<std::size_t> Positions; ///< piece -> where it stands in the list
  std::vector<std::size_t> Running;
  std::size_t Left = 0;
};

} // namespace threadbare::driver
