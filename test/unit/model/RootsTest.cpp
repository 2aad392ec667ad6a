// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/Roots.h"
#include "model/UnitBuilder.h"

#include "gtest/gtest.h"

using namespace threadbare;

namespace {

TEST(Roots, NamesAreRelativeBelowARoot) {
  EXPECT_EQ(nameBelowRoots("/home/me/src/a.cpp", {"/home/me"}), "./src/a.cpp");
  EXPECT_EQ(nameBelowRoots("/home/me/src/a.cpp", {"/elsewhere", "/home/me/"}), "./src/a.cpp");
  EXPECT_EQ(nameBelowRoots("/home/men/a.cpp", {"/home/me"}), "/home/men/a.cpp");
  EXPECT_EQ(nameBelowRoots("/usr/include/time.h", {}), "/usr/include/time.h");
  EXPECT_EQ(nameBelowRoots("/a.cpp", {"/"}), "./a.cpp");
}

TEST(Roots, AndBack) {
  EXPECT_EQ(pathFromRoot("./src/a.cpp", "/build"), "/build/src/a.cpp");
  EXPECT_EQ(pathFromRoot("./a.cpp", "/"), "/a.cpp");
  EXPECT_EQ(pathFromRoot("/usr/include/time.h", "/build"), "/usr/include/time.h");
}

TEST(Roots, EveryPlaceIsRestored) {
  UnitSummary Unit;
  UnitBuilder B(Unit);
  Unit.MainFile = "./a.cpp";
  auto At = [&](llvm::StringRef File) { return Place{B.string(File), 1, 1}; };
  Op O;
  O.At = At("./op.h");
  Unit.Ops.push_back(O);
  Local L;
  L.At = At("./local.h");
  Unit.Locals.push_back(L);
  Function F;
  F.At = At("./a.cpp");
  F.Name = B.string("f");
  Unit.Functions.push_back(F);
  Symbol S;
  S.At = At("/usr/include/symbol.h");
  Unit.Symbols.push_back(S);
  Unit.Expansions = {At("./a.cpp"), At("./macro.h")};

  restoreRoot(Unit, "/root");
  EXPECT_EQ(Unit.MainFile, "/root/a.cpp");
  EXPECT_EQ(Unit.string(Unit.Ops[0].At.File), "/root/op.h");
  EXPECT_EQ(Unit.string(Unit.Locals[0].At.File), "/root/local.h");
  EXPECT_EQ(Unit.string(Unit.Functions[0].At.File), "/root/a.cpp");
  EXPECT_EQ(Unit.string(Unit.Functions[0].Name), "f");
  EXPECT_EQ(Unit.string(Unit.Symbols[0].At.File), "/usr/include/symbol.h");
  EXPECT_EQ(Unit.string(Unit.Expansions[0].File), "/root/a.cpp");
  EXPECT_EQ(Unit.string(Unit.Expansions[1].File), "/root/macro.h");
}

} // namespace
