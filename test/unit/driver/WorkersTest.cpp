// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Workers.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/ErrorHandling.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <unistd.h>

using namespace llvm;
using namespace threadbare::driver;

namespace {

void ignore(const WorkProgress &) {}

std::string bytes(const WorkResult &Result) { return Result.Bytes ? Result.Bytes->getBuffer().str() : "none"; }

TEST(Workers, ResultsAreInTheOrderOfTheWork) {
  auto Work = [](std::size_t I) -> Expected<std::string> {
    ::usleep((10 - I) * 2000); // the last one is ready first
    return std::string(I * 100000, 'a' + I);
  };
  for (unsigned Jobs : {1, 3, 20}) {
    std::vector<WorkResult> Results = runInWorkers(10, Jobs, Work, ignore);
    ASSERT_EQ(Results.size(), 10u);
    for (std::size_t I = 0; I != 10; ++I)
      EXPECT_EQ(bytes(Results[I]), std::string(I * 100000, 'a' + I));
  }
}

TEST(Workers, NothingToDo) {
  EXPECT_TRUE(runInWorkers(0, 4, [](std::size_t) -> Expected<std::string> { return ""; }, ignore).empty());
}

TEST(Workers, AFailureIsHandedBack) {
  auto Work = [](std::size_t I) -> Expected<std::string> {
    if (I == 1)
      return createStringError("one is odd");
    return "fine";
  };
  std::vector<WorkResult> Results = runInWorkers(3, 2, Work, ignore);
  EXPECT_EQ(bytes(Results[0]), "fine");
  EXPECT_EQ(bytes(Results[1]), "none");
  EXPECT_EQ(Results[1].Error, "one is odd");
  EXPECT_EQ(bytes(Results[2]), "fine");
}

TEST(Workers, ACrashCostsItselfAlone) {
  auto Work = [](std::size_t I) -> Expected<std::string> {
    if (I == 0)
      std::abort();
    if (I == 1)
      report_fatal_error("the end is near");
    if (I == 2)
      ::_exit(7);
    return "fine";
  };
  std::vector<WorkResult> Results = runInWorkers(4, 2, Work, ignore);
  EXPECT_EQ(Results[0].Crash, "Aborted");
  EXPECT_TRUE(StringRef(Results[1].Crash).contains("the end is near")) << Results[1].Crash;
  EXPECT_EQ(Results[2].Crash, "exit status 7");
  EXPECT_EQ(bytes(Results[3]), "fine");
}

TEST(Workers, ProgressCountsUp) {
  std::size_t Last = 0;
  runInWorkers(
      5, 2, [](std::size_t) -> Expected<std::string> { return ""; },
      [&](const WorkProgress &P) {
        EXPECT_GE(P.Done, Last);
        EXPECT_EQ(P.Total, 5u);
        EXPECT_LT(P.Started, 5u);
        Last = P.Done;
      });
  EXPECT_EQ(Last, 5u);
}

} // namespace
