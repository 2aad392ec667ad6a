// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/FileLog.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace llvm;

namespace threadbare::driver {

class FileLog::LoggedFile : public vfs::File {
public:
  LoggedFile(FileLog &Log, std::string Path, std::unique_ptr<vfs::File> Inner, vfs::Status Status)
      : Log(Log), Path(std::move(Path)), Inner(std::move(Inner)), Status(std::move(Status)) {}

  ErrorOr<vfs::Status> status() override { return Status; }
  ErrorOr<std::string> getName() override { return Inner->getName(); }
  std::error_code close() override { return Inner->close(); }

  ErrorOr<std::unique_ptr<MemoryBuffer>> getBuffer(const Twine &Name, int64_t FileSize, bool RequiresNullTerminator,
                                                   bool) override {
    // Volatile: not mapped, or the parser would see what others write into the file.
    auto Buffer = Inner->getBuffer(Name, FileSize, RequiresNullTerminator, /*IsVolatile=*/true);
    if (Buffer)
      Log.sawContent(Path, Status, hashContent((*Buffer)->getBuffer()));
    return Buffer;
  }

protected:
  void setPath(const Twine &New) override {
    if (auto Renamed = getWithPath(std::move(Inner), New))
      Inner = std::move(*Renamed);
    if (auto NewStatus = Inner->status())
      Status = *NewStatus;
  }

private:
  FileLog &Log;
  std::string Path;
  std::unique_ptr<vfs::File> Inner;
  vfs::Status Status;
};

void FileLog::sawStatus(StringRef Path, const ErrorOr<vfs::Status> &Status) {
  Entry &E = Entries[Path];
  bool WasThere = E.Kind > Entry::Absent;
  E.Inconsistent |= E.Kind != Entry::Unseen && WasThere != bool(Status);
  if (WasThere)
    return;
  E.Kind = Status ? Entry::Present : Entry::Absent;
  if (Status)
    E.Status = *Status;
}

void FileLog::sawContent(StringRef Path, const vfs::Status &Status, const ContentHash &Content) {
  Entry &E = Entries[Path];
  E.Inconsistent |= E.Kind == Entry::Read && E.Content != Content;
  E.Kind = Entry::Read;
  E.Status = Status;
  E.Content = Content;
}

ErrorOr<vfs::Status> FileLog::status(const Twine &Path) {
  SmallString<256> Storage;
  auto Status = ProxyFileSystem::status(Path);
  sawStatus(Path.toStringRef(Storage), Status);
  return Status;
}

ErrorOr<std::unique_ptr<vfs::File>> FileLog::openFileForRead(const Twine &Path) {
  SmallString<256> Storage;
  StringRef Name = Path.toStringRef(Storage);
  auto File = ProxyFileSystem::openFileForRead(Name);
  if (!File) {
    sawStatus(Name, File.getError());
    return File;
  }
  auto Status = (*File)->status();
  sawStatus(Name, Status);
  if (!Status)
    return Status.getError();
  return std::make_unique<LoggedFile>(*this, Name.str(), std::move(*File), std::move(*Status));
}

vfs::directory_iterator FileLog::dir_begin(const Twine &Directory, std::error_code &Failed) {
  SmallString<256> Storage;
  auto Status = status(Directory);
  if (Status && Status->isDirectory())
    Entries[Directory.toStringRef(Storage)].Kind = Entry::Listed;
  return ProxyFileSystem::dir_begin(Directory, Failed);
}

void FileLog::forget(StringRef Path) {
  auto E = Entries.find(Path);
  if (E != Entries.end() && (E->second.Kind == Entry::Present || E->second.Kind == Entry::Absent))
    Entries.erase(E);
}

namespace {

/// Interns strings and adds records to a reading.
class ReadingWriter {
public:
  explicit ReadingWriter(Reading &R) : R(R) {}

  PathIndex path(StringRef Path) {
    auto [Directory, Name] = Path.rsplit('/');
    return {string(Directory), string(Name)};
  }

private:
  std::uint32_t string(StringRef S) {
    auto [Entry, New] = Known.try_emplace(S, R.Strings.size());
    if (New)
      R.Strings.push_back(S.str());
    return Entry->second;
  }

  Reading &R;
  StringMap<std::uint32_t> Known;
};

/// The stamp of a file that is what it was when it was opened.
std::optional<FileStamp> unchanged(const std::string &Path, const FileLog::Entry &E) {
  std::optional<FileStamp> Now = stampOf(Path);
  using namespace std::chrono;
  auto Modified = duration_cast<nanoseconds>(E.Status.getLastModificationTime().time_since_epoch()).count();
  if (!Now || Now->Modified != Modified)
    return std::nullopt;
  if (E.Kind == FileLog::Entry::Read && (!E.Status.isRegularFile() || Now->Size != E.Status.getSize()))
    return std::nullopt;
  return Now;
}

} // namespace

std::optional<Reading> FileLog::finish(StringRef Directory) const {
  std::map<std::string, const Entry *> Sorted;
  for (const auto &E : Entries) {
    if (E.getValue().Inconsistent)
      return std::nullopt;
    bool Relative = !E.getKey().starts_with("/");
    const Entry *&Known = Sorted[Relative ? (Directory + "/" + E.getKey()).str() : E.getKey().str()];
    if (!Known || Known->Kind < E.getValue().Kind)
      Known = &E.getValue();
  }
  Reading Result;
  ReadingWriter Writer(Result);
  for (const auto &[Path, E] : Sorted) {
    if (E->Kind == Entry::Absent) {
      Result.Absent.push_back(Writer.path(Path));
      continue;
    }
    if (E->Kind == Entry::Present) {
      Result.Present.push_back(Writer.path(Path));
      continue;
    }
    std::optional<FileStamp> Stamp = unchanged(Path, *E);
    std::optional<ContentHash> Content = E->Kind == Entry::Listed ? hashFile(Path) : E->Content;
    if (!Stamp || !Content)
      return std::nullopt;
    Result.Files.push_back({Writer.path(Path), trusted(*Stamp, Start), *Content});
  }
  return Result;
}

} // namespace threadbare::driver
