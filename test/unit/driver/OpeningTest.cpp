// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Opening.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace threadbare::driver;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

std::vector<std::string> texts(const std::string &Source) {
  std::vector<std::string> Result;
  for (const OpeningDirective &D : openingOf(Source))
    Result.push_back(D.Text.str());
  return Result;
}

TEST(Opening, IncludesUpToTheFirstOtherToken) {
  EXPECT_THAT(texts("// who\n#include \"a.h\" // why\n/* and\n */ #  include <b/c.h>\n\nint x;\n#include <d>\n"),
              ElementsAre("#include \"a.h\"", "#  include <b/c.h>"));
  EXPECT_THAT(texts("#include <a>"), ElementsAre("#include <a>"));
}

TEST(Opening, NothingThatIsWrittenInTheFileItself) {
  EXPECT_THAT(texts(""), IsEmpty());
  EXPECT_THAT(texts("int x;\n#include <a>\n"), IsEmpty());
  // What a macro expands to is written where the macro is.
  EXPECT_THAT(texts("#include <a>\n#define A 1\n#include <b>\n"), ElementsAre("#include <a>"));
  EXPECT_THAT(texts("#include <a>\n#pragma once\n#include <b>\n"), ElementsAre("#include <a>"));
}

TEST(Opening, ConditionsAroundIncludes) {
  EXPECT_THAT(texts("#if A\n#include <a>\n#else\n#include <b>\n#endif\n#include <c>\n"),
              ElementsAre("#if A\n#include <a>\n#else\n#include <b>\n#endif", "#include <c>"));
  EXPECT_THAT(texts("#include <a>\n#ifdef A\n#include <b>\nint x;\n#endif\n"), ElementsAre("#include <a>"));
  EXPECT_THAT(texts("#include <a>\n#ifdef A\n#include <b>\n"), ElementsAre("#include <a>"));
  EXPECT_THAT(texts("#include <a>\n#endif\n#include <b>\n"), ElementsAre("#include <a>"));
}

TEST(Opening, BlanksKeepLinesAndColumns) {
  std::string Source = "// one\n#include <a>\r\n  int x;\n";
  std::size_t End = openingOf(Source).back().End;
  EXPECT_EQ(withoutOpening(Source, End), "      \n            \r\n  int x;\n");
}

} // namespace
