// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Preparations.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace llvm;

namespace threadbare::driver {

Preparations::Preparations(const SharedWork &Shared, const ServerJobs &Jobs, ArrayRef<std::size_t> Pieces)
    : Jobs(Jobs), Left(Pieces.size()) {
  for (std::optional<std::size_t> After : Shared.After) {
    Nodes.emplace_back();
    Nodes.back().After = After;
    Nodes.back().Position = Pieces.size();
  }
  for (auto [Position, Piece] : enumerate(Pieces)) {
    Positions.resize(std::max(Positions.size(), Piece + 1));
    Positions[Piece] = Position;
    std::optional<std::size_t> N = Piece < Shared.Of.size() ? Shared.Of[Piece] : std::nullopt;
    (N ? Nodes[*N].Pieces : Alone).push_back(Piece);
    for (; N; N = Nodes[*N].After) {
      ++Nodes[*N].Below;
      Nodes[*N].Position = std::min(Nodes[*N].Position, std::size_t(Position));
    }
  }
  // What only one of the pieces needs is not worth a process.
  for (std::size_t N = Nodes.size(); N-- > 0;)
    if (Nodes[N].Below < 2)
      giveUp(N);
}

/// The nearest from \p N upward that can still be used.
std::optional<std::size_t> Preparations::usable(std::optional<std::size_t> N) const {
  while (N && Nodes[*N].State == Useless)
    N = Nodes[*N].After;
  return N;
}

Preparations::Step Preparations::take(std::deque<std::size_t> &List, std::optional<std::size_t> From) {
  Step Result{Step::Piece, List.front(), From};
  List.pop_front();
  --Left;
  return Result;
}

Preparations::Step Preparations::next() {
  // Processes that are ready hold memory: what they are for comes first.
  for (auto [I, N] : enumerate(Nodes))
    if (N.State == Ready && !N.Pieces.empty())
      return take(N.Pieces, I);
  std::pair<bool, std::size_t> Best(true, Positions.size());
  std::optional<std::size_t> First;
  if (!Alone.empty())
    Best.second = Positions[Alone.front()];
  for (auto [I, N] : enumerate(Nodes)) {
    std::optional<std::size_t> After = usable(N.After);
    if (N.State != Unmade || !N.Below || (After && Nodes[*After].State != Ready))
      continue;
    if (std::pair Rank(!After, N.Position); Rank <= Best) {
      Best = Rank;
      First = I;
    }
  }
  if (First)
    return {Step::Preparation, *First, std::nullopt};
  if (!Alone.empty())
    return take(Alone, std::nullopt);
  return {Step::Wait, 0, std::nullopt};
}

Expected<pid_t> Preparations::startPiece(const Step &Piece, const Mailbox &Box, int Alive) {
  for (std::optional<std::size_t> From = usable(Piece.From); From; From = usable(From)) {
    Expected<pid_t> Process = Nodes[*From].Server->startPiece(Piece.Index, Box, Alive);
    for (std::optional<std::size_t> N = From; Process && N; N = Nodes[*N].After)
      if (--Nodes[*N].Below == 0)
        giveUp(*N); // nobody needs it any more
    if (Process)
      return Process;
    consumeError(Process.takeError());
    giveUp(*From);
  }
  return forkForPiece(Piece.Index, Box, Jobs);
}

void Preparations::startPreparation(std::size_t I) {
  Node &N = Nodes[I];
  std::optional<std::size_t> After = usable(N.After);
  Expected<ForkServer> Server = After ? Nodes[*After].Server->startNext(I) : ForkServer::start(I, Jobs);
  if (!Server) {
    consumeError(Server.takeError());
    return giveUp(I);
  }
  N.Server.emplace(std::move(*Server));
  N.State = BeingMade;
  N.Start = Clock::now();
  Running.push_back(I);
}

void Preparations::settle(std::size_t I, bool InTime) {
  llvm::erase(Running, I);
  if (InTime && Nodes[I].Server->isReady()) {
    Nodes[I].State = Ready;
    return;
  }
  // What was to go on from there would fail in the same way.
  std::vector<bool> Fails(Nodes.size());
  Fails[I] = true;
  for (std::size_t N = I + 1; N < Nodes.size(); ++N)
    Fails[N] = Nodes[N].After && Fails[*Nodes[N].After];
  for (std::size_t N = I; N < Nodes.size(); ++N)
    if (Fails[N])
      giveUp(N);
}

/// Its pieces are done from what it was to go on from.
void Preparations::giveUp(std::size_t I) {
  Node &N = Nodes[I];
  N.State = Useless;
  N.Server.reset();
  std::optional<std::size_t> Instead = usable(N.After);
  std::deque<std::size_t> &To = Instead ? Nodes[*Instead].Pieces : Alone;
  To.insert(To.end(), N.Pieces.begin(), N.Pieces.end());
  llvm::sort(To, [&](std::size_t A, std::size_t B) { return Positions[A] < Positions[B]; });
  N.Pieces.clear();
}

} // namespace threadbare::driver
