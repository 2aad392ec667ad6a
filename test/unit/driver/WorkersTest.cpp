// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Workers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/ErrorHandling.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <unistd.h>
#include <vector>

using namespace llvm;
using namespace threadbare::driver;

namespace {

void ignore(const WorkProgress &) {}

std::vector<WorkResult> run(std::size_t Count, const WorkerLimits &Limits,
                            function_ref<Expected<std::string>(std::size_t)> Work,
                            function_ref<void(const WorkProgress &)> Progress = ignore) {
  std::vector<std::size_t> Pieces(Count);
  std::iota(Pieces.begin(), Pieces.end(), 0);
  std::vector<WorkResult> Results(Count);
  runInWorkers(
      Pieces, Limits, Work, [&](std::size_t I, WorkResult Result) { Results[I] = std::move(Result); }, Progress);
  return Results;
}

std::string bytes(const WorkResult &Result) { return Result.Bytes ? Result.Bytes->getBuffer().str() : "none"; }

TEST(Workers, ResultsAreInTheOrderOfTheWork) {
  auto Work = [](std::size_t I) -> Expected<std::string> {
    ::usleep((10 - I) * 2000); // the last one is ready first
    return std::string(I * 100000, 'a' + I);
  };
  for (unsigned Jobs : {1u, 3u, 20u}) {
    std::vector<WorkResult> Results = run(10, {.Jobs = Jobs}, Work);
    ASSERT_EQ(Results.size(), 10u);
    for (std::size_t I = 0; I != 10; ++I)
      EXPECT_EQ(bytes(Results[I]), std::string(I * 100000, 'a' + I));
  }
}

TEST(Workers, NothingToDo) {
  EXPECT_TRUE(run(0, {.Jobs = 4}, [](std::size_t) -> Expected<std::string> { return ""; }).empty());
}

TEST(Workers, AFailureIsHandedBack) {
  auto Work = [](std::size_t I) -> Expected<std::string> {
    if (I == 1)
      return createStringError("one is odd");
    return "fine";
  };
  std::vector<WorkResult> Results = run(3, {.Jobs = 2}, Work);
  EXPECT_EQ(bytes(Results[0]), "fine");
  EXPECT_EQ(bytes(Results[1]), "none");
  EXPECT_EQ(Results[1].Ending, WorkResult::Failed);
  EXPECT_EQ(Results[1].Why, "one is odd");
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
  std::vector<WorkResult> Results = run(4, {.Jobs = 2}, Work);
  EXPECT_EQ(Results[0].Why, "Aborted");
  EXPECT_TRUE(StringRef(Results[1].Why).contains("the end is near")) << Results[1].Why;
  EXPECT_EQ(Results[2].Why, "exit status 7");
  EXPECT_EQ(bytes(Results[3]), "fine");
}

TEST(Workers, WhatNeverEndsIsGivenUp) {
  auto Work = [](std::size_t I) -> Expected<std::string> {
    while (I == 1)
      ::usleep(1000);
    return "fine";
  };
  std::vector<WorkResult> Results = run(3, {.Jobs = 1, .Timeout = std::chrono::seconds(1)}, Work);
  EXPECT_EQ(bytes(Results[0]), "fine");
  EXPECT_EQ(Results[1].Ending, WorkResult::TookTooLong);
  EXPECT_GE(Results[1].Took, std::chrono::seconds(1));
  EXPECT_EQ(bytes(Results[2]), "fine");
}

TEST(Workers, WhatNeedsTooMuchMemoryIsGivenUp) {
#if LLVM_ADDRESS_SANITIZER_BUILD || LLVM_THREAD_SANITIZER_BUILD || LLVM_MEMORY_SANITIZER_BUILD
  GTEST_SKIP() << "sanitizers have their own idea of memory";
#endif
  auto Work = [](std::size_t I) -> Expected<std::string> {
    std::vector<std::unique_ptr<char[]>> Eaten;
    while (I == 1)
      std::fill_n(Eaten.emplace_back(new char[1 << 20]).get(), 1 << 20, 'x');
    return "fine";
  };
  std::vector<WorkResult> Results = run(3, {.Jobs = 2, .MaxMemory = 64 << 20}, Work);
  EXPECT_EQ(bytes(Results[0]), "fine");
  EXPECT_EQ(Results[1].Ending, WorkResult::NeededTooMuch);
  EXPECT_EQ(bytes(Results[2]), "fine");
}

TEST(Workers, TheOrderIsTheCallers) {
  std::vector<std::size_t> Begun;
  runInWorkers(
      {2, 0, 1}, {.Jobs = 1}, [](std::size_t) -> Expected<std::string> { return ""; }, [](std::size_t, WorkResult) {},
      [&](const WorkProgress &P) {
        for (std::size_t Piece : P.Running)
          if (!is_contained(Begun, Piece))
            Begun.push_back(Piece);
      });
  EXPECT_EQ(Begun, (std::vector<std::size_t>{2, 0, 1}));
}

TEST(Workers, ProgressCountsUp) {
  std::size_t Last = 0;
  auto Progress = [&](const WorkProgress &P) {
    EXPECT_GE(P.Done, Last);
    EXPECT_LE(P.Running.size(), 2u);
    Last = P.Done;
  };
  run(5, {.Jobs = 2}, [](std::size_t) -> Expected<std::string> { return ""; }, Progress);
  EXPECT_EQ(Last, 5u);
}

/// Preparations 0, 1 after 0, 2 and 3; two pieces for each, and two without.
class SharedWorkers : public testing::Test {
protected:
  std::vector<std::string> run(function_ref<bool(std::size_t)> Prepare, WorkerLimits Limits) {
    SharedWork Shared;
    Shared.After = {std::nullopt, 0, std::nullopt, std::nullopt};
    Shared.Of = {0, 1, 2, 3, std::nullopt, 0, 1, 2, 3, std::nullopt};
    Shared.Prepare = Prepare;
    auto Work = [&](std::size_t I) -> Expected<std::string> { return std::to_string(I) + Prepared; };
    std::vector<std::size_t> Pieces(Shared.Of.size());
    std::iota(Pieces.begin(), Pieces.end(), 0);
    std::vector<std::string> Results(Pieces.size());
    runInWorkers(
        Pieces, Limits, Work, [&](std::size_t I, WorkResult Result) { Results[I] = bytes(Result); }, ignore, Shared);
    return Results;
  }
  std::string Prepared; ///< differs from process to process
};

TEST_F(SharedWorkers, PiecesGoOnFromWhatWasPrepared) {
  auto Prepare = [&](std::size_t I) {
    Prepared += static_cast<char>('a' + I);
    return true;
  };
  for (unsigned Jobs : {1u, 2u, 20u})
    EXPECT_EQ(run(Prepare, {.Jobs = Jobs}),
              (std::vector<std::string>{"0a", "1ab", "2c", "3d", "4", "5a", "6ab", "7c", "8d", "9"}));
  EXPECT_EQ(Prepared, ""); // here
}

TEST_F(SharedWorkers, WhatCannotBePreparedIsDoneWithout) {
  auto Prepare = [&](std::size_t I) {
    Prepared += static_cast<char>('a' + I);
    if (I == 0)
      return false;
    if (I == 2)
      std::abort();
    while (I == 3)
      ::usleep(1000);
    return true;
  };
  for (unsigned Jobs : {1u, 20u})
    EXPECT_EQ(run(Prepare, {.Jobs = Jobs, .Timeout = std::chrono::seconds(1)}),
              (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
}

TEST_F(SharedWorkers, AProcessThatIsGoneIsDoneWithout) {
  auto Prepare = [&](std::size_t I) {
    Prepared += static_cast<char>('a' + I);
    if (I == 0)
      ::alarm(1); // when it is ready
    return true;
  };
  auto Work = [&](std::size_t I) -> Expected<std::string> {
    ::usleep(700000);
    return Prepared;
  };
  SharedWork Shared{{std::nullopt}, {0, 0, 0, 0}, Prepare};
  std::vector<std::string> Results(4);
  runInWorkers(
      {0, 1, 2, 3}, {.Jobs = 1}, Work, [&](std::size_t I, WorkResult Result) { Results[I] = bytes(Result); }, ignore,
      Shared);
  EXPECT_EQ(Results, (std::vector<std::string>{"a", "a", "", ""}));
}

} // namespace
