// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Threads.h"
#include "Fakes.h"

#include "gmock/gmock.h"

#include <limits>

using namespace threadbare::verify;
using testing::HasSubstr;

namespace {

class CrowdTest : public testing::Test {
protected:
  /// A thread from \p Begin to \p End; one that does not end without the latter.
  void lives(std::int64_t Begin, std::int64_t End = std::numeric_limits<std::int64_t>::max()) {
    Thread T;
    T.Begin = Begin;
    T.End = End;
    All.push_back(T);
  }
  Crowd measure() const {
    std::vector<const Thread *> Pointers;
    for (const Thread &T : All)
      Pointers.push_back(&T);
    return crowd(Pointers);
  }

  std::int64_t Many = manyThreads();
  std::vector<Thread> All;
};

TEST_F(CrowdTest, ThreadForEachRequestIsUnbounded) {
  lives(0, 10);
  for (std::int64_t I = 0; I < Many; ++I)
    lives(100 + I, 10'000);
  Crowd C = measure();
  EXPECT_TRUE(C.isUnbounded());
  EXPECT_EQ(C.Peak, std::size_t(Many));
  EXPECT_EQ(C.Started, std::size_t(Many) + 1);
}

TEST_F(CrowdTest, FixedSetIsNot) {
  for (std::int64_t I = 0; I < 2 * Many; ++I)
    lives(I);
  EXPECT_FALSE(measure().isUnbounded());
  EXPECT_FALSE(measure().Replaced);
}

TEST_F(CrowdTest, FewAreNot) {
  lives(0, 10);
  for (std::int64_t I = 1; I < Many; ++I)
    lives(100 + I, 10'000);
  EXPECT_FALSE(measure().isUnbounded());
}

/// Each thread that ends lets another one start; now and then it is there before the first is gone.
TEST_F(CrowdTest, LimitLevelsOff) {
  for (std::int64_t I = 0; I < 5 * Many; ++I)
    lives(10 * I, 10 * I + 10 * Many + (I % 50 == 49 ? 11 : 5));
  Crowd C = measure();
  EXPECT_GE(C.Peak, std::size_t(Many));
  EXPECT_TRUE(C.LevelsOff);
}

TEST_F(CrowdTest, GroupsOfOneSizeLevelOff) {
  for (std::int64_t Group = 0; Group < 2; ++Group)
    for (std::int64_t I = 0; I < 2 * Many; ++I)
      lives(100'000 * Group + I, 100'000 * Group + 50'000 - (Group ? 49'700 : 0));
  Crowd C = measure();
  EXPECT_TRUE(C.LevelsOff);
  EXPECT_EQ(C.Groups, 2u);
}

TEST_F(CrowdTest, OneThreadAtATimeIsNoGroup) {
  lives(0, 10);
  lives(10, 20);
  Crowd C = measure();
  EXPECT_EQ(C.Peak, 1u);
  EXPECT_EQ(C.Groups, 0u);
}

constexpr const char *Probe = "{'event':'probe','pid':1,'site':0,'column':3}";
constexpr const char *RanThrice = "{'event':'count','pid':1,'tid':11,'site':0,'reads':3,'writes':0,'lost':0}";

class ThreadVerifierTest : public testing::Test {
protected:
  ThreadVerifierTest() : Runner(Settings) {
    Settings.Budget = 2;
    Runner.Names.Known = {{"here", {"serve", "serve", {"/src/a.cpp", 1, 3}, ""}},
                          {"elsewhere", {"other", "other", {"/src/a.cpp", 9, 3}, ""}}};
  }
  static std::string call(std::int64_t At) {
    return llvm::formatv("{{'event':'call','pid':1,'tid':11,'site':0,'at':{0}}", At);
  }
  static std::string thread(std::int64_t Number, std::int64_t At, const char *Place = "here") {
    return llvm::formatv("{{'event':'thread','pid':1,'tid':11,'thread':{0},'at':{1},'way':{2},'stack':['{3}']}", Number,
                         At, Place == std::string("here") ? 1 : 2, Place);
  }
  Verdict judgePool(std::vector<std::string> Traced) {
    Runner.Runs.push_back(runOf(std::move(Traced)));
    Claim C = claimOf("pool-per-call", {"serve"}, "call");
    return judged(*makePoolPerCallVerifier(), {C, {0}}, runOf({Probe, RanThrice}), Runner);
  }
  Verdict judgeUnbounded(std::vector<std::string> Inert) {
    Claim C = claimOf("unbounded-threads", {"serve"}, "call");
    Recorded R = runOf(std::move(Inert));
    Runner.Runs.push_back(runOf({}));
    return judged(*makeUnboundedThreadsVerifier(), {C, {0}}, R, Runner);
  }

  Settings Settings;
  FakeRunner Runner;
};

TEST_F(ThreadVerifierTest, PoolForEachCallIsConfirmed) {
  Verdict V = judgePool({call(10), thread(1, 11), thread(2, 12), call(20), thread(3, 21), call(30), thread(4, 31)});
  ASSERT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_EQ(V.Summary, "each of 3 calls started threads of its own: 4 in all, up to 2 for one call");
}

TEST_F(ThreadVerifierTest, OneCallWithoutThreadsIsEnough) {
  EXPECT_EQ(judgePool({call(10), thread(1, 11), call(20), call(30), thread(4, 31)}).Is, Outcome::NotReproduced);
}

TEST_F(ThreadVerifierTest, ThreadsOfOtherPlacesDoNotCount) {
  EXPECT_EQ(
      judgePool({call(10), thread(1, 11), call(20), thread(2, 21, "elsewhere"), call(30), thread(4, 31)}).Is,
      Outcome::NotReproduced);
}

TEST_F(ThreadVerifierTest, TwoCallsAreTooFew) {
  EXPECT_EQ(judgePool({call(10), thread(1, 11), call(20), thread(2, 21)}).Is, Outcome::NotExercised);
}

TEST_F(ThreadVerifierTest, StacksAreToldOnceForEachWay) {
  std::vector<std::string> Lines{Probe, thread(1, 10), "{'event':'ended','pid':1,'thread':1,'at':11}"};
  for (std::size_t I = 0; I < manyThreads(); ++I)
    Lines.push_back(llvm::formatv("{{'event':'thread','pid':1,'tid':11,'thread':{0},'at':{1},'way':1}", I + 2, I + 20));
  Verdict V = judgeUnbounded(std::move(Lines));
  EXPECT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_TRUE(Runner.Asked.empty());
}

TEST_F(ThreadVerifierTest, TwoThreadsAreTriedAgain) {
  Verdict V = judgeUnbounded({Probe, thread(1, 10), thread(2, 11)});
  ASSERT_EQ(V.Is, Outcome::NotReproduced);
  EXPECT_THAT(V.Summary, HasSubstr("2 threads, up to 2 at once; " + std::to_string(manyThreads()) + " would be many"));
  EXPECT_FALSE(Runner.Asked.empty());
}

TEST_F(ThreadVerifierTest, OneThreadIsNotEnough) {
  EXPECT_EQ(judgeUnbounded({Probe, thread(1, 10)}).Is, Outcome::NotExercised);
}

} // namespace
