// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Inputs.h"

#include "gtest/gtest.h"

using namespace llvm;
using namespace threadbare;

namespace {

std::vector<Reading> sample() {
  Reading R;
  R.Strings = {"/usr/include", "stdio.h", "", "root.h"};
  R.Files = {{{0, 1}, {123, 4, 5}, {6, 7}}, {{2, 3}, {}, {8, 9}}};
  R.Present = {{0, 3}};
  R.Absent = {{2, 1}, {0, 0}};
  R.Object = {10, 11};
  return {R, Reading()};
}

TEST(Inputs, RoundTrip) {
  Expected<std::vector<Reading>> Loaded = loadReadings(storeReadings(sample()));
  ASSERT_TRUE(bool(Loaded)) << toString(Loaded.takeError());
  ASSERT_EQ(Loaded->size(), 2u);
  const Reading &R = Loaded->front();
  EXPECT_EQ(R.Strings, sample().front().Strings);
  EXPECT_EQ(R.Present, sample().front().Present);
  EXPECT_EQ(R.Absent, sample().front().Absent);
  EXPECT_EQ(R.Object, (ContentHash{10, 11}));
  ASSERT_EQ(R.Files.size(), 2u);
  EXPECT_EQ(R.Files[0].Stamp, (FileStamp{123, 4, 5}));
  EXPECT_EQ(R.Files[1].Content, (ContentHash{8, 9}));
  std::string Path;
  EXPECT_EQ(R.path(R.Files[0].Path, Path), "/usr/include/stdio.h");
  EXPECT_EQ(R.path(R.Files[1].Path, Path), "/root.h");
}

TEST(Inputs, NoDamageIsBelieved) {
  std::string Good = storeReadings(sample());
  for (std::size_t Size = 0; Size != Good.size(); ++Size)
    EXPECT_TRUE(errorToBool(loadReadings(StringRef(Good).take_front(Size)).takeError())) << Size;
  for (std::size_t Place = 0; Place != Good.size(); ++Place) {
    std::string Bad = Good;
    Bad[Place] ^= 4;
    EXPECT_TRUE(errorToBool(loadReadings(Bad).takeError())) << Place;
  }
}

TEST(Inputs, PathsOutsideOfTheirTableAreRefused) {
  std::vector<Reading> Readings = sample();
  Readings.front().Absent.push_back({4, 0});
  EXPECT_TRUE(errorToBool(loadReadings(storeReadings(Readings)).takeError()));
}

} // namespace
