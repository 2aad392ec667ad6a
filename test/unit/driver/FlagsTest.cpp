// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Flags.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace threadbare::driver;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

TEST(Flags, WhatClangKnowsStays) {
  FlagFilter Filter;
  EXPECT_THAT(Filter({"g++", "-std=gnu++20", "-Wall", "-Wno-maybe-uninitialized", "-O2", "-fPIC", "-DX=1", "-I", "inc",
                      "-isystem", "/opt/include", "a.cpp"}),
              ElementsAre("g++", "-std=gnu++20", "-Wall", "-Wno-maybe-uninitialized", "-O2", "-fPIC", "-DX=1", "-I",
                          "inc", "-isystem", "/opt/include", "a.cpp"));
  EXPECT_THAT(Filter.unknown(), IsEmpty());
}

TEST(Flags, WhatOnlyGccKnowsIsDroppedAndNamedOnce) {
  FlagFilter Filter;
  EXPECT_THAT(Filter({"g++", "-mno-direct-extern-access", "a.cpp", "-fconcepts-diagnostics-depth=4"}),
              ElementsAre("g++", "a.cpp"));
  EXPECT_THAT(Filter({"g++", "-mno-direct-extern-access", "b.cpp"}), ElementsAre("g++", "b.cpp"));
  EXPECT_THAT(Filter.unknown(), ElementsAre("-fconcepts-diagnostics-depth=4", "-mno-direct-extern-access"));
}

TEST(Flags, ValuesThatLookLikeFlagsStay) {
  FlagFilter Filter;
  EXPECT_THAT(Filter({"g++", "-include", "-fno-such-flag", "-Xclang", "-fno-such-flag", "a.cpp"}),
              ElementsAre("g++", "-include", "-fno-such-flag", "-Xclang", "-fno-such-flag", "a.cpp"));
}

TEST(Flags, GeneratedCodeIsNoConcernOfOurs) {
  FlagFilter Filter;
  EXPECT_THAT(Filter({"g++", "-g3", "-gstabs+", "-gz=zlib-gnu", "-flto=4", "-flto", "-pg", "-fprofile-use=x",
                      "-fexcess-precision=standard", "-finput-charset=latin1", "a.cpp"}),
              ElementsAre("g++", "a.cpp"));
  EXPECT_THAT(Filter.unknown(), IsEmpty());
}

TEST(Flags, PrecompiledHeadersAreReadAsText) {
  FlagFilter Filter;
  EXPECT_THAT(Filter({"clang++", "-Winvalid-pch", "-Xclang", "-include-pch", "-Xclang", "x.pch", "-Xclang", "-include",
                      "-Xclang", "x.hxx", "a.cpp"}),
              ElementsAre("clang++", "-Winvalid-pch", "-Xclang", "-include", "-Xclang", "x.hxx", "a.cpp"));
  EXPECT_THAT(Filter({"clang++", "-include-pch", "x.pch", "-include", "x.hxx", "a.cpp"}),
              ElementsAre("clang++", "-include", "x.hxx", "a.cpp"));
}

} // namespace
