// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// When may it be said that one way is faster than another? Machines are noisy, and most noise is in both of two runs
// that follow each other. So times come in rounds, in each of which every way was timed once, in random order; the
// ratio of two times of one round is one measurement, and the median of the ratios is the result. How far it can be
// trusted is its percentile bootstrap interval (Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979).
// Beside it one of the ways is timed twice: if even its two times seem to differ, or the other way differs from only
// one of them, the rounds say nothing. On a machine so noisy that times differ by a fifth, the interval alone would
// find a difference in equal work in 2 of 100 cases; with both times it is 0.3.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <cstddef>

namespace threadbare::verify {

/// A ratio of times, and the interval that holds 95 % of what chance could have made of it.
struct Interval {
  double Low = 1, Estimate = 1, High = 1;

  bool isMore() const { return Low > 1.05; }
  bool isLess() const { return High < 0.95; }
  /// Of the difference that counts, 5 %.
  bool isClear() const { return isMore() || isLess(); }
};

/// The median of After[i] / Before[i]; both are times in the same unit, and none is 0. The same numbers give the same
/// interval. Without any, 1.
Interval medianRatio(llvm::ArrayRef<double> Before, llvm::ArrayRef<double> After);

struct Comparison {
  static constexpr std::size_t FewestRounds = 15;

  Interval Ratio;         ///< times of the other way, as a multiple of the base's first
  Interval RatioAgain;    ///< and of the base's second
  Interval Null;          ///< the base's second times, as a multiple of its first
  std::size_t Rounds = 0; ///< that have all three times

  /// Enough rounds, a clear ratio, and a machine on which the same thing twice takes the same time.
  bool isDifference() const {
    return Rounds >= FewestRounds && !Null.isClear() &&
           ((Ratio.isMore() && RatioAgain.isMore()) || (Ratio.isLess() && RatioAgain.isLess()));
  }
};

/// Entry i of each list is of round i. Lists of different length, and rounds with a time that is not above 0, are cut.
Comparison compare(llvm::ArrayRef<double> Base, llvm::ArrayRef<double> BaseAgain, llvm::ArrayRef<double> Other);

} // namespace threadbare::verify
