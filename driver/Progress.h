// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace threadbare::driver {

/// How far a run has come and how long it will take, from how long each piece took the last time or, where nobody
/// knows, from how long the others take.
class Progress {
public:
  using Milliseconds = std::chrono::milliseconds;

  /// \p Expected has an entry for every piece, nothing where its time is not known. \p Pieces are those to be done, out
  /// of \p Total; the others are done.
  Progress(std::vector<std::optional<Milliseconds>> Expected, llvm::ArrayRef<std::size_t> Pieces, std::size_t Total,
           unsigned Jobs);

  /// The pieces, those that take longest first: one that begins last should not keep everybody waiting.
  std::vector<std::size_t> order() const;

  void finished(std::size_t Piece, Milliseconds Took);

  /// "[3/10] 7 left, about 12 s: a.cpp, b.cpp"
  std::string line(llvm::ArrayRef<std::string> Current) const;

private:
  Milliseconds usual() const;
  std::optional<Milliseconds> left() const;

  std::vector<std::optional<Milliseconds>> Expected;
  std::vector<std::size_t> Pieces;
  std::vector<bool> Done;
  std::size_t Total;
  std::size_t Left;
  unsigned Jobs;
};

/// "5 s", "2 min 10 s", "1 h 5 min"
std::string describe(std::chrono::milliseconds Time);

} // namespace threadbare::driver
