// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/TestCode.h"

#include "gtest/gtest.h"

using namespace threadbare::driver;

namespace {

TEST(TestCode, Folders) {
  for (const char *Path : {"test/a.cpp", "tests/a.cpp", "lib/net/tests/unit/a.cpp", "unittest/a.h", "src/unittests/a.c",
                           "testing/a.cpp", "spec/a.cpp", "Tests/a.cpp"})
    EXPECT_TRUE(isTestCode(Path)) << Path;
  for (const char *Path : {"a.cpp", "src/a.cpp", "latest/a.cpp", "testers/a.cpp", "src/test.cpp", "specification/a.cpp",
                           "contest/a.cpp", "src/spec"})
    EXPECT_FALSE(isTestCode(Path)) << Path;
}

TEST(TestCode, Files) {
  for (const char *Path : {"src/queue_test.cpp", "src/queue_tests.cc", "test_queue.c", "src/QueueTest.cpp",
                           "src/QueueTests.h", "src/queue_test.pb.cc"})
    EXPECT_TRUE(isTestCode(Path)) << Path;
  for (const char *Path : {"src/latest.cpp", "src/contest.cpp", "src/testing.cpp", "src/queue_tester.cpp",
                           "src/queue_test_data/a.cpp", "src/attest_a.cpp", "src/queue.test_me", ""})
    EXPECT_FALSE(isTestCode(Path)) << Path;
}

} // namespace
