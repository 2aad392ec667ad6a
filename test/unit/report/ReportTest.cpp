// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Report.h"
#include "report/Sarif.h"
#include "report/Text.h"

#include "llvm/Support/JSON.h"

#include "gtest/gtest.h"

using namespace llvm;
using namespace threadbare;
using namespace threadbare::report;

namespace {

Result finding(std::string File, unsigned Line, std::string Message, std::vector<Note> Notes = {}) {
  Finding F;
  F.Check = "threadbare-some-check";
  F.At = {std::move(File), Line, 5};
  F.Message = std::move(Message);
  F.Notes = std::move(Notes);
  F.Function = "work";
  F.Fingerprint = "work calls sleep";
  return {std::move(F)};
}

std::string text(const Report &What, const TextOptions &Options) {
  std::string Text;
  raw_string_ostream OS(Text);
  writeText(OS, What, Options);
  return Text;
}

json::Object sarifRun(const Report &What, ArrayRef<Rule> Rules = {}) {
  std::string Text;
  raw_string_ostream OS(Text);
  writeSarif(OS, What, Rules, {"1.2.3", "https://example.org/threadbare", "/src"});
  Expected<json::Value> Log = json::parse(Text);
  EXPECT_TRUE(bool(Log)) << toString(Log.takeError());
  return std::move(*(*Log->getAsObject()->getArray("runs"))[0].getAsObject());
}

StringRef fingerprint(const json::Object &Run, std::size_t Index) {
  const json::Object &Result = *(*Run.getArray("results"))[Index].getAsObject();
  return *Result.getObject("partialFingerprints")->getString("threadbare/v1");
}

StringRef uri(const json::Object &Run, std::size_t Index) {
  const json::Object &Result = *(*Run.getArray("results"))[Index].getAsObject();
  return *(*Result.getArray("locations"))[0]
              .getAsObject()
              ->getObject("physicalLocation")
              ->getObject("artifactLocation")
              ->getString("uri");
}

TEST(Report, SortsByPlace) {
  std::vector<Result> Results = {finding("/b", 1, "x"), finding("/a", 10, "x"), finding("/a", 9, "x")};
  sortAndUnique(Results);
  ASSERT_EQ(Results.size(), 3u);
  EXPECT_EQ(Results[0].What.At.Line, 9u);
  EXPECT_EQ(Results[1].What.At.Line, 10u);
  EXPECT_EQ(Results[2].What.At.File, "/b");
}

TEST(Report, OnePlaceIsSaidOnce) {
  Note Step{{"/a", 2, 1}, "step", false};
  std::vector<Result> Results = {finding("/a", 1, "through two", {Step, Step}), finding("/a", 1, "through one", {Step}),
                                 finding("/a", 1, "through one", {Step})};
  sortAndUnique(Results);
  ASSERT_EQ(Results.size(), 1u);
  EXPECT_EQ(Results[0].What.Message, "through one");
}

TEST(Report, TwoChecksAtOnePlaceAreTwoFindings) {
  std::vector<Result> Results = {finding("/a", 1, "x"), finding("/a", 1, "x")};
  Results[1].What.Check = "threadbare-another-check";
  sortAndUnique(Results);
  EXPECT_EQ(Results.size(), 2u);
}

TEST(Report, RemarksComeLast) {
  std::vector<Result> Results = {finding("/a", 1, "x"), finding("/b", 1, "x"), finding("/a", 2, "x")};
  Results[0].Severity = Level::Remark;
  Results[2].Severity = Level::Error;
  sortAndUnique(Results);
  ASSERT_EQ(Results.size(), 3u);
  EXPECT_EQ(Results[0].What.At.Line, 2u);
  EXPECT_EQ(Results[1].What.At.File, "/b");
  EXPECT_EQ(Results[2].Severity, Level::Remark);
}

TEST(Report, OfOnePlaceTheGraverIsSaid) {
  std::vector<Result> Results = {finding("/a", 1, "x"), finding("/a", 1, "x")};
  Results[0].Severity = Level::Remark;
  sortAndUnique(Results);
  ASSERT_EQ(Results.size(), 1u);
  EXPECT_EQ(Results[0].Severity, Level::Warning);
}

TEST(Text, PathsBelowTheWorkingDirectoryAreRelative) {
  Report What;
  What.Results = {finding("/home/me/a.cpp", 3, "blocks"), finding("/home/melody/a.cpp", 3, "blocks")};
  EXPECT_EQ(text(What, {false, "/home/me"}), "a.cpp:3:5: warning: blocks [threadbare-some-check]\n"
                                             "/home/melody/a.cpp:3:5: warning: blocks [threadbare-some-check]\n");
}

TEST(Text, NotesFollow) {
  Report What;
  What.Results = {
      finding("/a.cpp", 3, "blocks", {{{"/b.cpp", 4, 2}, "'f' calls 'g'", false}, {{"/a.cpp", 3, 5}, "use h", true}})};
  What.Results[0].Severity = Level::Error;
  What.Results[0].WarningAsError = true;
  EXPECT_EQ(text(What, {}), "/a.cpp:3:5: error: blocks [threadbare-some-check,-warnings-as-errors]\n"
                            "/b.cpp:4:2: note: 'f' calls 'g'\n"
                            "/a.cpp:3:5: note: use h\n");
}

TEST(Text, NotesAreNoFindings) {
  Report What;
  What.Results = {finding("/a.cpp", 3, "blocks"), finding("/a.cpp", 1, "is a pool")};
  What.Results[1].Severity = levelOf("note");
  sortAndUnique(What.Results);
  EXPECT_EQ(countFindings(What), 1u);
  EXPECT_EQ(What.Results[1].What.Message, "is a pool") << "notes come last";
  EXPECT_NE(text(What, {}).find("/a.cpp:1:5: remark: is a pool"), std::string::npos) << text(What, {});
  std::string Said;
  raw_string_ostream OS(Said);
  writeSummary(OS, What, {});
  EXPECT_EQ(Said, "1 finding and 1 remark in 1 file (0 units read)\n");
}

TEST(Text, Remarks) {
  Report What;
  What.Results = {finding("/a.cpp", 3, "blocks")};
  What.Results[0].Severity = Level::Remark;
  EXPECT_EQ(countFindings(What), 1u);
  EXPECT_EQ(text(What, {}), "/a.cpp:3:5: remark: blocks [threadbare-some-check]\n");
  json::Object Run = sarifRun(What);
  EXPECT_EQ(*(*Run.getArray("results"))[0].getAsObject()->getString("level"), "note");
}

TEST(Text, ColoursOnlyWhereAskedFor) {
  Report What;
  What.Results = {finding("/a.cpp", 3, "blocks")};
  EXPECT_EQ(text(What, {false, ""}).find('\x1b'), std::string::npos);
}

TEST(Text, Summary) {
  Report What;
  auto Summary = [&] {
    std::string Text;
    raw_string_ostream OS(Text);
    writeSummary(OS, What, {});
    return Text;
  };
  EXPECT_EQ(Summary(), "0 findings (0 units read)\n");
  What.Results = {finding("/a", 1, "x"), finding("/a", 2, "x"), finding("/b", 1, "x")};
  What.UnitsRead = 12;
  What.UnitsFailed = 1;
  EXPECT_EQ(Summary(), "3 findings in 2 files (12 units read, 1 failed)\n");
  What.NotRead = {{"/a.cpp", "crashed"}, {"/b.cpp", "took too long"}};
  EXPECT_EQ(Summary(), "3 findings in 2 files (12 units read, 1 failed)\n"
                       "left out: /a.cpp (crashed), /b.cpp (took too long)\n");
  What.NotRead.resize(12, {"/c.cpp", "crashed"});
  EXPECT_TRUE(StringRef(Summary()).ends_with("/c.cpp (crashed) and 2 more\n")) << Summary();
}

TEST(Report, WhatIsSuppressedIsForReviewersOnly) {
  Report What;
  What.Results = {finding("/src/a", 1, "x"), finding("/src/b", 2, "y")};
  What.Results[0].Suppressed = true;
  EXPECT_EQ(countFindings(What), 1u);
  EXPECT_EQ(text(What, {}), "/src/b:2:5: warning: y [threadbare-some-check]\n");
  json::Object Run = sarifRun(What);
  EXPECT_TRUE((*Run.getArray("results"))[0].getAsObject()->getArray("suppressions"));
  EXPECT_FALSE((*Run.getArray("results"))[1].getAsObject()->getArray("suppressions"));
}

TEST(Sarif, FingerprintsNameNoLines) {
  Report Before, After;
  Before.Results = {finding("/src/a.cpp", 3, "blocks")};
  After.Results = {finding("/src/a.cpp", 30, "blocks")};
  EXPECT_EQ(fingerprint(sarifRun(Before), 0), fingerprint(sarifRun(After), 0));
}

TEST(Sarif, EqualFingerprintsAreCounted) {
  Report What;
  What.Results = {finding("/src/a.cpp", 3, "blocks"), finding("/src/a.cpp", 4, "blocks"),
                  finding("/src/b.cpp", 4, "blocks")};
  json::Object Run = sarifRun(What);
  EXPECT_TRUE(fingerprint(Run, 0).ends_with(":1"));
  EXPECT_TRUE(fingerprint(Run, 1).ends_with(":2"));
  EXPECT_TRUE(fingerprint(Run, 2).ends_with(":1"));
  EXPECT_EQ(fingerprint(Run, 0).drop_back(1), fingerprint(Run, 1).drop_back(1));
  EXPECT_NE(fingerprint(Run, 0), fingerprint(Run, 2));
}

TEST(Sarif, UrisAreEncoded) {
  Report What;
  What.Results = {finding("/src/a b/\xc3\xa4#%.cpp", 3, "blocks"), finding("/elsewhere/a.cpp", 3, "blocks"),
                  finding("/srcs/a.cpp", 3, "blocks")};
  json::Object Run = sarifRun(What);
  EXPECT_EQ(uri(Run, 0), "a%20b/%C3%A4%23%25.cpp");
  EXPECT_EQ(uri(Run, 1), "file:///elsewhere/a.cpp");
  EXPECT_EQ(uri(Run, 2), "file:///srcs/a.cpp");
}

TEST(Sarif, TextThatIsNoUtf8IsStillJson) {
  Report What;
  What.Results = {finding("/src/a.cpp", 3, "'\xff' blocks")};
  What.Failures = {{"/src/b.cpp", 1, 0, "\xfe"}};
  sarifRun(What);
}

TEST(Sarif, AdviceIsInTheMessageAndNotInTheFlow) {
  Report What;
  What.Results = {finding("/src/a.cpp", 3, "blocks",
                          {{{"/src/b.cpp", 4, 2}, "'f' calls 'g'", false}, {{"/src/a.cpp", 3, 5}, "use h", true}})};
  json::Object Run = sarifRun(What);
  const json::Object &Result = *(*Run.getArray("results"))[0].getAsObject();
  EXPECT_EQ(*Result.getObject("message")->getString("text"), "blocks\nuse h");
  EXPECT_EQ(Result.getArray("relatedLocations")->size(), 1u);
  const json::Object &Flow = *(*Result.getArray("codeFlows"))[0].getAsObject();
  const json::Object &Thread = *(*Flow.getArray("threadFlows"))[0].getAsObject();
  EXPECT_EQ(Thread.getArray("locations")->size(), 2u);
}

} // namespace
