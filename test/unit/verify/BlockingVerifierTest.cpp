// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Fakes.h"

#include "gmock/gmock.h"

using namespace threadbare::verify;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

namespace {

constexpr const char *Probe = "{'event':'probe','pid':1,'site':0,'column':3}";
constexpr const char *Ran = "{'event':'count','pid':1,'tid':11,'site':0,'reads':2,'writes':0,'lost':0}";

class BlockingVerifier : public testing::Test {
protected:
  BlockingVerifier() : Call(claimOf("blocking-call-in-coroutine", {"handle"}, "call")), Runner(Settings) {
    Settings.Budget = 3;
    Runner.Names.Known = {{"leaf", {"nap", "nap", {"/src/b.cpp", 9, 1}, ""}},
                          {"here", {"handle", "handle.resume", {"/src/a.cpp", 1, 3}, ""}},
                          {"plain", {"handle", "handle", {"/src/a.cpp", 1, 3}, ""}},
                          {"gcc", {"handle", "_Z6handle.actor", {"/src/a.cpp", 1, 3}, ""}},
                          {"elsewhere", {"handle", "handle.resume", {"/src/a.cpp", 2, 3}, ""}},
                          {"column", {"handle", "handle.resume", {"/src/a.cpp", 1, 20}, ""}}};
  }
  Verdict judge(const Recorded &Inert) { return judged(*Verifier, {Call, {0}}, Inert, Runner); }

  static std::string block(const char *Place, double Millis = 5, int Voluntary = 1, const char *Event = "block") {
    return llvm::formatv("{{'event':'{0}','pid':1,'tid':11,'at':9000000000,'function':'nanosleep','ns':{1},"
                         "'voluntary':{2},'processor':100,'lag':0,'stack':['leaf','{3}']}",
                         Event, std::int64_t(Millis * 1e6), Voluntary, Place);
  }

  std::unique_ptr<threadbare::verify::Verifier> Verifier = makeBlockingVerifier();
  Claim Call;
  Settings Settings;
  FakeRunner Runner;
};

TEST_F(BlockingVerifier, TakesBothKindsOfWaits) {
  EXPECT_TRUE(Verifier->takes(Call));
  EXPECT_TRUE(Verifier->takes(claimOf("sync-wait-in-coroutine", {"f"})));
  EXPECT_FALSE(Verifier->takes(claimOf("unsynchronized-shared-counter", {"f"})));
}

TEST_F(BlockingVerifier, WaitInAResumedCoroutineConfirms) {
  Verdict V = judge(runOf({Probe, Ran, block("here", 5), block("here", 7), block("here", 30)}));
  EXPECT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_EQ(V.Summary, "'nanosleep' stopped the thread 3 times, for 7.0 ms (median) to 30.0 ms; the loop was up to "
                       "30.0 ms late");
  EXPECT_EQ(V.Evidence.getInteger("blocked"), 3);
  EXPECT_THAT(Runner.Asked, SizeIs(0)); // the first run was enough
}

TEST_F(BlockingVerifier, GccNamesItsCoroutinesOtherwise) {
  EXPECT_EQ(judge(runOf({Probe, Ran, block("gcc")})).Is, Outcome::Confirmed);
}

TEST_F(BlockingVerifier, WhatWasPreemptedConfirmsNothing) {
  Recorded Busy = runOf({Probe, Ran, block("here", 20, /*Voluntary=*/0)});
  Runner.Runs = {Busy};
  Verdict V = judge(Busy);
  EXPECT_EQ(V.Is, Outcome::NotReproduced);
  EXPECT_EQ(V.Evidence.getInteger("preempted"), 3); // in three runs of a second
}

TEST_F(BlockingVerifier, OutsideOfAResumptionConfirmsNothing) {
  Runner.Runs = {runOf({})};
  EXPECT_EQ(judge(runOf({Probe, Ran, block("plain")})).Is, Outcome::NotReproduced);
}

TEST_F(BlockingVerifier, AnotherPlaceConfirmsNothing) {
  Runner.Runs = {runOf({})};
  EXPECT_EQ(judge(runOf({Probe, Ran, block("elsewhere")})).Is, Outcome::NotReproduced);
  EXPECT_EQ(judge(runOf({Probe, Ran, block("column")})).Is, Outcome::NotReproduced);
}

TEST_F(BlockingVerifier, CallThatDidNotRunIsNotExercised) {
  Verdict V = judge(runOf({Probe}));
  EXPECT_EQ(V.Is, Outcome::NotExercised);
  EXPECT_EQ(V.Summary, "did not run: a test is missing that calls 'handle'");
}

TEST_F(BlockingVerifier, WithoutProbesOnlyConfirmationsAreSaid) {
  FakeRunner Bare(Settings, /*WithProbes=*/false);
  Bare.Names.Known = Runner.Names.Known;
  EXPECT_EQ(judged(*Verifier, {Call, {0}}, runOf({block("here")}), Bare).Is, Outcome::Confirmed);
  Verdict V = judged(*Verifier, {Call, {0}}, runOf({}), Bare);
  EXPECT_FALSE(V.Is);
  EXPECT_THAT(V.Summary, HasSubstr("whether it ran at all, only probes could tell"));
}

TEST_F(BlockingVerifier, WaitWithoutEndIsADeadlock) {
  Recorded Hung = runOf({Probe, Ran});
  Hung.How.TimedOut = true;
  Runner.Runs = {runOf({block("here", 1500, -1, "hang")})};
  Verdict V = judge(Hung);
  EXPECT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_THAT(V.Summary, HasSubstr("a deadlock"));
  EXPECT_THAT(Runner.Asked, ElementsAre(HasSubstr("hang_ms=")));
}

} // namespace
