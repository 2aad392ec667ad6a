// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Catalogs.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace threadbare::driver {

std::string findCatalogFile(StringRef Directory) {
  for (; !Directory.empty(); Directory = sys::path::parent_path(Directory)) {
    SmallString<128> Path = Directory;
    sys::path::append(Path, "threadbare.yaml");
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

Expected<Catalogs> Catalogs::create(StringRef DatabasePath) {
  Expected<catalog::Catalog> Builtin = catalog::Catalog::builtin();
  if (!Builtin)
    return Builtin.takeError();
  return Catalogs(std::move(*Builtin), findCatalogFile(sys::path::parent_path(DatabasePath)));
}

const catalog::Catalog &Catalogs::of(StringRef MainFile) {
  StringRef Directory = sys::path::parent_path(MainFile);
  auto [Entry, New] = FileByDirectory.try_emplace(Directory);
  if (New) {
    Entry->second = findCatalogFile(Directory);
    if (Entry->second.empty())
      Entry->second = Fallback;
  }
  return Entry->second.empty() ? Builtin : withFile(Entry->second);
}

const catalog::Catalog &Catalogs::withFile(StringRef Path) {
  if (auto Known = Extended.find(Path); Known != Extended.end())
    return Known->second;
  auto Extend = [&]() -> Expected<catalog::Catalog> {
    ErrorOr<std::unique_ptr<MemoryBuffer>> Text = MemoryBuffer::getFile(Path, /*IsText=*/true);
    if (!Text)
      return createStringError(Path + ": " + Text.getError().message());
    // Read anew: copies of a catalog share what they know.
    Expected<catalog::Catalog> Result = catalog::Catalog::builtin();
    if (Result)
      if (Error Problem = Result->add((*Text)->getBuffer(), Path))
        return std::move(Problem);
    return Result;
  };
  Expected<catalog::Catalog> Result = Extend();
  if (!Result)
    Problems.push_back(describe(Path, Result.takeError()));
  // What cannot be read is said once and left out.
  return Extended.try_emplace(Path, Result ? std::move(*Result) : Builtin).first->second;
}

StringRef Catalogs::replacement(StringRef Set, StringRef Ecosystem) const {
  for (const auto &Entry : Extended)
    if (StringRef Own = Entry.second.replacement(Set, Ecosystem); !Own.empty())
      return Own;
  return Builtin.replacement(Set, Ecosystem);
}

} // namespace threadbare::driver
