// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Command.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace threadbare::verify;
using testing::HasSubstr;

namespace {

class CommandTest : public testing::Test {
protected:
  CommandTest() { EXPECT_FALSE(sys::fs::createTemporaryFile("command", "log", Log)); }
  ~CommandTest() override { sys::fs::remove(Log); }

  Ended shell(const char *Script, double Seconds = 60) {
    Command C;
    C.Words = {"sh", "-c", Script};
    C.Environment = {{"ADDED", "here"}};
    C.Log = Log.str();
    C.Seconds = Seconds;
    Expected<Ended> E = run(C);
    EXPECT_TRUE(bool(E)) << toString(E.takeError());
    return *E;
  }
  std::string output() {
    auto Buffer = MemoryBuffer::getFile(Log);
    return Buffer ? (*Buffer)->getBuffer().str() : "";
  }

  SmallString<128> Log;
};

TEST_F(CommandTest, OutputAndEnvironment) {
  EXPECT_EQ(shell("echo $ADDED; echo too >&2").complaint(), "");
  EXPECT_EQ(output(), "here\ntoo\n");
}

TEST_F(CommandTest, InputIsEmpty) {
  EXPECT_EQ(shell("cat").complaint(), "");
  EXPECT_EQ(output(), "");
}

TEST_F(CommandTest, StatusAndSignal) {
  EXPECT_EQ(shell("exit 3").complaint(), "ended with status 3");
  EXPECT_THAT(shell("kill -SEGV $$").complaint(), HasSubstr("was ended by signal 11"));
}

TEST_F(CommandTest, EndsWhenWeAreInterrupted) {
  Interruptible Now;
  Command C;
  C.Words = {"sh", "-c", "kill -INT $PPID; sleep 60"};
  C.Log = Log.str();
  C.Seconds = 60;
  for (int Time = 0; Time < 2; ++Time) { // the second does not even begin
    Expected<Ended> E = run(C);
    ASSERT_FALSE(bool(E));
    EXPECT_EQ(toString(E.takeError()), "interrupted");
  }
}

TEST_F(CommandTest, TimeLimitHoldsForWhoIgnoresIt) {
  Ended E = shell("trap '' TERM; while :; do sleep 0.1; done", 0.2);
  EXPECT_TRUE(E.TimedOut);
  EXPECT_EQ(E.complaint(), "did not end in time and was stopped");
}

TEST_F(CommandTest, WhatIsLeftRunningIsEnded) {
  Ended E = shell("setsid sleep 60 & exit 0");
  EXPECT_EQ(E.LeftRunning, 1u);
  EXPECT_EQ(E.complaint(), "left 1 process running, which was ended");
}

TEST_F(CommandTest, ProgramThatIsNotThere) {
  Command C;
  C.Words = {"/nonexistent/program"};
  C.Log = Log.str();
  C.Seconds = 10;
  Expected<Ended> E = run(C);
  ASSERT_FALSE(bool(E));
  EXPECT_EQ(toString(E.takeError()), "/nonexistent/program: No such file or directory");
}

} // namespace
