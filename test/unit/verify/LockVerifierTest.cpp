// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Holds.h"
#include "Fakes.h"

#include "gmock/gmock.h"

using namespace threadbare::verify;
using testing::HasSubstr;

namespace {

constexpr const char *Probe = "{'event':'probe','pid':1,'site':0,'column':3}";
constexpr const char *Ran = "{'event':'count','pid':1,'tid':11,'site':0,'reads':2,'writes':0,'lost':0}";

class LockVerifierTest : public testing::Test {
protected:
  LockVerifierTest() : Lock(claimOf("lock-held-across-await", {"handle"}, "lock")), Runner(Settings) {
    Settings.Budget = 2;
    Runner.Names.Known = {{"here", {"handle", "handle.resume", {"/src/a.cpp", 1, 3}, ""}},
                          {"elsewhere", {"handle", "handle.resume", {"/src/a.cpp", 2, 3}, ""}},
                          {"waiter", {"other", "other", {"/src/b.cpp", 7, 1}, ""}}};
    Runner.Runs.push_back(runOf({}));
  }
  static std::string held(const char *Place, double Millis, bool Deadlock = false, const char *More = "") {
    return llvm::formatv("{{'event':'held','pid':1,'tid':11,'by':11,'ns':9000000,'suspended':{0},'deadlock':{1}{2},"
                         "'stack':['{3}']}",
                         std::int64_t(Millis * 1e6), int(Deadlock), More, Place);
  }
  Verdict judge(std::vector<std::string> Inert) {
    return judged(*makeLockVerifier(), {Lock, {0}}, runOf(std::move(Inert)), Runner);
  }

  Claim Lock;
  Settings Settings;
  FakeRunner Runner;
};

TEST_F(LockVerifierTest, HeldWhileSuspended) {
  Verdict V = judge({Probe, Ran, held("here", 5), held("here", 7), held("elsewhere", 50)});
  ASSERT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_EQ(V.Summary, "held while the coroutine was suspended, 2 times, for 7.0 ms (median) to 7.0 ms");
  EXPECT_EQ(V.Evidence.getInteger("held"), 2);
}

TEST_F(LockVerifierTest, SaysWhoWaited) {
  Verdict V = judge({Probe, Ran, held("here", 5, false, ",'waiters':2,'waited':3000000,'waiter_stack':['waiter']")});
  EXPECT_THAT(V.Summary, HasSubstr("; 2 threads waited for it, for up to 3.0 ms"));
  EXPECT_EQ(V.Evidence.getArray("stacks")->size(), 2u);
}

TEST_F(LockVerifierTest, ThreadThatWaitsForItself) {
  Verdict V = judge({Probe, held("here", 5), held("here", 1, /*Deadlock=*/true)});
  ASSERT_EQ(V.Is, Outcome::Confirmed);
  EXPECT_THAT(V.Summary, HasSubstr("then waited for it itself"));
}

TEST_F(LockVerifierTest, TakenAndGivenBackInTime) {
  Verdict V = judge({Probe, Ran, held("elsewhere", 50)});
  ASSERT_EQ(V.Is, Outcome::NotReproduced);
  EXPECT_THAT(V.Summary, HasSubstr("taken 2 times"));
}

TEST_F(LockVerifierTest, NeverTaken) { EXPECT_EQ(judge({Probe}).Is, Outcome::NotExercised); }

TEST_F(LockVerifierTest, NeedsHooks) {
  FakeRunner Plain(Settings, /*WithProbes=*/false);
  Verdict V = judged(*makeLockVerifier(), {Lock, {0}}, runOf({}), Plain);
  EXPECT_FALSE(V.Is);
  EXPECT_THAT(V.Summary, HasSubstr("no probes"));
}

} // namespace
