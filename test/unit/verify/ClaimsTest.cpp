// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Claims.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace threadbare;
using namespace threadbare::verify;
using testing::HasSubstr;
using testing::SizeIs;

namespace {

/// A file with this text (' in place of "), loaded.
Expected<ClaimsFile> load(std::string Text) {
  for (char &C : Text)
    C = C == '\'' ? '"' : C;
  SmallString<128> Path;
  EXPECT_FALSE(sys::fs::createTemporaryFile("claims", "sarif", Path));
  FileRemover Remove(Path);
  std::error_code E;
  raw_fd_ostream(Path, E) << Text;
  return ClaimsFile::load(Path);
}

std::string complaint(std::string Text) {
  Expected<ClaimsFile> File = load(std::move(Text));
  return File ? "" : toString(File.takeError());
}

constexpr const char *Place = "{'artifactLocation':{'uri':'src/a%20b.cpp','uriBaseId':'SRCROOT'},"
                              "'region':{'startLine':7,'startColumn':3}}";

std::string log(std::string Results, std::string Tool = "threadbare", std::string Version = "2.1.0") {
  return "{'version':'" + Version + "','runs':[{'tool':{'driver':{'name':'" + Tool +
         "'}},'originalUriBaseIds':{'SRCROOT':{'uri':'file:///home/'}},'results':[" + Results + "]}]}";
}

std::string result(std::string More = "") {
  return std::string("{'ruleId':'threadbare-x','message':{'text':'what is wrong\\nadvice'},'locations':"
                     "[{'physicalLocation':") +
         Place + ",'logicalLocations':[{'fullyQualifiedName':'app::f'}]}],'properties':{'threadbare':{'spots':" +
         "[{'role':'change','function':'app::g','physicalLocation':" + Place + "}]}}" + More + "}";
}

TEST(Claims, ReadsAFinding) {
  Expected<ClaimsFile> File = load(log(result()));
  ASSERT_TRUE(bool(File)) << toString(File.takeError());
  ASSERT_THAT(File->claims(), SizeIs(1));
  const Claim &C = File->claims()[0];
  EXPECT_EQ(C.Check, "threadbare-x");
  EXPECT_EQ(C.Message, "what is wrong");
  EXPECT_EQ(C.Function, "app::f");
  EXPECT_EQ(C.At, (Location{"/home/src/a b.cpp", 7, 3}));
  ASSERT_THAT(C.Spots, SizeIs(1));
  EXPECT_EQ(C.Spots[0].Role, "change");
  EXPECT_EQ(C.Spots[0].Function, "app::g");
  EXPECT_EQ(C.Spots[0].At, C.At);
}

TEST(Claims, LeavesOutWhatIsSuppressed) {
  Expected<ClaimsFile> File = load(log(result(",'suppressions':[{'kind':'inSource'}]") + "," + result()));
  ASSERT_TRUE(bool(File)) << toString(File.takeError());
  ASSERT_THAT(File->claims(), SizeIs(1));
  EXPECT_EQ(File->claims()[0].Result, 1u);
}

TEST(Claims, OtherVersionsAndToolsAreNamed) {
  EXPECT_THAT(complaint(log("", "threadbare", "2.0.0")), HasSubstr("SARIF of version '2.0.0'"));
  EXPECT_THAT(complaint(log("", "cppcheck")), HasSubstr("these findings are of 'cppcheck'"));
  EXPECT_THAT(complaint("{'version':'2.1.0','runs':[{'results':[]}]}"), HasSubstr("of 'an unknown tool'"));
}

TEST(Claims, NonsenseIsNoSarif) {
  EXPECT_THAT(complaint("nonsense"), HasSubstr("error: not SARIF: "));
  EXPECT_THAT(complaint("[]"), HasSubstr("not SARIF: it has no 'runs'"));
  EXPECT_THAT(complaint("{'version':'2.1.0','runs':7}"), HasSubstr("not SARIF: it has no 'runs'"));
  EXPECT_THAT(complaint("{'version':'2.1.0','runs':[7]}"), HasSubstr("of 'an unknown tool'"));
}

TEST(Claims, FindingWithoutPlacesIsStillOne) {
  Expected<ClaimsFile> File = load(log("{'ruleId':'threadbare-x'},7"));
  ASSERT_TRUE(bool(File)) << toString(File.takeError());
  ASSERT_THAT(File->claims(), SizeIs(1));
  EXPECT_THAT(File->claims()[0].Spots, SizeIs(0));
}

TEST(Claims, VerdictsGoToTheirResults) {
  Expected<ClaimsFile> File = load(log(result() + "," + result()));
  ASSERT_TRUE(bool(File)) << toString(File.takeError());
  File->attach(File->claims()[1], {Outcome::NotReproduced, "nobody came", {}, json::Object{{"runs", 3}}});
  File->attach(File->claims()[0], {std::nullopt, "no probes", {}, {}});
  std::string Text;
  raw_string_ostream OS(Text);
  File->write(OS);
  Expected<json::Value> Log = json::parse(Text);
  ASSERT_TRUE(bool(Log)) << toString(Log.takeError());
  const json::Array &Results = *(*Log->getAsObject()->getArray("runs"))[0].getAsObject()->getArray("results");
  auto Ours = [&](std::size_t I) {
    return *Results[I].getAsObject()->getObject("properties")->getObject("threadbare");
  };
  EXPECT_EQ(Ours(1).getString("verdict"), "not-reproduced");
  EXPECT_EQ(Ours(1).getString("summary"), "nobody came");
  EXPECT_EQ(Ours(1).getObject("evidence")->getInteger("runs"), 3);
  EXPECT_EQ(Ours(0).getString("verdict"), std::nullopt);
  EXPECT_EQ(Ours(0).getString("notMeasured"), "no probes");
}

} // namespace
