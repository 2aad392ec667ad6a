// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Fakes.h"

#include "gmock/gmock.h"

using namespace threadbare::verify;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

namespace {

constexpr const char *Probe = "{'event':'probe','pid':1,'site':0,'column':3}";

class CounterVerifier : public testing::Test {
protected:
  CounterVerifier() : Counted(claimOf("unsynchronized-shared-counter", {"count"})), Runner(Settings) {
    Settings.Budget = 3;
  }
  Verdict judge(const Recorded &Inert) { return judged(*Verifier, {Counted, {0}}, Inert, Runner); }

  static std::string count(unsigned Thread, unsigned Writes, unsigned Lost = 0, unsigned Process = 1) {
    return llvm::formatv("{{'event':'count','pid':{0},'tid':{1},'site':0,'reads':0,'writes':{2},'lost':{3}}", Process,
                         Thread, Writes, Lost);
  }
  static std::string stall(const char *Event, unsigned Overwrites = 0, const char *More = "") {
    return llvm::formatv("{{'event':'{0}','pid':1,'site':0,'kind':5,'tid':11,'before':7,'after':8,'overwrites':{1},"
                         "'other_kind':5,'other_tid':12,'size':8{2}}",
                         Event, Overwrites, More);
  }

  std::unique_ptr<threadbare::verify::Verifier> Verifier = makeCounterVerifier();
  Claim Counted;
  Settings Settings;
  FakeRunner Runner;
};

TEST_F(CounterVerifier, TakesCountersOnly) {
  EXPECT_TRUE(Verifier->takes(Counted));
  EXPECT_FALSE(Verifier->takes(claimOf("blocking-call-in-coroutine", {"f"})));
}

TEST_F(CounterVerifier, SaysWhatIsMissingWithoutProbes) {
  FakeRunner Bare(Settings, /*WithProbes=*/false);
  Verdict V = judged(*Verifier, {Counted, {0}}, runOf({}), Bare);
  EXPECT_FALSE(V.Is);
  EXPECT_EQ(V.Summary, "there are no probes in the program");
}

TEST_F(CounterVerifier, PlaceThatDidNotRunIsNotExercised) {
  Verdict V = judge(runOf({Probe}));
  EXPECT_EQ(V.Is, Outcome::NotExercised);
  EXPECT_EQ(V.Summary, "did not run: a test is missing that calls 'count'");
  EXPECT_THAT(Runner.Asked, SizeIs(0));
}

TEST_F(CounterVerifier, PlaceThatWasNotLinkedIsNotExercised) {
  Verdict V = judge(runOf({}));
  EXPECT_EQ(V.Is, Outcome::NotExercised);
  EXPECT_THAT(V.Summary, HasSubstr("no program that ran has an access there"));
}

TEST_F(CounterVerifier, OneThreadIsNotEnough) {
  Verdict V = judge(runOf({Probe, count(11, 4), count(11, 64)}));
  EXPECT_EQ(V.Is, Outcome::NotExercised);
  EXPECT_EQ(V.Summary, "ran 64 times, in one thread only: a test is missing that calls 'count' in two");
}

TEST_F(CounterVerifier, TwoFunctionsHaveToMeet) {
  Counted = claimOf("unsynchronized-shared-counter", {"count", "read"});
  EXPECT_EQ(judge(runOf({Probe, count(11, 4)})).Summary,
            "ran 4 times, in one thread only: a test is missing that calls "
            "one of 'count' and 'read' while another thread calls the other");
}

TEST_F(CounterVerifier, OneThreadInEachOfTwoProcessesIsNotEnough) {
  Verdict V = judge(runOf({Probe, count(11, 64), count(21, 64, 0, 2)}));
  EXPECT_EQ(V.Is, Outcome::NotExercised);
  EXPECT_THAT(V.Summary, HasSubstr("in one thread only"));
}

TEST_F(CounterVerifier, VisitDuringAStallConfirms) {
  Runner.Runs = {runOf({stall("trap"), stall("race", 1), stall("race")})};
  Verdict V = judge(runOf({Probe, count(11, 50, 2), count(12, 50, 1)}));
  EXPECT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_EQ(V.Summary, "another thread came to it in 2 of 3 stalls; 1 update overwritten (7 became 8 during a stall); "
                       "without stalls 3 of 100 updates lost");
  EXPECT_EQ(V.Evidence.getInteger("overlapping"), 2);
  EXPECT_THAT(*V.Evidence.getArray("stacks"), SizeIs(2));
}

TEST_F(CounterVerifier, BitsOfAFloatAreShownAsOne) {
  Recorded Armed = runOf({stall("race", 1)});
  Armed.Trace[0]["kind"] = 13;
  Armed.Trace[0]["size"] = 4;
  Armed.Trace[0]["before"] = 0x3fc00000;
  Armed.Trace[0]["after"] = 0x40200000;
  Runner.Runs = {Armed};
  EXPECT_THAT(judge(runOf({Probe, count(11, 1), count(12, 1)})).Summary, HasSubstr("(1.50 became 2.50"));
}

TEST_F(CounterVerifier, StallsWithoutVisitConfirmNothing) {
  Runner.Runs = {runOf({stall("trap"), stall("trap")})};
  Verdict V = judge(runOf({Probe, count(11, 50, 9), count(12, 50)}));
  EXPECT_EQ(V.Is, Outcome::NotReproduced);
  EXPECT_EQ(V.Summary, "ran 100 times in 2 threads; nobody came in 6 stalls of 3 runs (3.0 s, the budget is 3.0 s)");
}

TEST_F(CounterVerifier, RunsUntilSomebodyComes) {
  Runner.Runs = {runOf({stall("trap")}), runOf({stall("race")})};
  EXPECT_EQ(judge(runOf({Probe, count(11, 50), count(12, 50)})).Is, Outcome::Confirmed);
  EXPECT_THAT(Runner.Asked, ElementsAre(HasSubstr("seed=1"), HasSubstr("seed=2")));
}

TEST_F(CounterVerifier, ArmsAllPlacesOfOneFindingAndStallsLongerWhereAccessesAreRare) {
  Counted = claimOf("unsynchronized-shared-counter", {"count", "read"});
  Runner.Runs = {runOf({stall("race")})};
  Recorded Inert = runOf({Probe, count(11, 5), count(12, 5)});
  EXPECT_EQ(judged(*Verifier, {Counted, {0, 1}}, Inert, Runner).Is, Outcome::Confirmed);
  EXPECT_THAT(Runner.Asked, ElementsAre("probes=trap:arm=0,1:stall_us=20000:seed=1"));
}

} // namespace
