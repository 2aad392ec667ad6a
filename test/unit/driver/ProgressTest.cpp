// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Progress.h"

#include "gtest/gtest.h"

using namespace threadbare::driver;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using Times = std::vector<std::optional<milliseconds>>;

TEST(Progress, WhatTakesLongComesFirst) {
  // Nobody knows the third: it counts like the others on average, that is 40 s.
  Times Expected = {seconds(10), seconds(60), std::nullopt, seconds(50), seconds(1)};
  EXPECT_EQ(Progress(Expected, {0, 1, 2, 3}, 5, 2).order(), (std::vector<std::size_t>{1, 3, 2, 0}));
  EXPECT_EQ(Progress(Times(3), {0, 1, 2}, 3, 2).order(), (std::vector<std::size_t>{0, 1, 2}));
}

TEST(Progress, Line) {
  Progress P({std::nullopt, seconds(10), std::nullopt}, {0, 1, 2}, 10, 2);
  EXPECT_EQ(P.line({"b.cpp"}), "[7/10] 3 left, about 15 s: b.cpp");
  P.finished(1, seconds(20));
  EXPECT_EQ(P.line({"a.cpp", "c.cpp"}), "[8/10] 2 left, about 20 s: a.cpp, c.cpp");
  P.finished(0, seconds(20));
  EXPECT_EQ(P.line({"c.cpp"}), "[9/10] 1 left, about 20 s: c.cpp");
  P.finished(2, seconds(1));
  EXPECT_EQ(P.line({}), "[10/10] 0 left");
  EXPECT_EQ(Progress(Times(2), {0, 1}, 2, 2).line({"a.cpp"}), "[0/2] 2 left: a.cpp");
}

TEST(Progress, DescribesTimes) {
  EXPECT_EQ(describe(milliseconds(3)), "1 s");
  EXPECT_EQ(describe(milliseconds(12400)), "12 s");
  EXPECT_EQ(describe(seconds(130)), "2 min 10 s");
  EXPECT_EQ(describe(seconds(3900)), "1 h 5 min");
}

} // namespace
