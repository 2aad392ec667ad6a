// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Fakes.h"

#include "gmock/gmock.h"

using namespace threadbare::verify;
using testing::HasSubstr;
using testing::SizeIs;

namespace {

/// Times are in milliseconds.
std::string call(unsigned At, unsigned Site, unsigned Thread) {
  return llvm::formatv("{{'event':'call','pid':1,'site':{0},'tid':{1},'at':{2}}", Site, Thread, At * 1000000ll);
}
std::string wait(unsigned From, unsigned To, unsigned Thread, int Voluntary = 1) {
  return llvm::formatv("{{'event':'block','pid':1,'tid':{0},'at':{1},'function':'nanosleep','ns':{2},'voluntary':{3},"
                       "'stack':['body']}",
                       Thread, To * 1000000ll, (To - From) * 1000000ll, Voluntary);
}
std::string count(unsigned Site, unsigned Calls) {
  return llvm::formatv("{{'event':'count','pid':1,'tid':1,'site':{0},'reads':{1},'writes':0,'lost':0}", Site, Calls);
}

class PoolVerifier : public testing::Test {
protected:
  PoolVerifier() : Wrapper(claimOf("async-over-thread-pool", {"fetch", "lambda"}, "hand-over")), Runner(Settings) {
    Settings.Budget = 2;
    Wrapper.Spots[1].Role = "body";
    Runner.Names.Known = {{"body", {"lambda", "lambda", {"/src/a.cpp", 2, 3}, ""}}};
  }
  Verdict judge(std::vector<std::string> Traced) {
    Runner.Runs = {runOf(std::move(Traced))};
    return judged(*Verifier, {Wrapper, {0, 1}}, inert(4, 4), Runner);
  }
  static Recorded inert(unsigned Calls, unsigned Bodies) {
    return runOf({"{'event':'probe','pid':1,'site':0,'column':3}", "{'event':'probe','pid':1,'site':1,'column':3}",
                  count(0, Calls), count(1, Bodies)});
  }

  std::unique_ptr<threadbare::verify::Verifier> Verifier = makePoolVerifier();
  Claim Wrapper;
  Settings Settings;
  FakeRunner Runner;
};

TEST_F(PoolVerifier, OneCallIsNotEnough) {
  Verdict V = judged(*Verifier, {Wrapper, {0, 1}}, inert(1, 1), Runner);
  EXPECT_EQ(V.Is, Outcome::NotExercised);
  EXPECT_EQ(V.Summary, "ran 1 time, and never twice at once: a test is missing that calls 'fetch' again before the "
                       "first call is done");
}

TEST_F(PoolVerifier, CallThatDidNotRun) {
  Verdict V = judged(*Verifier, {Wrapper, {0, 1}}, inert(0, 0), Runner);
  EXPECT_EQ(V.Is, Outcome::NotExercised);
  EXPECT_EQ(V.Summary, "did not run: a test is missing that calls 'fetch'");
}

TEST_F(PoolVerifier, CeilingIsTheNumberThatWaitWhileOthersStandInLine) {
  Verdict V = judge({call(0, 0, 1), call(0, 0, 1), call(0, 0, 1), call(0, 0, 1), call(1, 1, 2), call(1, 1, 3),
                     wait(1, 10, 2), wait(1, 10, 3), call(11, 1, 2), call(11, 1, 3), wait(11, 20, 2), wait(11, 20, 3)});
  EXPECT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_EQ(V.Evidence.getInteger("ceiling"), 2);
  EXPECT_THAT(V.Summary, HasSubstr("the ceiling is 2: of 4 calls up to 4 were in flight"));
}

TEST_F(PoolVerifier, CeilingOfOne) {
  Verdict V = judge({call(0, 0, 1), call(0, 0, 1), call(1, 1, 2), wait(1, 10, 2), call(11, 1, 2), wait(11, 20, 2)});
  EXPECT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_EQ(V.Evidence.getInteger("ceiling"), 1);
}

TEST_F(PoolVerifier, ThreadForEachCall) {
  Verdict V = judge({call(0, 0, 1), call(0, 0, 1), call(0, 0, 1), call(1, 1, 2), call(1, 1, 3), call(1, 1, 4),
                     wait(1, 10, 2), wait(1, 10, 3), wait(1, 10, 4)});
  EXPECT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_EQ(V.Evidence.getBoolean("threadPerCall"), true);
}

TEST_F(PoolVerifier, BodiesOneAfterAnotherAreNotExercised) {
  Verdict V = judge({call(0, 0, 1), call(1, 1, 2), wait(1, 10, 2), call(20, 0, 1), call(21, 1, 2), wait(21, 30, 2)});
  EXPECT_EQ(V.Is, Outcome::NotExercised);
}

TEST_F(PoolVerifier, WaitOnACallersOwnThreadIsNoHiddenThread) {
  Verdict V = judge({call(0, 0, 1), call(0, 0, 1), call(1, 1, 1), wait(1, 10, 1), call(11, 1, 1), wait(11, 20, 1)});
  EXPECT_EQ(V.Is, Outcome::NotReproduced);
}

TEST_F(PoolVerifier, BusyBodiesAreNotConfirmed) {
  Verdict V = judge({call(0, 0, 1), call(0, 0, 1), call(1, 1, 2), call(1, 1, 3), wait(1, 10, 2, 0), wait(1, 10, 3, 0)});
  EXPECT_EQ(V.Is, Outcome::NotReproduced);
  EXPECT_THAT(Runner.Asked, SizeIs(2)); // until the budget was spent
}

} // namespace
