// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "catalog/Catalog.h"

#include "catalog/Contents.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/xxhash.h"

#include <memory>
#include <set>

using namespace llvm;

namespace threadbare::catalog {

namespace {

/// Entries of one sort by name. They stay where they were read, and copies share them: there are thousands, and each is
/// big.
template <class T> class Entries {
  using File = std::vector<NamedEntry<T>>;
  std::vector<std::shared_ptr<const File>> Files;
  StringMap<const T *> ByName;

public:
  /// Later ones replace earlier ones of their name. \p Each is told of every name.
  template <class OnName> void add(File Entries, OnName Each) {
    Files.push_back(std::make_shared<const File>(std::move(Entries)));
    for (const NamedEntry<T> &E : *Files.back())
      for (const std::string &Name : E.Names) {
        ByName[Name] = &E.Entry;
        Each(Name);
      }
  }

  const T *find(StringRef QualifiedName) const {
    std::string Buffer;
    return ByName.lookup(withoutTemplateArguments(QualifiedName, Buffer));
  }

  /// Those that a name leads to: an entry that a later one replaced is not there.
  std::vector<const T *> all() const {
    DenseSet<const T *> Alive;
    for (const auto &Named : ByName)
      Alive.insert(Named.getValue());
    std::vector<const T *> Result;
    for (const auto &F : Files)
      for (const NamedEntry<T> &E : *F)
        if (Alive.contains(&E.Entry))
          Result.push_back(&E.Entry);
    return Result;
  }
};

} // namespace

struct Catalog::Impl {
  Entries<BlockingEntry> Blocking;
  Entries<FunctionModel> Functions;
  Entries<TypeModel> Types;
  Entries<FakeAsyncEntry> FakeAsync;
  std::map<std::string, std::map<std::string, std::string>> Replacements;
  std::map<std::string, std::vector<std::string>> NamespaceAliases;
  StringSet<> UnqualifiedNames;
  std::uint64_t Hash = 0;

  void add(Contents C) {
    for (auto &[Namespace, Others] : C.NamespaceAliases)
      NamespaceAliases[Namespace] = std::move(Others);
    addEach(Blocking, std::move(C.Blocking));
    addEach(Functions, std::move(C.Functions));
    addEach(Types, std::move(C.Types));
    addEach(FakeAsync, std::move(C.FakeAsync));
    for (auto &[Set, Texts] : C.Replacements)
      for (auto &[Ecosystem, Text] : Texts)
        Replacements[Set][Ecosystem] = std::move(Text);
  }

private:
  template <class T> void addEach(Entries<T> &To, std::vector<NamedEntry<T>> From) {
    for (NamedEntry<T> &E : From)
      addAliases(E.Names);
    To.add(std::move(From), [this](StringRef Name) { UnqualifiedNames.insert(unqualified(Name)); });
  }

  void addAliases(std::vector<std::string> &Names) const {
    for (const auto &[Namespace, Others] : NamespaceAliases)
      for (std::size_t I = 0, Count = Names.size(); I < Count; ++I) {
        StringRef Rest = Names[I];
        if (Rest.consume_front(Namespace) && Rest.starts_with("::"))
          for (const std::string &Other : Others)
            Names.push_back((Other + Rest).str());
      }
  }
};

Expected<Catalog> Catalog::builtin() {
  // Decoded once for each process: fronts that ask for every translation unit share it. Never taken apart: the process
  // ends with it.
  static const auto &Shared = *new std::shared_ptr<const Impl>([]() -> std::shared_ptr<const Impl> {
    Expected<Contents> C = readTable(builtinTable());
    if (!C) {
      consumeError(C.takeError());
      return nullptr;
    }
    auto New = std::make_shared<Impl>();
    New->add(std::move(*C));
    New->Hash = xxh3_64bits(builtinTable());
    return New;
  }());
  if (!Shared)
    return createStringError("the catalog that is compiled into the program is damaged");
  Catalog Result;
  Result.Data = Shared;
  return Result;
}

Error Catalog::add(StringRef Text, StringRef Name) {
  Expected<Contents> C = readYaml(MemoryBufferRef(Text, Name));
  if (!C)
    return C.takeError();
  for (NamedEntry<BlockingEntry> &E : C->Blocking)
    E.Entry.FromUser = true;
  for (NamedEntry<FakeAsyncEntry> &E : C->FakeAsync)
    E.Entry.FromUser = true;
  auto New = Data ? std::make_shared<Impl>(*Data) : std::make_shared<Impl>();
  New->add(std::move(*C));
  const std::uint64_t Hashes[] = {New->Hash, xxh3_64bits(Text)};
  New->Hash = xxh3_64bits(ArrayRef(reinterpret_cast<const std::uint8_t *>(Hashes), sizeof Hashes));
  Data = std::move(New);
  return Error::success();
}

const BlockingEntry *Catalog::blocking(StringRef QualifiedName) const {
  return Data ? Data->Blocking.find(QualifiedName) : nullptr;
}

const FunctionModel *Catalog::function(StringRef QualifiedName) const {
  return Data ? Data->Functions.find(QualifiedName) : nullptr;
}

const TypeModel *Catalog::type(StringRef QualifiedName) const {
  return Data ? Data->Types.find(QualifiedName) : nullptr;
}

const FakeAsyncEntry *Catalog::fakeAsync(StringRef QualifiedName) const {
  return Data ? Data->FakeAsync.find(QualifiedName) : nullptr;
}

bool Catalog::knowsName(StringRef UnqualifiedName) const {
  std::string Buffer;
  return Data && Data->UnqualifiedNames.contains(withoutTemplateArguments(UnqualifiedName, Buffer));
}

StringRef Catalog::replacement(StringRef Set, StringRef Ecosystem) const {
  if (!Data)
    return "";
  StringRef General;
  // A set may say "like: another"; the bound is for a user's file in which two point at each other.
  for (unsigned Hops = 0; Hops < 4; ++Hops) {
    auto Texts = Data->Replacements.find(Set.str());
    if (Texts == Data->Replacements.end())
      break;
    if (auto Text = Texts->second.find(Ecosystem.str()); Text != Texts->second.end())
      return Text->second;
    if (auto Text = Texts->second.find("any"); General.empty() && Text != Texts->second.end())
      General = Text->second;
    auto Next = Texts->second.find("like");
    if (Next == Texts->second.end())
      break;
    Set = Next->second;
  }
  return General;
}

std::vector<StringRef> Catalog::ecosystems() const {
  std::set<StringRef> Names;
  if (Data)
    for (const auto &[Set, Texts] : Data->Replacements)
      for (const auto &[Ecosystem, Text] : Texts)
        if (Ecosystem != "like")
          Names.insert(Ecosystem);
  return {Names.begin(), Names.end()};
}

bool Catalog::hasReplacements(StringRef Set) const { return Data && Data->Replacements.count(Set.str()) != 0; }

std::uint64_t Catalog::hash() const { return Data ? Data->Hash : 0; }

std::vector<const BlockingEntry *> Catalog::allBlocking() const { return Data->Blocking.all(); }
std::vector<const FunctionModel *> Catalog::allFunctions() const { return Data->Functions.all(); }
std::vector<const TypeModel *> Catalog::allTypes() const { return Data->Types.all(); }
std::vector<const FakeAsyncEntry *> Catalog::allFakeAsync() const { return Data->FakeAsync.all(); }

} // namespace threadbare::catalog
