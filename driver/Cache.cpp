// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A flat folder, whose files begin with the prefix that LLVM's pruneCache() asks for:
//
//   llvmcache-KEY.inputs    the readings of a unit, the newest first (Inputs.h); KEY is UnitKeys::of()
//   llvmcache-KEY.summary   a stored summary; KEY is the hash of the unit's key, of the paths and contents of all
//                           files that were read, and of the paths that were there besides
//   llvmcache-KEY.note      see note(): how long files took, and what was found (KnownFindings.h)
//
// Each begins with its own KEY, and is written under another name and renamed, so that whoever reads sees all of it or
// nothing, whoever is killed and however many runs share the folder.
#include "driver/Cache.h"
#include "driver/Slice.h"

#include "model/SummaryStore.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace threadbare::driver {
namespace {

constexpr StringLiteral Prefix = "llvmcache-";
/// 24 bytes, and as much as a multiple of 8 for the key behind it: what follows is aligned.
constexpr StringLiteral Magic = "threadbare cache file 1\n";
static_assert(Magic.size() == 24);

/// Switching between branches finds each of them again.
constexpr std::size_t ReadingsKept = 8;

/// With which a file begins: one that was renamed or copied says what it is not.
std::string header(const ContentHash &Key) {
  return Magic.str() + std::string(reinterpret_cast<const char *>(&Key), sizeof Key);
}

ContentHash objectOf(const ContentHash &Unit, const Reading &R) {
  std::string Text = hex(Unit);
  std::string Path;
  for (const InputFile &F : R.Files) {
    appendToKey(Text, R.path(F.Path, Path));
    Text += hex(F.Content);
  }
  // What was not read may have been asked for (__has_include).
  for (PathIndex P : R.Present)
    appendToKey(Text, R.path(P, Path));
  return hashContent(Text);
}

/// A failure in the place of a summary: the text, and its hash.
constexpr StringLiteral FailureMark = "cannot be parsed: ";

std::string writeFailure(StringRef Why) { return FailureMark.str() + hex(hashContent(Why)) + Why.str(); }

std::optional<std::string> loadFailure(StringRef Stored) {
  constexpr std::size_t HashSize = 2 * sizeof(ContentHash); // in hexadecimal digits
  if (!Stored.consume_front(FailureMark) || Stored.size() < HashSize)
    return std::nullopt;
  StringRef Why = Stored.drop_front(HashSize);
  return Stored.take_front(HashSize) == hex(hashContent(Why)) ? std::optional(Why.str()) : std::nullopt;
}

/// Whether two readings are good for the same states of the machine's files.
bool saysTheSame(const Reading &L, const Reading &R) {
  return L.Object == R.Object && L.Strings == R.Strings && L.Present == R.Present && L.Absent == R.Absent;
}

/// Marks a file as used just now. Fails without a word where we may only read.
void touch(const std::string &Path) { ::utimensat(AT_FDCWD, Path.c_str(), nullptr, 0); }

/// What follows the header of a file; nullptr if it has another one.
std::unique_ptr<MemoryBuffer> read(const std::string &Path, const ContentHash &Key) {
  // Volatile: others may write into the folder, and a mapping of a file that shrinks kills its reader.
  auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false, /*IsVolatile=*/true);
  std::string Header = header(Key);
  if (!Buffer || !(*Buffer)->getBuffer().starts_with(Header))
    return nullptr;
  std::size_t Rest = (*Buffer)->getBufferSize() - Header.size();
  return std::make_unique<Slice>(std::move(*Buffer), Header.size(), Rest);
}

std::error_code writeAll(int Descriptor, StringRef Bytes) {
  while (!Bytes.empty()) {
    ssize_t Written = sys::RetryAfterSignal(-1, ::write, Descriptor, Bytes.data(), Bytes.size());
    if (Written < 0)
      return std::error_code(errno, std::generic_category());
    Bytes = Bytes.drop_front(Written);
  }
  return {};
}

} // namespace

Cache::Cache(CacheOptions Given) : Options(std::move(Given)) {
  if (Options.Directory.empty())
    Options.Directory = defaultCacheDirectory();
  Options.Use &= !Options.Directory.empty();
  ::signal(SIGXFSZ, SIG_IGN); // a limit on the size of files is an error of write(2) like others
}

std::string Cache::path(const Twine &Name) const { return (Options.Directory + "/" + Prefix + Name).str(); }

std::vector<Reading> Cache::readings(const ContentHash &Unit) {
  std::unique_ptr<MemoryBuffer> Stored = read(path(hex(Unit) + ".inputs"), Unit);
  if (!Stored)
    return {};
  Expected<std::vector<Reading>> Readings = loadReadings(Stored->getBuffer());
  if (Readings)
    return std::move(*Readings);
  consumeError(Readings.takeError());
  return {};
}

/// Whether everything that \p R was made of is as it was. Brings its stamps up to date where that spares the hashing
/// next time.
bool Cache::isCurrent(Reading &R, bool &Refreshed) {
  std::string Path;
  auto IsThere = [&](PathIndex P) {
    R.path(P, Path);
    return States.stamp(Path) != nullptr;
  };
  for (InputFile &F : R.Files) {
    R.path(F.Path, Path);
    const FileStamp *Now = States.stamp(Path);
    if (!Now)
      return false;
    if (*Now == F.Stamp)
      continue;
    // A file of another size is another file.
    if (F.Stamp != FileStamp() && Now->Size != F.Stamp.Size)
      return false;
    if (States.content(Path) != F.Content)
      return false;
    FileStamp Keep = States.stampToKeep(Path);
    Refreshed |= Keep != F.Stamp;
    F.Stamp = Keep;
  }
  return all_of(R.Present, IsThere) && none_of(R.Absent, IsThere);
}

