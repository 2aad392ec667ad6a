// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Rebuild.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace threadbare::verify;
using testing::ElementsAre;
using testing::IsNull;
using testing::NotNull;
using testing::SizeIs;

namespace {

Unit unit(std::string Name) {
  return {"/src/" + Name + ".cpp", "/build", {"clang++-19", "-c", "/src/" + Name + ".cpp", "-o", Name + ".o"}};
}

ProbedPlace place(std::string File) { return {0, {"change", {std::move(File), 1, 1}, "f"}}; }

/// The files that are compiled again, when \p Known is known.
std::vector<std::string> chosen(ArrayRef<Unit> Units, ArrayRef<ProbedPlace> Places, const Dependencies &Known) {
  std::vector<std::string> Names;
  for (const Unit *U : unitsToCompile(Units, Places, [&] { return Known; }))
    Names.push_back(U->File);
  return Names;
}

class Folder {
public:
  Folder() { EXPECT_FALSE(sys::fs::createUniqueDirectory("rebuild", Path)); }
  ~Folder() { sys::fs::remove_directories(Path); }
  std::string add(StringRef Name, StringRef Text = "") {
    std::error_code E;
    std::string File = (Path + "/" + Name).str();
    raw_fd_ostream(File, E) << Text;
    return File;
  }

  SmallString<128> Path;
};

TEST(Rebuild, ObjectAndCompilerOfACommand) {
  Unit U{"/src/a.cpp", "/build/sub", {"ccache", "CCACHE_X=1", "/usr/bin/clang++-19", "-o", "../a.o", "-c", "a.cpp"}};
  EXPECT_EQ(objectOf(U), "/build/a.o");
  EXPECT_EQ(compilerOf(U), "/usr/bin/clang++-19");
  EXPECT_EQ(objectOf({"/src/a.cpp", "/build", {"clang++", "-c", "a.cpp"}}), "");
}

TEST(Rebuild, ToolIsWhatTheFolderIsMadeFor) {
  Folder F;
  EXPECT_THAT(buildTool(F.Path), SizeIs(0));
  F.add("Makefile");
  EXPECT_EQ(buildTool(F.Path)[0], "make");
  F.add("build.ninja"); // a Makefile beside it is somebody's own
  EXPECT_EQ(buildTool(F.Path)[0], "ninja");
  EXPECT_EQ(buildTool(F.Path)[2], F.Path.str());
}

TEST(Rebuild, OwnFilesOfPlaces) {
  Unit Units[] = {unit("a"), unit("b")};
  EXPECT_THAT(chosen(Units, {place("/src/b.cpp")}, {}), ElementsAre("/src/b.cpp"));
}

TEST(Rebuild, WithoutPlacesAllForTheirLines) {
  Unit Units[] = {unit("a"), unit("b")};
  EXPECT_THAT(chosen(Units, {}, {}), SizeIs(2));
}

TEST(Rebuild, HeaderIsThoseThatIncludeIt) {
  Unit Units[] = {unit("a"), unit("b"), unit("c")};
  Dependencies Known;
  Known.addNinja("a.o: #deps 2, deps mtime 1 (VALID)\n    /src/a.cpp\n    ../src/h.h\n\n"
                 "b.o: #deps 1, deps mtime 1 (VALID)\n    /src/b.cpp\n\n"
                 "c.o: #deps 1, deps mtime 1 (STALE)\n    /src/c.cpp\n\n",
                 "/build");
  // Of c nothing is known that still holds.
  EXPECT_THAT(chosen(Units, {place("/src/h.h")}, Known), ElementsAre("/src/a.cpp", "/src/c.cpp"));
}

TEST(Rebuild, HeaderOfNobodyIsEverybodys) {
  Unit Units[] = {unit("a"), unit("b")};
  Dependencies Known;
  Known.addNinja("a.o: #deps 1, deps mtime 1 (VALID)\n    /src/a.cpp\n\n"
                 "b.o: #deps 1, deps mtime 1 (VALID)\n    /src/b.cpp\n",
                 "/build");
  EXPECT_THAT(chosen(Units, {place("/sdk/h.h")}, Known), SizeIs(2));
}

TEST(Rebuild, NothingKnownIsAll) {
  Unit Units[] = {unit("a"), unit("b")};
  EXPECT_THAT(chosen(Units, {place("/src/h.h")}, {}), SizeIs(2));
}

TEST(Rebuild, RulesForMake) {
  Dependencies Known;
  Known.addRule("/build/a.o", "a.o: /src/a.cpp \\\n ../src/my\\ h.h \\\n  ../src/b.h\n../src/b.h:\n", "/build");
  ASSERT_THAT(Known.of("/build/a.o"), NotNull());
  EXPECT_THAT(*Known.of("/build/a.o"), ElementsAre("/src/a.cpp", "/src/my h.h", "/src/b.h"));
  EXPECT_THAT(Known.of("/build/b.o"), IsNull());
}

TEST(Rebuild, ReadsTheRulesBesideTheObjects) {
  Folder F;
  F.add("Makefile");
  F.add("a.o.d", "a.o: /src/a.cpp /src/h.h\n");
  F.add("b.d", "b.o: /src/b.cpp\n");
  std::vector<Unit> Units = {unit("a"), unit("b"), unit("c")};
  for (Unit &U : Units)
    U.Directory = F.Path.str().str();
  Dependencies Known = Dependencies::read(F.Path, Units);
  EXPECT_THAT(Known.of(objectOf(Units[0])), NotNull());
  EXPECT_THAT(Known.of(objectOf(Units[1])), NotNull());
  EXPECT_THAT(Known.of(objectOf(Units[2])), IsNull());
}

} // namespace
