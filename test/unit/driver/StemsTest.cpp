// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Stems.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <deque>
#include <optional>

using namespace llvm;
using namespace threadbare::driver;

namespace {

class StemsTest : public testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(sys::fs::createUniqueDirectory("stems", Folder)); }
  void TearDown() override { sys::fs::remove_directories(Folder); }

  void add(StringRef Name, StringRef Text, std::vector<std::string> Flags = {}) {
    SmallString<128> Path = Folder;
    sys::path::append(Path, Name);
    ASSERT_FALSE(sys::fs::create_directories(sys::path::parent_path(Path)));
    std::error_code Failed;
    raw_fd_ostream(Path, Failed) << Text;
    ASSERT_FALSE(Failed);
    CompileUnit Unit;
    Unit.File = Path.str().str();
    Unit.Directory = Folder.str().str();
    Unit.Arguments = {"clang++", "-c", Name.str()};
    Unit.Arguments.insert(Unit.Arguments.end(), Flags.begin(), Flags.end());
    Units.push_back(std::move(Unit));
  }

  Stems find() {
    std::vector<StemUnit> Asked;
    for (const CompileUnit &Unit : Units)
      Asked.push_back({&Unit, nullptr});
    return findStems(Asked);
  }

  SmallString<128> Folder;
  std::deque<CompileUnit> Units;
};

TEST_F(StemsTest, ATreeOfCommonBeginnings) {
  add("a.cpp", "#include <one>\n#include <two>\n#include <three>\n");
  add("b.cpp", "// b\n#include <one>\n#include <two>\n#include <four>\nint b;\n");
  add("c.cpp", "#include <one>\nint c;\n");
  add("d.cpp", "#include <two>\n#include <one>\n");
  Stems Found = find();
  ASSERT_EQ(Found.All.size(), 2u);
  EXPECT_EQ(Found.All[0].Text, "#include <one>\n");
  EXPECT_EQ(Found.All[0].Parent, std::nullopt);
  EXPECT_EQ(Found.All[1].Text, "#include <one>\n#include <two>\n");
  EXPECT_EQ(Found.All[1].Parent, 0u);
  EXPECT_EQ(Found.Of, (std::vector<std::optional<std::size_t>>{1, 1, 0, std::nullopt}));
}

TEST_F(StemsTest, TheSameCommandInTheSameFolder) {
  add("a.cpp", "#include \"one\"\n");
  add("b.cpp", "#include \"one\"\n", {"-DB"});
  add("sub/c.cpp", "#include \"one\"\n");
  add("d.c", "#include \"one\"\n");
  Stems Found = find();
  EXPECT_TRUE(Found.All.empty());
  EXPECT_EQ(Found.Of, std::vector<std::optional<std::size_t>>(4));
}

TEST_F(StemsTest, AHeaderThatTheCommandNamesIsEnough) {
  add("a.cpp", "#include <one>\n", {"-include", "all.h"});
  add("b.cpp", "int b;\n", {"-include", "all.h"});
  Stems Found = find();
  ASSERT_EQ(Found.All.size(), 1u);
  EXPECT_EQ(Found.All[0].Text, "");
  EXPECT_EQ(Found.Of, (std::vector<std::optional<std::size_t>>{0, 0}));
}

} // namespace
