// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Catalogs.h"
#include "driver/Paths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace llvm;

namespace threadbare::driver {

static constexpr StringLiteral FileName = "threadbare.yaml";

std::string findUpward(StringRef Name, StringRef Directory, StringRef Top) {
  for (; !Directory.empty() && isBelow(Directory, Top); Directory = sys::path::parent_path(Directory)) {
    SmallString<128> Path = Directory;
    sys::path::append(Path, Name);
    if (sys::fs::exists(Path))
      return Path.str().str();
  }
  return "";
}

/// "FILE:LINE: why" as an error line: "FILE:LINE: error: why; this file was ignored".
static std::string describe(StringRef Path, Error Problem) {
  std::string Message = toString(std::move(Problem));
  StringRef Why = Message, Place;
  if (Why.consume_front(Path) && Why.consume_front(":"))
    if (unsigned Line; !Why.consumeInteger(10, Line)) {
      Place = StringRef(Message).take_front(Message.size() - Why.size()).drop_front(Path.size());
      Why.consume_front(":");
    }
  return (Path + Place + ": error: " + Why.ltrim() + "; this file was ignored").str();
}

Expected<Catalogs> Catalogs::create(StringRef DatabasePath, StringRef Top) {
  Expected<catalog::Catalog> Builtin = catalog::Catalog::builtin();
  if (!Builtin)
    return Builtin.takeError();
  return Catalogs(std::move(*Builtin), findUpward(FileName, sys::path::parent_path(DatabasePath), Top), Top.str());
}

StringRef Catalogs::ownFile(StringRef Directory) {
  auto [Entry, New] = FileByDirectory.try_emplace(Directory);
  if (New)
    Entry->second = findUpward(FileName, Directory, Top);
  return Entry->second.empty() ? Fallback : Entry->second;
}

const catalog::Catalog &Catalogs::of(StringRef MainFile, StringRef Listed) {
  StringRef Directory = sys::path::parent_path(MainFile);
  std::vector<std::string> Files;
  if (StringRef Own = ownFile(Directory); !Own.empty())
    Files.push_back(Own.str());
  for (StringRef Name : split(Listed, ';')) {
    if (Name = Name.trim(); Name.empty())
      continue;
    std::string Path = sys::path::is_absolute(Name) ? Name.str() : findUpward(Name, Directory, Top);
    if (Path.empty())
      complain(
          (Name + ": error: no such file from '" + Directory + "' upward; " + OptionName + " in .clang-tidy names it")
              .str());
    else
      Files.push_back(std::move(Path));
  }
  return Files.empty() ? Builtin : with(Files);
}

const catalog::Catalog &Catalogs::with(ArrayRef<std::string> Files) {
  auto [Known, New] = Extended.try_emplace(join(Files, ";"), Builtin);
  if (!New)
    return Known->second;
  // Read anew: copies of a catalog share what they know.
  if (Expected<catalog::Catalog> Result = catalog::Catalog::builtin())
    Known->second = std::move(*Result);
  else
    consumeError(Result.takeError()); // it was good before
  for (const std::string &Path : Files) {
    if (!is_contained(this->Files, Path))
      this->Files.push_back(Path);
    ErrorOr<std::unique_ptr<MemoryBuffer>> Text = MemoryBuffer::getFile(Path, /*IsText=*/true);
    Error Problem = Text ? Known->second.add((*Text)->getBuffer(), Path)
                         : createStringError(Path + ": " + Text.getError().message());
    if (Problem)
      complain(describe(Path, std::move(Problem)));
  }
  return Known->second;
}

/// What cannot be read is said once and left out.
void Catalogs::complain(std::string Line) {
  if (!is_contained(Problems, Line))
    Problems.push_back(std::move(Line));
}

std::vector<Replacement> Catalogs::ownReplacements(const StringSet<> &Sets) const {
  std::set<StringRef> Sorted, Ecosystems; // the same in every run
  for (const auto &Set : Sets)
    Sorted.insert(Set.getKey());
  for (const auto &Entry : Extended)
    for (StringRef Ecosystem : Entry.second.ecosystems())
      Ecosystems.insert(Ecosystem);
  std::vector<Replacement> Result;
  for (StringRef Set : Sorted) {
    auto IsOwn = [&](StringRef Ecosystem) { return replacement(Set, Ecosystem) != Builtin.replacement(Set, Ecosystem); };
    // All or nothing: what is said of "any" is of those alone that nothing is said of.
    if (any_of(Ecosystems, IsOwn))
      for (StringRef Ecosystem : Ecosystems)
        if (StringRef Text = replacement(Set, Ecosystem); !Text.empty())
          Result.push_back({Set.str(), Ecosystem.str(), Text.str()});
  }
  return Result;
}

StringRef Catalogs::replacement(StringRef Set, StringRef Ecosystem) const {
  // Where several catalogs say something of their own, the choice is at least always the same.
  StringRef Default = Builtin.replacement(Set, Ecosystem), Chosen;
  for (const auto &Entry : Extended)
    if (StringRef Own = Entry.second.replacement(Set, Ecosystem);
        Own != Default && !Own.empty() && (Chosen.empty() || Own < Chosen))
      Chosen = Own;
  return Chosen.empty() ? Default : Chosen;
}

} // namespace threadbare::driver
