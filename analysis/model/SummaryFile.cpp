// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// As in SummaryStore.cpp, a hash of all bytes ends the file and is looked at first.
#include "model/SummaryFile.h"

#include "summary-file_generated.h"
#include "summary_generated.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace threadbare {
namespace {

constexpr std::size_t HashSize = sizeof(std::uint64_t);
constexpr std::size_t SmallestBuffer = 8; // the offset of the root table, and the identifier

std::string text(const flatbuffers::String *Stored) { return Stored ? Stored->str() : ""; }

flatbuffers::Offset<stored::Excerpt> store(flatbuffers::FlatBufferBuilder &Builder, const Excerpt &E) {
  auto File = Builder.CreateSharedString(E.File);
  auto Behind = Builder.CreateSharedString(E.Behind);
  auto Numbers = Builder.CreateVector(E.Numbers);
  auto Lines = Builder.CreateString(E.Lines);
  return stored::CreateExcerpt(Builder, File, Behind, Numbers, Lines);
}

flatbuffers::Offset<stored::Replacement> store(flatbuffers::FlatBufferBuilder &Builder, const Replacement &R) {
  auto Set = Builder.CreateSharedString(R.Set);
  auto Ecosystem = Builder.CreateSharedString(R.Ecosystem);
  auto Text = Builder.CreateSharedString(R.Text);
  return stored::CreateReplacement(Builder, Set, Ecosystem, Text);
}

Excerpt load(const stored::Excerpt &Stored) {
  Excerpt E{text(Stored.file()), text(Stored.behind()), {}, text(Stored.lines())};
  if (Stored.numbers())
    E.Numbers.assign(Stored.numbers()->begin(), Stored.numbers()->end());
  return E;
}

UnitContext loadContext(const stored::File &Stored, WithExcerpts Which) {
  UnitContext Context;
  Context.Settings = {text(Stored.checks()), text(Stored.warnings_as_errors()), text(Stored.header_filter()),
                      text(Stored.excluded_headers()), text(Stored.test_severity())};
  if (Stored.replacements())
    for (const stored::Replacement *R : *Stored.replacements())
      Context.Replacements.push_back({text(R->set()), text(R->ecosystem()), text(R->text())});
  if (Which == WithExcerpts::Yes && Stored.excerpts())
    for (const stored::Excerpt *E : *Stored.excerpts())
      Context.Excerpts.push_back(load(*E));
  return Context;
}

} // namespace

std::string storeSummaryFile(StringRef Summary, const UnitContext &Context) {
  flatbuffers::FlatBufferBuilder Builder(Summary.size() + (1 << 16));
  auto Checks = Builder.CreateString(Context.Settings.Checks);
  auto WarningsAsErrors = Builder.CreateString(Context.Settings.WarningsAsErrors);
  auto HeaderFilter = Builder.CreateString(Context.Settings.HeaderFilter);
  auto ExcludedHeaders = Builder.CreateString(Context.Settings.ExcludedHeaders);
  auto TestSeverity = Builder.CreateString(Context.Settings.TestSeverity);
  std::vector<flatbuffers::Offset<stored::Replacement>> Replacements;
  for (const Replacement &R : Context.Replacements)
    Replacements.push_back(store(Builder, R));
  auto AllReplacements = Builder.CreateVector(Replacements);
  std::vector<flatbuffers::Offset<stored::Excerpt>> Excerpts;
  for (const Excerpt &E : Context.Excerpts)
    Excerpts.push_back(store(Builder, E));
  auto AllExcerpts = Builder.CreateVector(Excerpts);
  Builder.ForceVectorAlignment(Summary.size(), 1, 8);
  auto Bytes = Builder.CreateVector(Summary.bytes_begin(), Summary.size());
  stored::FinishFileBuffer(Builder,
                           stored::CreateFile(Builder, SummaryFileVersion, Checks, WarningsAsErrors, HeaderFilter,
                                              ExcludedHeaders, TestSeverity, AllReplacements, AllExcerpts, Bytes));
  ArrayRef<std::uint8_t> Buffer(Builder.GetBufferPointer(), Builder.GetSize());
  std::string Result(reinterpret_cast<const char *>(Buffer.data()), Buffer.size());
  Result.resize(Result.size() + HashSize);
  support::endian::write64le(Result.data() + Buffer.size(), xxh3_64bits(Buffer));
  return Result;
}

Expected<SummaryFile> loadSummaryFile(MemoryBufferRef Buffer, WithExcerpts Which) {
  auto Fail = [&](const Twine &Why) { return createStringError(Twine(Buffer.getBufferIdentifier()) + ": " + Why); };
  ArrayRef<std::uint8_t> Data = arrayRefFromStringRef(Buffer.getBuffer());
  if (Data.empty())
    return Fail("is empty; let the build write it again");
  if (Data.size() >= SmallestBuffer && stored::UnitBufferHasIdentifier(Data.data()))
    return SummaryFile{Buffer, {}};
  if (Data.size() < SmallestBuffer + HashSize || !stored::FileBufferHasIdentifier(Data.data()))
    return Fail("is no summary; threadbare summarize writes them");
  std::uint64_t Hash = support::endian::read64le(Data.data() + Data.size() - HashSize);
  Data = Data.drop_back(HashSize);
  if (xxh3_64bits(Data) != Hash)
    return Fail("is damaged or cut off: its checksum does not match; let the build write it again");
  flatbuffers::Verifier Verifier(Data.data(), Data.size());
  if (!stored::VerifyFileBuffer(Verifier))
    return Fail("is damaged: it is no valid FlatBuffer; let the build write it again");
  const stored::File &Stored = *stored::GetFile(Data.data());
  if (Stored.version() != SummaryFileVersion)
    return Fail("was written by another version of threadbare; let the build write it again");
  if (!Stored.summary())
    return Fail("is damaged: it has no summary; let the build write it again");
  StringRef Summary(reinterpret_cast<const char *>(Stored.summary()->data()), Stored.summary()->size());
  return SummaryFile{MemoryBufferRef(Summary, Buffer.getBufferIdentifier()), loadContext(Stored, Which)};
}

} // namespace threadbare
