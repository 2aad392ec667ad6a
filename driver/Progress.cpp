// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Progress.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>

using namespace llvm;

namespace threadbare::driver {

Progress::Progress(std::vector<std::optional<Milliseconds>> Expected, ArrayRef<std::size_t> Pieces, std::size_t Total,
                   unsigned Jobs)
    : Expected(std::move(Expected)), Pieces(Pieces.begin(), Pieces.end()), Done(this->Expected.size()), Total(Total),
      Left(Pieces.size()), Jobs(std::max(1u, Jobs)) {}

/// What a piece takes of which nothing is known: the mean of the others.
Progress::Milliseconds Progress::usual() const {
  Milliseconds Sum(0);
  long long Known = 0;
  for (std::size_t Piece : Pieces)
    if (Expected[Piece]) {
      Sum += *Expected[Piece];
      ++Known;
    }
  return Known ? Milliseconds(Sum.count() / Known) : Milliseconds(0);
}

std::vector<std::size_t> Progress::order() const {
  std::vector<std::size_t> Order = Pieces;
  Milliseconds Usual = usual();
  std::stable_sort(Order.begin(), Order.end(), [&](std::size_t L, std::size_t R) {
    return Expected[L].value_or(Usual) > Expected[R].value_or(Usual);
  });
  return Order;
}

void Progress::finished(std::size_t Piece, Milliseconds Took) {
  Expected[Piece] = Took;
  Done[Piece] = true;
  --Left;
}

std::optional<Progress::Milliseconds> Progress::left() const {
  Milliseconds Usual = usual(), Sum(0), Longest(0);
  if (Usual == Milliseconds(0))
    return std::nullopt;
  for (std::size_t Piece : Pieces)
    if (!Done[Piece]) {
      Sum += Expected[Piece].value_or(Usual);
      Longest = std::max(Longest, Expected[Piece].value_or(Usual));
    }
  return std::max(Milliseconds(Sum.count() / Jobs), Longest);
}

std::string Progress::line(ArrayRef<std::string> Current) const {
  std::string Line =
      "[" + std::to_string(Total - Left) + "/" + std::to_string(Total) + "] " + std::to_string(Left) + " left";
  if (std::optional<Milliseconds> Time = Left ? left() : std::nullopt)
    Line += ", about " + describe(*Time);
  if (!Current.empty())
    Line += ": " + join(Current, ", ");
  return Line;
}

std::string describe(std::chrono::milliseconds Time) {
  long long Seconds = std::max<long long>(1, (Time.count() + 500) / 1000);
  if (Seconds < 60)
    return std::to_string(Seconds) + " s";
  if (Seconds < 3600)
    return std::to_string(Seconds / 60) + " min " + std::to_string(Seconds % 60) + " s";
  return std::to_string(Seconds / 3600) + " h " + std::to_string(Seconds / 60 % 60) + " min";
}

} // namespace threadbare::driver
