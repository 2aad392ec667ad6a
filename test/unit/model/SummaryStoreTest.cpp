// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model/SummaryStore.h"

#include "flatbuffers/flatbuffers.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

#include "gtest/gtest.h"

#include <cstring>
#include <functional>

using namespace llvm;
using namespace threadbare;

namespace {

/// One record in each table, each with something in it.
UnitSummary sampleUnit() {
  UnitSummary Unit;
  Unit.MainFile = "/src/main.cpp";
  Unit.Strings = {"", "/src/main.cpp", "work", "sleep", std::string("a\0b", 3)};
  Term Global;
  Global.Kind = TermKind::Global;
  Global.Id = 42;
  Term Element;
  Element.Kind = TermKind::Element;
  Element.A = 1;
  Element.B = 1;
  Unit.Terms = {Term{}, Global, Element};
  Unit.Lists = {1, 2, 0};
  Op Call;
  Call.Kind = OpKind::Call;
  Call.Name = 3;
  Call.At = {1, 7, 3};
  Call.A = 2;
  Call.List = {0, 2};
  Call.Blocking = 0;
  Unit.Ops = {Call, Op{}};
  Unit.Blocks = {{{0, 2}, {2, 1}}};
  Unit.Params = {{2, ParamCallable}};
  Unit.Locals = {{2, LocalArithmetic, {1, 3, 4}}};
  Unit.Blockings = {{BlockingCategory::SyncWait, 3, 0, 3, 0, {0, 1}}};
  Unit.Conditions = {{ConditionKind::Equals, 1, 0, 1, -5}};
  Function F;
  F.Id = 7;
  F.Name = 2;
  F.At = {1, 2, 6};
  F.Params = {0, 1};
  F.Locals = {0, 1};
  F.Blocks = {0, 1};
  Unit.Functions = {F};
  Unit.Overrides = {{1, 2, 3, 1, 0}};
  Unit.Symbols = {{42, 2, SymArithmetic, {1, 1, 5}, 0}};
  Unit.Silences = {{3, 12}};
  Unit.Expansions = {{1, 7, 3}, {1, 1, 1}};
  return Unit;
}

Expected<UnitSummary> load(StringRef Stored) { return loadSummary(MemoryBufferRef(Stored, "unit.tbs")); }

std::string whyNot(StringRef Stored) {
  Expected<UnitSummary> Unit = load(Stored);
  return Unit ? "" : toString(Unit.takeError());
}

template <class T> bool sameBytes(const std::vector<T> &L, const std::vector<T> &R) {
  return L.size() == R.size() && (L.empty() || !std::memcmp(L.data(), R.data(), L.size() * sizeof(T)));
}

TEST(SummaryStore, RoundTrip) {
  UnitSummary Unit = sampleUnit();
  Expected<UnitSummary> Loaded = load(storeSummary(Unit));
  ASSERT_TRUE(bool(Loaded)) << toString(Loaded.takeError());
  EXPECT_EQ(Loaded->MainFile, Unit.MainFile);
  EXPECT_EQ(Loaded->Strings, Unit.Strings);
  EXPECT_TRUE(sameBytes(Loaded->Terms, Unit.Terms));
  EXPECT_TRUE(sameBytes(Loaded->Lists, Unit.Lists));
  EXPECT_TRUE(sameBytes(Loaded->Ops, Unit.Ops));
  EXPECT_TRUE(sameBytes(Loaded->Blocks, Unit.Blocks));
  EXPECT_TRUE(sameBytes(Loaded->Params, Unit.Params));
  EXPECT_TRUE(sameBytes(Loaded->Locals, Unit.Locals));
  EXPECT_TRUE(sameBytes(Loaded->Blockings, Unit.Blockings));
  EXPECT_TRUE(sameBytes(Loaded->Conditions, Unit.Conditions));
  EXPECT_TRUE(sameBytes(Loaded->Functions, Unit.Functions));
  EXPECT_TRUE(sameBytes(Loaded->Overrides, Unit.Overrides));
  EXPECT_TRUE(sameBytes(Loaded->Symbols, Unit.Symbols));
  EXPECT_TRUE(sameBytes(Loaded->Silences, Unit.Silences));
  EXPECT_TRUE(sameBytes(Loaded->Expansions, Unit.Expansions));
}

TEST(SummaryStore, EmptyUnit) {
  Expected<UnitSummary> Loaded = load(storeSummary(UnitSummary()));
  ASSERT_TRUE(bool(Loaded)) << toString(Loaded.takeError());
  EXPECT_EQ(Loaded->Strings.size(), 1u);
}

TEST(SummaryStore, SameUnitSameBytes) { EXPECT_EQ(storeSummary(sampleUnit()), storeSummary(sampleUnit())); }

TEST(SummaryStore, TruncatedAnywhere) {
  std::string Stored = storeSummary(sampleUnit());
  for (std::size_t Size = 0; Size != Stored.size(); ++Size)
    EXPECT_TRUE(StringRef(whyNot(StringRef(Stored).take_front(Size))).starts_with("unit.tbs: is ")) << Size;
}

TEST(SummaryStore, EveryFlippedBit) {
  std::string Stored = storeSummary(sampleUnit());
  for (std::size_t Bit = 0; Bit != Stored.size() * 8; ++Bit) {
    std::string Damaged = Stored;
    Damaged[Bit / 8] ^= 1 << (Bit % 8);
    EXPECT_NE(whyNot(Damaged), "") << Bit;
  }
}

TEST(SummaryStore, ForeignFiles) {
  EXPECT_EQ(whyNot(""), "unit.tbs: is not a stored summary");
  EXPECT_EQ(whyNot(std::string(4096, '\0')), "unit.tbs: is not a stored summary");
  EXPECT_EQ(whyNot("\177ELF" + std::string(100, 'x')), "unit.tbs: is not a stored summary");
}

/// Puts the right checksum behind what was changed: whoever wrote this meant it.
void sign(std::string &Stored) {
  StringRef Buffer = StringRef(Stored).drop_back(8);
  support::endian::write64le(Stored.data() + Buffer.size(), xxh3_64bits(arrayRefFromStringRef(Buffer)));
}

TEST(SummaryStore, EveryFlippedByteWithTheRightChecksum) {
  std::string Stored = storeSummary(sampleUnit());
  for (std::size_t I = 0; I + 8 < Stored.size(); ++I)
    for (char With : {'\xff', '\x01', '\x80'}) {
      std::string Damaged = Stored;
      Damaged[I] ^= With;
      sign(Damaged);
      (void)whyNot(Damaged); // an error or another summary, but no crash
    }
}

TEST(SummaryStore, OtherVersion) {
  std::string Stored = storeSummary(sampleUnit());
  auto *Root = flatbuffers::GetMutableRoot<flatbuffers::Table>(Stored.data());
  constexpr flatbuffers::voffset_t FirstField = 4;
  ASSERT_TRUE(Root->SetField<std::uint32_t>(FirstField, SummaryVersion + 1, 0));
  sign(Stored);
  EXPECT_EQ(whyNot(Stored),
            "unit.tbs: was written by another version of threadbare; run threadbare again to write it anew");
}

TEST(SummaryStore, NothingOutsideOfItsTable) {
  using Damage = std::function<void(UnitSummary &)>;
  const Damage Damages[] = {
      [](UnitSummary &U) { U.Strings.clear(); },
      [](UnitSummary &U) { U.Terms.clear(); },
      [](UnitSummary &U) { U.Terms[1].Kind = TermKind(99); },
      [](UnitSummary &U) { U.Terms[2].A = 2; },
      [](UnitSummary &U) { U.Terms[2].B = 3; },
      [](UnitSummary &U) { U.Terms[1].List = {2, 2}; },
      [](UnitSummary &U) { U.Terms[1].List = {0, 1}; }, // refers to itself
      [](UnitSummary &U) { U.Terms[1].Kind = TermKind::Local, U.Terms[1].A = 1; },
      [](UnitSummary &U) { U.Terms[1].Kind = TermKind::Result, U.Terms[1].A = 2; },
      [](UnitSummary &U) { U.Terms[1].Kind = TermKind::Executor, U.Terms[1].B = 99; },
      [](UnitSummary &U) { U.Lists[0] = 3; },
      [](UnitSummary &U) { U.Lists[2] = 1; },
      [](UnitSummary &U) { U.Ops[0].Kind = OpKind(99); },
      [](UnitSummary &U) { U.Ops[0].Kind = OpKind::Access, U.Ops[0].Sub = 99; },
      [](UnitSummary &U) { U.Ops[0].Kind = OpKind::Acquire, U.Ops[0].Sub = 99; },
      [](UnitSummary &U) { U.Ops[0].Kind = OpKind::Spawn, U.Ops[0].Sub = 99; },
      [](UnitSummary &U) { U.Ops[0].Kind = OpKind::Await, U.Ops[0].Sub = 99; },
      [](UnitSummary &U) { U.Ops[0].Name = 5; },
      [](UnitSummary &U) { U.Ops[0].At.File = 5; },
      [](UnitSummary &U) { U.Ops[0].A = 3; },
      [](UnitSummary &U) { U.Ops[0].B = 3; },
      [](UnitSummary &U) { U.Ops[0].C = 3; },
      [](UnitSummary &U) { U.Ops[0].List = {0, 4}; },
      [](UnitSummary &U) { U.Ops[0].List = {~0u, 2}; }, // wraps around in 32 bits
      [](UnitSummary &U) { U.Ops[0].Blocking = 1; },
      [](UnitSummary &U) { U.Blocks[0].Ops = {1, 2}; },
      [](UnitSummary &U) { U.Blocks[0].Successors = {3, 1}; },
      [](UnitSummary &U) { U.Params[0].Name = 5; },
      [](UnitSummary &U) { U.Locals[0].Name = 5; },
      [](UnitSummary &U) { U.Blockings[0].Category = BlockingCategory(9); },
      [](UnitSummary &U) { U.Blockings[0].Kind = 5; },
      [](UnitSummary &U) { U.Blockings[0].Replacements = 5; },
      [](UnitSummary &U) { U.Blockings[0].Conditions = {1, 1}; },
      [](UnitSummary &U) { U.Conditions[0].Kind = ConditionKind(99); },
      [](UnitSummary &U) { U.Conditions[0].Value = 3; },
      [](UnitSummary &U) { U.Functions[0].Name = 5; },
      [](UnitSummary &U) { U.Functions[0].Ecosystem = 5; },
      [](UnitSummary &U) { U.Functions[0].Params = {0, 2}; },
      [](UnitSummary &U) { U.Functions[0].Locals = {2, 1}; },
      [](UnitSummary &U) { U.Functions[0].Blocks = {1, 1}; },
      [](UnitSummary &U) { U.Functions[0].FirstOp = 3; },
      [](UnitSummary &U) { U.Symbols[0].Name = 5; },
      [](UnitSummary &U) { U.Silences[0].First = 5; },
      [](UnitSummary &U) { U.Expansions.pop_back(); },
      [](UnitSummary &U) { U.Expansions[0].File = 5; },
  };
  for (const auto &[Index, Apply] : enumerate(Damages)) {
    UnitSummary Unit = sampleUnit();
    Apply(Unit);
    EXPECT_TRUE(StringRef(whyNot(storeSummary(Unit))).starts_with("unit.tbs: is damaged: it has ")) << Index;
  }
}

} // namespace
