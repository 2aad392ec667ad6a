// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Comparison.h"

#include "gtest/gtest.h"

#include <cmath>
#include <random>
#include <vector>

using namespace threadbare::verify;

namespace {

TEST(Comparison, MedianRatioOfExactTimes) {
  Interval Odd = medianRatio({1, 2, 4}, {2, 4, 8});
  EXPECT_DOUBLE_EQ(Odd.Low, 2);
  EXPECT_DOUBLE_EQ(Odd.Estimate, 2);
  EXPECT_DOUBLE_EQ(Odd.High, 2);
  EXPECT_DOUBLE_EQ(medianRatio({1, 1, 1, 1}, {1, 2, 4, 9}).Estimate, 3);
  EXPECT_DOUBLE_EQ(medianRatio({}, {}).Estimate, 1);
}

TEST(Comparison, IntervalHoldsTheEstimateAndIsTheSameEachTime) {
  std::vector<double> Before = {1, 1.1, 0.9, 1.2, 1, 0.95, 1.05}, After = {2, 1.9, 2.2, 2.1, 1.8, 2, 2.4};
  Interval First = medianRatio(Before, After), Second = medianRatio(Before, After);
  EXPECT_LE(First.Low, First.Estimate);
  EXPECT_LE(First.Estimate, First.High);
  EXPECT_LT(First.Low, First.High);
  EXPECT_EQ(First.Low, Second.Low);
  EXPECT_EQ(First.High, Second.High);
}

TEST(Comparison, FivePercentEitherWayIsNoDifference) {
  EXPECT_FALSE((Interval{0.96, 1, 1.04}.isClear()));
  EXPECT_FALSE((Interval{1.04, 1.2, 1.4}.isClear()));
  EXPECT_FALSE((Interval{0.8, 0.9, 0.96}.isClear()));
  EXPECT_TRUE((Interval{1.06, 1.1, 1.2}.isClear()));
  EXPECT_TRUE((Interval{0.4, 0.5, 0.94}.isClear()));
}

TEST(Comparison, NeedsFifteenRounds) {
  std::vector<double> Base(14, 1), Other(14, 2);
  EXPECT_FALSE(compare(Base, Base, Other).isDifference());
  Base.push_back(1);
  Other.push_back(2);
  EXPECT_TRUE(compare(Base, Base, Other).isDifference());
}

TEST(Comparison, SaysNothingWhereTheSameThingTwiceDiffers) {
  std::vector<double> Base(20, 1), Again(20, 1.1), Other(20, 2);
  EXPECT_FALSE(compare(Base, Again, Other).isDifference());
}

TEST(Comparison, SaysNothingWhereOnlyOneOfTheTwoDiffers) {
  std::vector<double> Base(20, 1), Again(20, 1.04), Other(20, 1.08);
  Comparison C = compare(Base, Again, Other);
  EXPECT_TRUE(C.Ratio.isClear());
  EXPECT_FALSE(C.isDifference());
}

TEST(Comparison, RoundsThatLackATimeDoNotCount) {
  std::vector<double> Base(20, 1), Again(19, 1), Other(20, 2);
  Other[3] = 0;
  Comparison C = compare(Base, Again, Other);
  EXPECT_EQ(C.Rounds, 18u);
  EXPECT_DOUBLE_EQ(C.Ratio.Estimate, 2);
}

/// Times on a machine that others use: it is slower for a while, each run is a little off, and now and then one is
/// interrupted.
class Machine {
public:
  Machine(unsigned Seed, double Off, double Interrupted) : Random(Seed), Off(0, Off), Interrupted(Interrupted) {}

  void nextRound() { Slow = 0.9 * Slow + Drift(Random); }
  double time(double Work) {
    double Time = Work * std::exp(Slow + Off(Random));
    return Chance(Random) < Interrupted ? Time * (1 + 2 * Chance(Random)) : Time;
  }

private:
  std::mt19937_64 Random;
  std::normal_distribution<> Off, Drift{0, 0.1};
  std::uniform_real_distribution<> Chance{0, 1};
  double Interrupted, Slow = 0;
};

/// In how many of 100 trials of 21 rounds a way that takes \p Work is told from one that takes 1.
unsigned found(double Work, double Off, double Interrupted) {
  unsigned Found = 0;
  for (unsigned Seed = 0; Seed < 100; ++Seed) {
    Machine M(Seed, Off, Interrupted);
    std::vector<double> Base, Again, Other;
    for (unsigned Round = 0; Round < 21; ++Round) {
      M.nextRound();
      Base.push_back(M.time(1));
      Again.push_back(M.time(1));
      Other.push_back(M.time(Work));
    }
    Found += compare(Base, Again, Other).isDifference();
  }
  return Found;
}

TEST(Comparison, EqualWorkGivesNoVerdict) {
  EXPECT_LE(found(1, 0.005, 0), 1u);
  EXPECT_LE(found(1, 0.03, 0.1), 1u);
  EXPECT_LE(found(1, 0.2, 0.3), 1u); // hopeless: says so
}

TEST(Comparison, TenPercentMoreOrLessIsFound) {
  EXPECT_GE(found(1.1, 0.005, 0), 95u);
  EXPECT_GE(found(1.1, 0.02, 0.1), 95u);
  EXPECT_GE(found(0.9, 0.02, 0.1), 95u);
}

} // namespace
