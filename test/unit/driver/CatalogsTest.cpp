// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Catalogs.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

using namespace llvm;
using namespace threadbare;
using namespace threadbare::driver;

namespace {

/// A folder with a threadbare.yaml, gone at the end.
struct Project {
  explicit Project(StringRef Yaml) {
    EXPECT_FALSE(sys::fs::createUniqueDirectory("threadbare-catalogs", Folder));
    std::error_code Failed;
    raw_fd_ostream OS((Folder + "/threadbare.yaml").str(), Failed);
    OS << Yaml;
  }
  ~Project() { sys::fs::remove_directories(Folder); }

  SmallString<128> Folder;
};

std::string find(ArrayRef<Replacement> All, StringRef Set, StringRef Ecosystem) {
  for (const Replacement &R : All)
    if (R.Set == Set && R.Ecosystem == Ecosystem)
      return R.Text;
  return "";
}

TEST(Catalogs, OwnReplacementsAreThoseOfTheSetsThatDiffer) {
  Project P("replacements:\n  sleep:\n    any: tick\n  acme:\n    asio: use 'acme'\n");
  Expected<Catalogs> Knowledge = Catalogs::create("");
  ASSERT_TRUE(bool(Knowledge));
  Knowledge->of((P.Folder + "/a.cpp").str(), "");
  ASSERT_TRUE(Knowledge->problems().empty());
  EXPECT_EQ(Knowledge->files().size(), 1u);

  StringSet<> Sets;
  for (StringRef Set : {"sleep", "acme", "pool"})
    Sets.insert(Set);
  std::vector<Replacement> Own = Knowledge->ownReplacements(Sets);
  EXPECT_EQ(find(Own, "sleep", "any"), "tick");
  // Whoever has these alone must not take "any" for it.
  EXPECT_EQ(find(Own, "sleep", "asio"), Knowledge->replacement("sleep", "asio"));
  EXPECT_EQ(find(Own, "acme", "asio"), "use 'acme'");
  EXPECT_EQ(find(Own, "pool", "any"), ""); // is what it was
}

TEST(Catalogs, NothingIsLookedForAboveTheTop) {
  Project P("replacements:\n  sleep:\n    any: tick\n");
  std::string Below = (P.Folder + "/src").str();
  EXPECT_FALSE(sys::fs::create_directory(Below));
  EXPECT_EQ(findUpward("threadbare.yaml", Below), (P.Folder + "/threadbare.yaml").str());
  EXPECT_EQ(findUpward("threadbare.yaml", Below, P.Folder), (P.Folder + "/threadbare.yaml").str());
  EXPECT_EQ(findUpward("threadbare.yaml", Below, Below), "");
}

} // namespace
