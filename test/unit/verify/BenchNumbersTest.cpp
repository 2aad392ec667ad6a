// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchNumbers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace threadbare::verify;
using testing::SizeIs;

namespace {

Claim claim(std::string Check) {
  Claim C;
  C.Check = "threadbare-" + Check;
  return C;
}

Comparison comparison(double Factor, std::size_t Rounds = 21, double SameTwice = 1) {
  std::vector<double> Base(Rounds, 10), Again(Rounds, 10 * SameTwice), Other(Rounds, 10 * Factor);
  return compare(Base, Again, Other);
}

TEST(BenchNumbers, CounterIsComparedForEachNumberOfThreads) {
  Claim C = claim("unsynchronized-shared-counter");
  std::vector<Contest> Contests = contestsOf({&C, 7, {{"", "count"}}, ""});
  ASSERT_THAT(Contests, SizeIs(3));
  EXPECT_EQ(Contests[1].Where, "2 threads");
  EXPECT_EQ(Contests[1].Base, "atomic_7/real_time/threads:2");
  EXPECT_EQ(Contests[1].BaseAgain, "atomic_again_7/real_time/threads:2");
  ASSERT_THAT(Contests[1].Others, SizeIs(3));
  EXPECT_EQ(Contests[1].Others[1].Name, "mutex_7/real_time/threads:2");
}

TEST(BenchNumbers, BlockingCallHasNothingToCompareWith) {
  Claim C = claim("blocking-call-in-coroutine");
  EXPECT_THAT(contestsOf({&C, 0, {{"", "handle"}}, ""}), SizeIs(0));
}

TEST(BenchNumbers, SaysWhichIsFaster) {
  Contest In{"2 threads", "", "", {{"", "the mutex", ""}}, "the atomic"};
  EXPECT_EQ(describe(In, In.Others[0], comparison(2)),
            "2 threads: the mutex takes 2.00 [2.00 2.00] times as long as the "
            "atomic: the atomic is 2.0 times faster here");
  EXPECT_EQ(describe(In, In.Others[0], comparison(0.25)),
            "2 threads: the mutex takes 0.25 [0.25 0.25] times as long as "
            "the atomic: the mutex is 4.0 times faster here");
}

TEST(BenchNumbers, SaysWhyItIsInconclusive) {
  Contest In{"1 thread", "", "", {{"", "the mutex", ""}}, "the atomic"};
  EXPECT_EQ(describe(In, In.Others[0], comparison(1.02)),
            "1 thread: the mutex takes 1.02 [1.02 1.02] times as long as "
            "the atomic: inconclusive (the same twice: 1.00 [1.00 1.00])");
  EXPECT_THAT(describe(In, In.Others[0], comparison(2, 21, 1.2)),
              testing::HasSubstr("inconclusive (the same twice: 1.20 [1.20 1.20])"));
  EXPECT_THAT(describe(In, In.Others[0], comparison(2, 3)),
              testing::HasSubstr("inconclusive (3 rounds; 15 are needed)"));
}

TEST(BenchNumbers, VerdictForPrograms) {
  EXPECT_EQ(spell(comparison(2)), "slower");
  EXPECT_EQ(spell(comparison(0.5)), "faster");
  EXPECT_EQ(spell(comparison(1)), "inconclusive");
}

} // namespace
