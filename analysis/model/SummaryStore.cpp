// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A stored summary is a FlatBuffer followed by the xxh3 hash of all of its bytes. The hash is looked at first: what
// follows can then be wrong only if somebody wrote it wrong, and is verified all the same, because a stored summary
// may come from another machine's cache.
#include "model/SummaryStore.h"
#include "model/SummaryVerifier.h"

#include "summary_generated.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

#include <cstring>
#include <type_traits>

using namespace llvm;

namespace threadbare {
namespace {

// Bytes are stored as they are in memory: they must be all there is to a record (no pointers, no padding).
template <class... T>
inline constexpr bool StoredAsBytes =
    (... && (std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> && alignof(T) <= 8));
static_assert(StoredAsBytes<Term, std::uint32_t, Op, Block, Param, Local, Blocking, Condition, Function, Override,
                            Symbol, FakeCall, Range, Place>);

/// Changes when a record's size or an enumeration's length does and nobody thought of SummaryVersion.
constexpr std::uint64_t layout() {
  std::uint64_t Hash = 0xcbf29ce484222325;
  for (std::uint64_t Part : {sizeof(Term), sizeof(Op), sizeof(Block), sizeof(Param), sizeof(Local), sizeof(Blocking),
                             sizeof(Condition), sizeof(Function), sizeof(Override), sizeof(Symbol), sizeof(FakeCall),
                             sizeof(Place), std::size_t(TermKind::Interval), std::size_t(ExecutorKind::Same),
                             std::size_t(OpKind::MakePool), std::size_t(ConditionKind::NotEquals)})
    Hash = (Hash ^ Part) * 0x100000001b3;
  return Hash;
}

constexpr std::size_t HashSize = sizeof(std::uint64_t);

/// The identifier stands after the offset of the root table.
constexpr std::size_t SmallestBuffer = 8;

using Bytes = flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>>;

template <class T> Bytes store(flatbuffers::FlatBufferBuilder &Builder, const std::vector<T> &Table) {
  Builder.ForceVectorAlignment(Table.size() * sizeof(T), 1, 8);
  return Builder.CreateVector(reinterpret_cast<const std::uint8_t *>(Table.data()), Table.size() * sizeof(T));
}

template <class T> bool load(const flatbuffers::Vector<std::uint8_t> *Stored, std::vector<T> &Table) {
  Table.clear();
  if (!Stored || Stored->size() % sizeof(T))
    return false;
  Table.resize(Stored->size() / sizeof(T));
  if (!Table.empty())
    std::memcpy(Table.data(), Stored->data(), Stored->size());
  return true;
}

bool loadTables(const stored::Unit &Stored, UnitSummary &Unit) {
  if (!Stored.main_file() || !Stored.strings())
    return false;
  Unit.MainFile = Stored.main_file()->str();
  Unit.Strings.clear();
  Unit.Strings.reserve(Stored.strings()->size());
  for (const flatbuffers::String *S : *Stored.strings())
    Unit.Strings.push_back(S->str());
  return load(Stored.terms(), Unit.Terms) && load(Stored.lists(), Unit.Lists) && load(Stored.ops(), Unit.Ops) &&
         load(Stored.blocks(), Unit.Blocks) && load(Stored.params(), Unit.Params) &&
         load(Stored.locals(), Unit.Locals) && load(Stored.blockings(), Unit.Blockings) &&
         load(Stored.conditions(), Unit.Conditions) && load(Stored.functions(), Unit.Functions) &&
         load(Stored.overrides(), Unit.Overrides) && load(Stored.symbols(), Unit.Symbols) &&
         load(Stored.silences(), Unit.Silences) && load(Stored.expansions(), Unit.Expansions) &&
         load(Stored.fakes(), Unit.Fakes);
}

} // namespace

std::string storeSummary(const UnitSummary &Unit) {
  flatbuffers::FlatBufferBuilder Builder(1 << 16);
  auto MainFile = Builder.CreateString(Unit.MainFile);
  auto Strings = Builder.CreateVectorOfStrings(Unit.Strings);
  auto Terms = store(Builder, Unit.Terms);
  auto Lists = store(Builder, Unit.Lists);
  auto Ops = store(Builder, Unit.Ops);
  auto Blocks = store(Builder, Unit.Blocks);
  auto Params = store(Builder, Unit.Params);
  auto Locals = store(Builder, Unit.Locals);
  auto Blockings = store(Builder, Unit.Blockings);
  auto Conditions = store(Builder, Unit.Conditions);
  auto Functions = store(Builder, Unit.Functions);
  auto Overrides = store(Builder, Unit.Overrides);
  auto Symbols = store(Builder, Unit.Symbols);
  auto Silences = store(Builder, Unit.Silences);
  auto Expansions = store(Builder, Unit.Expansions);
  auto Fakes = store(Builder, Unit.Fakes);
  stored::FinishUnitBuffer(Builder, stored::CreateUnit(Builder, SummaryVersion, layout(), MainFile, Strings, Terms,
                                                       Lists, Ops, Blocks, Params, Locals, Blockings, Conditions,
                                                       Functions, Overrides, Symbols, Silences, Expansions, Fakes));
  ArrayRef<std::uint8_t> Buffer(Builder.GetBufferPointer(), Builder.GetSize());
  std::string Result(reinterpret_cast<const char *>(Buffer.data()), Buffer.size());
  Result.resize(Result.size() + HashSize);
  support::endian::write64le(Result.data() + Buffer.size(), xxh3_64bits(Buffer));
  return Result;
}

Expected<UnitSummary> loadSummary(MemoryBufferRef Buffer) {
  auto Fail = [&](const Twine &Why) { return createStringError(Twine(Buffer.getBufferIdentifier()) + ": " + Why); };
  ArrayRef<std::uint8_t> Data = arrayRefFromStringRef(Buffer.getBuffer());
  if (Data.size() < SmallestBuffer + HashSize || !stored::UnitBufferHasIdentifier(Data.data()))
    return Fail("is not a stored summary");
  std::uint64_t Hash = support::endian::read64le(Data.data() + Data.size() - HashSize);
  Data = Data.drop_back(HashSize);
  if (xxh3_64bits(Data) != Hash)
    return Fail("is damaged: its checksum does not match; run threadbare again to write it anew");

  // Strings count as no tables, so the default limit on tables is never reached.
  flatbuffers::Verifier Verifier(Data.data(), Data.size());
  if (!stored::VerifyUnitBuffer(Verifier))
    return Fail("is damaged: it is no valid FlatBuffer");
  const stored::Unit &Stored = *stored::GetUnit(Data.data());
  if (Stored.version() != SummaryVersion || Stored.layout() != layout())
    return Fail("was written by another version of threadbare; run threadbare again to write it anew");

  UnitSummary Unit;
  if (!loadTables(Stored, Unit))
    return Fail("is damaged: a table is missing or has half a record");
  if (Error Damage = verifySummary(Unit))
    return Fail("is damaged: it has " + toString(std::move(Damage)));
  return Unit;
}

} // namespace threadbare
