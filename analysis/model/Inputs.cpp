// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Stored as summaries are: a FlatBuffer, and the xxh3 hash of all of its bytes behind it.
#include "model/Inputs.h"

#include "inputs_generated.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

#include <cstring>
#include <type_traits>

using namespace llvm;

namespace threadbare {
namespace {

constexpr std::uint32_t ReadingVersion = 1;
constexpr std::size_t HashSize = sizeof(std::uint64_t);
constexpr std::size_t SmallestBuffer = 8;

template <class T> auto store(flatbuffers::FlatBufferBuilder &Builder, const std::vector<T> &Table) {
  static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
  Builder.ForceVectorAlignment(Table.size() * sizeof(T), 1, 8);
  return Builder.CreateVector(reinterpret_cast<const std::uint8_t *>(Table.data()), Table.size() * sizeof(T));
}

template <class T> bool load(const flatbuffers::Vector<std::uint8_t> *Stored, std::vector<T> &Table) {
  if (!Stored || Stored->size() % sizeof(T))
    return false;
  Table.resize(Stored->size() / sizeof(T));
  if (!Table.empty())
    std::memcpy(Table.data(), Stored->data(), Stored->size());
  return true;
}

bool load(const stored::ReadingTable &Stored, Reading &R) {
  if (!Stored.strings())
    return false;
  R.Object = {Stored.object_high(), Stored.object_low()};
  R.Strings.reserve(Stored.strings()->size());
  for (const flatbuffers::String *S : *Stored.strings())
    R.Strings.push_back(S->str());
  auto Inside = [&](const PathIndex &P) { return P.Directory < R.Strings.size() && P.Name < R.Strings.size(); };
  return load(Stored.files(), R.Files) && load(Stored.present(), R.Present) && load(Stored.absent(), R.Absent) &&
         all_of(R.Files, [&](const InputFile &F) { return Inside(F.Path); }) && all_of(R.Present, Inside) &&
         all_of(R.Absent, Inside);
}

} // namespace

ContentHash hashContent(StringRef Bytes) {
  XXH128_hash_t Hash = xxh3_128bits(arrayRefFromStringRef(Bytes));
  return {Hash.high64, Hash.low64};
}

StringRef Reading::path(PathIndex P, std::string &Storage) const {
  Storage = Strings[P.Directory];
  Storage += '/';
  Storage += Strings[P.Name];
  return Storage;
}

std::string storeReadings(ArrayRef<Reading> Readings) {
  flatbuffers::FlatBufferBuilder Builder(1 << 16);
  std::vector<flatbuffers::Offset<stored::ReadingTable>> Tables;
  for (const Reading &R : Readings) {
    auto Strings = Builder.CreateVectorOfStrings(R.Strings);
    auto Files = store(Builder, R.Files);
    auto Present = store(Builder, R.Present);
    auto Absent = store(Builder, R.Absent);
    Tables.push_back(stored::CreateReadingTable(Builder, Strings, Files, Present, Absent, R.Object.High, R.Object.Low));
  }
  stored::FinishReadingListBuffer(Builder,
                                  stored::CreateReadingList(Builder, ReadingVersion, Builder.CreateVector(Tables)));
  ArrayRef<std::uint8_t> Buffer(Builder.GetBufferPointer(), Builder.GetSize());
  std::string Result = toStringRef(Buffer).str();
  Result.resize(Result.size() + HashSize);
  support::endian::write64le(Result.data() + Buffer.size(), xxh3_64bits(Buffer));
  return Result;
}

Expected<std::vector<Reading>> loadReadings(StringRef Bytes) {
  ArrayRef<std::uint8_t> Data = arrayRefFromStringRef(Bytes);
  if (Data.size() < SmallestBuffer + HashSize || !stored::ReadingListBufferHasIdentifier(Data.data()))
    return createStringError("is no list of inputs");
  std::uint64_t Hash = support::endian::read64le(Data.data() + Data.size() - HashSize);
  Data = Data.drop_back(HashSize);
  flatbuffers::Verifier Verifier(Data.data(), Data.size());
  if (xxh3_64bits(Data) != Hash || !stored::VerifyReadingListBuffer(Verifier))
    return createStringError("is damaged");
  const stored::ReadingList &Stored = *stored::GetReadingList(Data.data());
  if (Stored.version() != ReadingVersion || !Stored.readings())
    return createStringError("was written by another version of threadbare");
  std::vector<Reading> Readings(Stored.readings()->size());
  for (auto [From, To] : zip_equal(*Stored.readings(), Readings))
    if (!load(*From, To))
      return createStringError("is damaged: a table is missing or refers outside of another");
  return Readings;
}

} // namespace threadbare
