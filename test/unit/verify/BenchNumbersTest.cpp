// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchNumbers.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

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

/// A program that writes times to where it is told, and a line for each of its runs.
class Rounds : public testing::Test {
protected:
  Rounds() { EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("bench", Folder)); }
  ~Rounds() override { llvm::sys::fs::remove_directories(Folder); }

  std::string path(llvm::StringRef Name) { return (Folder + "/" + Name).str(); }

  /// Of a mutex that takes \p Mutex times as long as an atomic; with more threads, forever.
  Verdict measured(double Mutex, double Budget, bool Ends = true) {
    std::string Script = "#!/bin/sh\necho x >> " + path("runs") + "\n" + (Ends ? "" : "exit 1\n");
    Script += "for word; do case $word in --benchmark_out=*) out=${word#*=};; esac; done\n{ echo '{\"benchmarks\":['\n"
              "echo '{\"name\":\"mutex_0/real_time/threads:1\",\"real_time\":" +
              std::to_string(10 * Mutex) +
              "},'\n"
              "echo '{\"name\":\"atomic_0/real_time/threads:1\",\"real_time\":10},'\n"
              "echo '{\"name\":\"atomic_again_0/real_time/threads:1\",\"real_time\":10}]}'; } > $out\n";
    {
      std::error_code E;
      llvm::raw_fd_ostream(path("program"), E) << Script;
    }
    llvm::sys::fs::setPermissions(path("program"), llvm::sys::fs::all_all);
    Claim C = claim("unsynchronized-shared-counter");
    Benched B{&C, 0, {{"", "count"}}, ""};
    llvm::Expected<BenchNumbers> Numbers = BenchNumbers::measure(path("program"), B, Budget, 60);
    Verdict V;
    if (Numbers)
      Numbers->addTo(V, B);
    else
      ADD_FAILURE() << llvm::toString(Numbers.takeError());
    return V;
  }
  std::size_t runs() {
    auto Buffer = llvm::MemoryBuffer::getFile(path("runs"));
    return Buffer ? (*Buffer)->getBuffer().count('\n') : 0;
  }

  llvm::SmallString<128> Folder;
};

TEST_F(Rounds, OneToKnowAndThenTwentyOneForEachNumberOfThreads) {
  Verdict V = measured(2, 60);
  EXPECT_EQ(runs(), 1u + 3 * 21);
  EXPECT_THAT(V.Details,
              testing::Contains("1 thread: the mutex takes 2.00 [2.00 2.00] times as long as the atomic: the "
                                "atomic is 2.0 times faster here"));
  const llvm::json::Array *Compared = V.Evidence.getArray("comparisons");
  ASSERT_TRUE(Compared);
  EXPECT_EQ((*Compared)[1].getAsObject()->getString("verdict"), "slower");
  EXPECT_EQ((*Compared)[1].getAsObject()->getInteger("rounds"), 21);
  EXPECT_EQ((*Compared)[0].getAsObject()->getInteger("rounds"), 0); // the plain increment has no time
}

TEST_F(Rounds, NoneWhereTheyDoNotFitIntoTheBudget) {
  Verdict V = measured(2, 1);
  EXPECT_EQ(runs(), 1u);
  EXPECT_THAT(V.Details, testing::Contains("not compared: fifteen rounds do not fit into the budget"));
}

TEST_F(Rounds, ProgramThatFailsIsNotRunAgainAndAgain) {
  Verdict V = measured(2, 60, /*Ends=*/false);
  EXPECT_EQ(runs(), 1u);
  EXPECT_THAT(V.Details, SizeIs(0));
}

} // namespace
