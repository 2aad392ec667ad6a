// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checks/Check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace threadbare {
namespace {

TEST(Registry, HasEveryCheckOnceInOrder) {
  std::vector<std::string> Ids;
  for (const auto &C : allChecks())
    Ids.push_back(C->info().Id);
  EXPECT_TRUE(std::is_sorted(Ids.begin(), Ids.end()));
  EXPECT_EQ(std::set<std::string>(Ids.begin(), Ids.end()).size(), Ids.size());
}

TEST(Registry, EveryCheckSaysWhatItIs) {
  for (const auto &C : allChecks()) {
    const CheckInfo &Info = C->info();
    SCOPED_TRACE(Info.Id);
    EXPECT_FALSE(Info.Id.empty());
    EXPECT_TRUE(std::all_of(Info.Id.begin(), Info.Id.end(), [](char C) { return std::islower(C) || C == '-'; }));
    EXPECT_NE(Info.Id.rfind("threadbare-", 0), 0u) << "ids are stated without the prefix";
    ASSERT_FALSE(Info.Summary.empty());
    EXPECT_FALSE(std::isupper(Info.Summary.front()));
    EXPECT_NE(Info.Summary.back(), '.');
    EXPECT_EQ(Info.Summary.find('\n'), std::string::npos);
    EXPECT_FALSE(Info.Since.empty());
    EXPECT_TRUE(Info.Severity == "error" || Info.Severity == "warning" || Info.Severity == "note") << Info.Severity;
    EXPECT_FALSE(Info.Verification.empty()) << "say how its findings are measured, or why they cannot be";
  }
}

} // namespace
} // namespace threadbare
