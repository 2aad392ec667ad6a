// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/FileStates.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <chrono>
#include <sys/stat.h>
#include <vector>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// FAT counts in two seconds, ext4 in the kernel's ticks.
constexpr std::int64_t CoarsestResolution = 2'000'000'000;

std::int64_t countNanoseconds(const timespec &Time) { return Time.tv_sec * 1'000'000'000LL + Time.tv_nsec; }

std::optional<std::string> listing(const std::string &Directory) {
  std::vector<std::string> Names;
  std::error_code Failed;
  for (sys::fs::directory_iterator I(Directory, Failed), End; I != End && !Failed; I.increment(Failed))
    Names.push_back(sys::path::filename(I->path()).str());
  if (Failed)
    return std::nullopt;
  llvm::sort(Names);
  return join(Names, StringRef("\0", 1));
}

} // namespace

std::optional<FileStamp> stampOf(const std::string &Path) {
  struct stat Status;
  if (::stat(Path.c_str(), &Status))
    return std::nullopt;
  return FileStamp{std::uint64_t(Status.st_size), countNanoseconds(Status.st_mtim), countNanoseconds(Status.st_ctim)};
}

FileStamp trusted(const FileStamp &Stamp, std::int64_t Since) {
  return std::max(Stamp.Modified, Stamp.Changed) < Since - CoarsestResolution ? Stamp : FileStamp();
}

std::int64_t nanosecondsNow() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

std::optional<ContentHash> hashFile(const std::string &Path) {
  sys::fs::file_status Status;
  if (sys::fs::status(Path, Status))
    return std::nullopt;
  std::optional<FileStamp> Before = stampOf(Path);
  std::optional<ContentHash> Content;
  if (sys::fs::is_directory(Status)) {
    if (std::optional<std::string> Names = listing(Path))
      Content = hashContent(*Names);
  } else if (sys::fs::is_regular_file(Status)) {
    // Volatile: not mapped, since a mapping of a file that shrinks kills its reader.
    if (auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false,
                                            /*IsVolatile=*/true))
      Content = hashContent((*Buffer)->getBuffer());
  }
  if (!Content || !Before || stampOf(Path) != Before)
    return std::nullopt;
  return Content;
}

FileStates::State &FileStates::of(const std::string &Path) {
  auto [Entry, New] = Known.try_emplace(Path);
  if (New)
    Entry->second.Stamp = stampOf(Path);
  return Entry->second;
}

const FileStamp *FileStates::stamp(const std::string &Path) {
  const std::optional<FileStamp> &Stamp = of(Path).Stamp;
  return Stamp ? &*Stamp : nullptr;
}

std::optional<ContentHash> FileStates::content(const std::string &Path) {
  State &S = of(Path);
  if (!S.Read) {
    S.Read = true;
    ++Hashed;
    S.Content = hashFile(Path);
    // What is remembered of the file is of one moment.
    if (stampOf(Path) != S.Stamp)
      S.Content.reset();
  }
  return S.Content;
}

FileStamp FileStates::stampToKeep(const std::string &Path) {
  const FileStamp *Stamp = stamp(Path);
  return Stamp ? trusted(*Stamp, Start) : FileStamp();
}

} // namespace threadbare::driver
