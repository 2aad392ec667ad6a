// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/SummaryFile.h"
#include "model/SummaryStore.h"

#include "flatbuffers/flatbuffers.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

#include "gtest/gtest.h"

using namespace llvm;
using namespace threadbare;

namespace {

UnitSummary unit() {
  UnitSummary Unit;
  Unit.MainFile = "./src/a.cpp";
  return Unit;
}

UnitContext context() {
  UnitContext Context;
  Context.Settings = {"-*,threadbare-*", "*", "inc/", "gen/", "warning"};
  Context.Replacements = {{"db", "asio", "ask 'row_cache'"}, {"db", "any", "wait"}};
  Context.Excerpts = {{"./src/a.cpp", "", {3, 17}, "int a; // NOLINT\n\tf();\n"}, {"./b.h", "./c.h", {1}, "\n"}};
  return Context;
}

Expected<SummaryFile> load(StringRef Bytes, WithExcerpts Which = WithExcerpts::Yes) {
  return loadSummaryFile(MemoryBufferRef(Bytes, "a.tbs"), Which);
}

std::string complaint(StringRef Bytes) {
  Expected<SummaryFile> File = load(Bytes);
  return File ? "" : toString(File.takeError());
}

TEST(SummaryFile, EverythingComesBack) {
  std::string Summary = storeSummary(unit()), Bytes = storeSummaryFile(Summary, context());
  Expected<SummaryFile> File = load(Bytes);
  ASSERT_TRUE(bool(File));
  EXPECT_EQ(File->Summary.getBuffer(), Summary);
  EXPECT_EQ(File->Context.Settings.Checks, "-*,threadbare-*");
  EXPECT_EQ(File->Context.Settings.WarningsAsErrors, "*");
  EXPECT_EQ(File->Context.Settings.HeaderFilter, "inc/");
  EXPECT_EQ(File->Context.Settings.ExcludedHeaders, "gen/");
  EXPECT_EQ(File->Context.Settings.TestSeverity, "warning");
  ASSERT_EQ(File->Context.Replacements.size(), 2u);
  EXPECT_EQ(File->Context.Replacements[0].Text, "ask 'row_cache'");
  EXPECT_EQ(File->Context.Replacements[1].Ecosystem, "any");
  ASSERT_EQ(File->Context.Excerpts.size(), 2u);
  EXPECT_EQ(File->Context.Excerpts[0].Numbers, (std::vector<std::uint32_t>{3, 17}));
  EXPECT_EQ(File->Context.Excerpts[0].Lines, "int a; // NOLINT\n\tf();\n");
  EXPECT_EQ(File->Context.Excerpts[1].Behind, "./c.h");
  EXPECT_EQ(storeSummaryFile(Summary, context()), Bytes);
}

TEST(SummaryFile, ExcerptsAreReadOnlyWhereWanted) {
  std::string Bytes = storeSummaryFile(storeSummary(unit()), context());
  Expected<SummaryFile> File = load(Bytes, WithExcerpts::No);
  ASSERT_TRUE(bool(File));
  EXPECT_TRUE(File->Context.Excerpts.empty());
  EXPECT_EQ(File->Context.Replacements.size(), 2u);
}

TEST(SummaryFile, ABareSummaryIsOneWithoutContext) {
  std::string Summary = storeSummary(unit());
  Expected<SummaryFile> File = load(Summary);
  ASSERT_TRUE(bool(File));
  EXPECT_EQ(File->Summary.getBuffer(), Summary);
  EXPECT_TRUE(File->Context.Settings.Checks.empty());
}

TEST(SummaryFile, WhatIsCutOffIsRefused) {
  std::string Bytes = storeSummaryFile(storeSummary(unit()), context());
  for (std::size_t Size = 0; Size != Bytes.size(); ++Size)
    EXPECT_TRUE(StringRef(complaint(StringRef(Bytes).take_front(Size))).starts_with("a.tbs: is ")) << Size;
}

TEST(SummaryFile, EveryFlippedBitIsNoticed) {
  std::string Bytes = storeSummaryFile(storeSummary(unit()), context());
  for (std::size_t At = 0; At != Bytes.size(); ++At) {
    std::string Flipped = Bytes;
    Flipped[At] ^= 1 << At % 8;
    EXPECT_FALSE(complaint(Flipped).empty()) << At;
  }
}

/// Puts the right checksum behind what was changed: whoever wrote this meant it.
void sign(std::string &Bytes) {
  StringRef Buffer = StringRef(Bytes).drop_back(8);
  support::endian::write64le(Bytes.data() + Buffer.size(), xxh3_64bits(arrayRefFromStringRef(Buffer)));
}

TEST(SummaryFile, AnotherVersionIsSaidToBe) {
  std::string Bytes = storeSummaryFile(storeSummary(unit()), context());
  auto *Root = flatbuffers::GetMutableRoot<flatbuffers::Table>(Bytes.data());
  constexpr flatbuffers::voffset_t FirstField = 4;
  ASSERT_TRUE(Root->SetField<std::uint32_t>(FirstField, SummaryFileVersion + 1, 0));
  sign(Bytes);
  EXPECT_EQ(complaint(Bytes), "a.tbs: was written by another version of threadbare; let the build write it again");
}

TEST(SummaryFile, EveryFlippedByteWithTheRightChecksumIsSurvived) {
  std::string Stored = storeSummaryFile(storeSummary(unit()), context());
  for (std::size_t At = 0; At + 8 < Stored.size(); ++At)
    for (char With : {'\xff', '\x01', '\x80'}) {
      std::string Damaged = Stored;
      Damaged[At] ^= With;
      sign(Damaged);
      if (Expected<SummaryFile> File = load(Damaged)) {
        if (Expected<UnitSummary> Unit = loadSummary(File->Summary); !Unit)
          consumeError(Unit.takeError());
      } else {
        consumeError(File.takeError());
      }
    }
}

TEST(SummaryFile, SomethingElseIsSaidToBe) {
  EXPECT_EQ(complaint(""), "a.tbs: is empty; let the build write it again");
  EXPECT_EQ(complaint("int main() { return 0; }"), "a.tbs: is no summary; threadbare summarize writes them");
}

} // namespace