std::optional<Cache::Hit> Cache::load(const ContentHash &Object) {
  std::string Path = path(hex(Object) + ".summary");
  std::unique_ptr<MemoryBuffer> Stored = read(Path, Object);
  if (!Stored)
    return std::nullopt;
  touch(Path);
  if (std::optional<std::string> Why = loadFailure(Stored->getBuffer()))
    return Hit{std::nullopt, nullptr, std::move(*Why)};
  Expected<UnitSummary> Unit = loadSummary(Stored->getMemBufferRef());
  if (Unit)
    return Hit{std::move(*Unit), std::move(Stored), ""};
  consumeError(Unit.takeError());
  return std::nullopt;
}

std::optional<Cache::Hit> Cache::find(const ContentHash &Unit) {
  if (!Options.Use)
    return std::nullopt;
  std::vector<Reading> Readings = readings(Unit);
  for (std::size_t I = 0; I != Readings.size(); ++I) {
    bool Refreshed = false;
    if (!isCurrent(Readings[I], Refreshed))
      continue;
    std::optional<Hit> Found = load(Readings[I].Object);
    if (!Found)
      return std::nullopt;
    std::string Path = path(hex(Unit) + ".inputs");
    if (Refreshed)
      write(Path, Unit, storeReadings(Readings));
    else
      touch(Path);
    return Found;
  }
  return std::nullopt;
}

void Cache::store(const ContentHash &Unit, Reading Inputs, StringRef Summary) {
  if (!Options.Use || !Problem.empty())
    return;
  Inputs.Object = objectOf(Unit, Inputs);
  std::vector<Reading> Readings = readings(Unit);
  erase_if(Readings, [&](const Reading &R) { return saysTheSame(R, Inputs); });
  Readings.insert(Readings.begin(), std::move(Inputs));
  Readings.resize(std::min(Readings.size(), ReadingsKept));
  // The summary first: a reading whose summary is missing is good for nothing.
  const ContentHash &Object = Readings.front().Object;
  write(path(hex(Object) + ".summary"), Object, Summary);
  write(path(hex(Unit) + ".inputs"), Unit, storeReadings(Readings));
}

void Cache::storeFailure(const ContentHash &Unit, Reading Inputs, StringRef Why) {
  store(Unit, std::move(Inputs), writeFailure(Why));
}

std::string Cache::note(StringRef Name) {
  ContentHash Key = hashContent(Name);
  std::string Path = path(hex(Key) + ".note");
  std::unique_ptr<MemoryBuffer> Stored = Options.Use ? read(Path, Key) : nullptr;
  if (!Stored)
    return "";
  touch(Path);
  return Stored->getBuffer().str();
}

void Cache::storeNote(StringRef Name, StringRef Bytes) {
  ContentHash Key = hashContent(Name);
  if (Options.Use && Problem.empty())
    write(path(hex(Key) + ".note"), Key, Bytes);
}

void Cache::write(const std::string &Path, const ContentHash &Key, StringRef Bytes) {
  if (!Problem.empty())
    return;
  auto Fail = [&](std::error_code Failed) { Problem = Failed.message(); };
  if (!Wrote)
    if (std::error_code Failed = sys::fs::create_directories(Options.Directory))
      return Fail(Failed);
  Wrote = true;
  int Descriptor = -1;
  SmallString<256> Temporary;
  if (std::error_code Failed = sys::fs::createUniqueFile(path("%%%%%%%%%%%%.tmp"), Descriptor, Temporary))
    return Fail(Failed);
  std::error_code Failed = writeAll(Descriptor, header(Key));
  if (!Failed)
    Failed = writeAll(Descriptor, Bytes);
  if (::close(Descriptor) && !Failed)
    Failed = std::error_code(errno, std::generic_category());
  if (!Failed)
    Failed = sys::fs::rename(Temporary, Path);
  if (Failed) {
    ::unlink(Temporary.c_str());
    Fail(Failed);
  }
}

void Cache::prune() {
  if (!Wrote || !Options.Use)
    return;
  CachePruningPolicy Policy;
  // Looking at every file takes time as well.
  Policy.Interval = std::chrono::seconds(Options.Limit ? 0 : 60);
  Policy.Expiration = std::chrono::seconds(0);
  Policy.MaxSizePercentageOfAvailableSpace = 0;
  Policy.MaxSizeBytes = limit();
  pruneCache(Options.Directory, Policy);
}

Cache::Size Cache::size() const {
  Size Result;
  std::error_code Failed;
  for (sys::fs::directory_iterator I(Options.Directory, Failed), End; I != End && !Failed; I.increment(Failed)) {
    StringRef Name = sys::path::filename(I->path());
    sys::fs::file_status Status;
    if (!Name.starts_with(Prefix) || sys::fs::status(I->path(), Status))
      continue;
    Result.Bytes += Status.getSize();
    Result.Units += Name.ends_with(".inputs");
    Result.Summaries += Name.ends_with(".summary");
  }
  return Result;
}

Expected<Cache::Size> Cache::clear() {
  Size Before = size();
  std::vector<std::string> Files;
  std::error_code Failed;
  for (sys::fs::directory_iterator I(Options.Directory, Failed), End; I != End && !Failed; I.increment(Failed))
    // Nothing but ours, whatever folder somebody names.
    if (StringRef Name = sys::path::filename(I->path()); Name.starts_with(Prefix) || Name == "llvmcache.timestamp")
      Files.push_back(I->path());
  for (const std::string &File : Files)
    if (std::error_code EC = sys::fs::remove(File))
      return createStringError("cannot remove '" + File + "': " + EC.message());
  return Before;
}

} // namespace threadbare::driver
