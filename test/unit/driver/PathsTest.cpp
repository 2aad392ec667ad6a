// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Paths.h"

#include "gtest/gtest.h"

using namespace threadbare::driver;

namespace {

TEST(Paths, Absolute) {
  EXPECT_EQ(absolutePath("../src/./a.cpp", "/home/me/build"), "/home/me/src/a.cpp");
  EXPECT_EQ(absolutePath("/a//b/../c.cpp", "/x"), "/a/c.cpp");
  EXPECT_EQ(absolutePath("build/", "/home/me"), "/home/me/build");
  EXPECT_EQ(absolutePath("/"), "/");
}

TEST(Paths, Below) {
  EXPECT_TRUE(isBelow("/home/me/a.cpp", "/home/me"));
  EXPECT_TRUE(isBelow("/home/me", "/home/me"));
  EXPECT_TRUE(isBelow("/home", "/"));
  EXPECT_FALSE(isBelow("/home/melody/a.cpp", "/home/me"));
  EXPECT_FALSE(isBelow("/home", "/home/me"));
}

} // namespace
