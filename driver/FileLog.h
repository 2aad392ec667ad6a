// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/FileStates.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <optional>

namespace threadbare::driver {

/// A file system that remembers what was read and looked up in it while a translation unit was read. What is read is
/// hashed on the way: it is the text that the compiler saw, and not what stands in the file by the time the unit is
/// done.
class FileLog : public llvm::vfs::ProxyFileSystem {
public:
  explicit FileLog(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> Below) : ProxyFileSystem(std::move(Below)) {}

  llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine &Path) override;
  bool exists(const llvm::Twine &Path) override { return bool(status(Path)); }
  llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine &Path) override;
  llvm::vfs::directory_iterator dir_begin(const llvm::Twine &Directory, std::error_code &Failed) override;

  /// Everything so far, sorted. Relative paths stand below \p Directory. Nothing if a file changed meanwhile, or is one
  /// that cannot be read twice (a pipe): then the unit may be a mixture of two states and must not be kept.
  std::optional<Reading> finish(llvm::StringRef Directory) const;

  /// \p Path was looked up, and not for the unit. What was read of it counts all the same.
  void forget(llvm::StringRef Path);

  struct Entry {
    enum KindTy { Unseen, Absent, Present, Read, Listed } Kind = Unseen;
    llvm::vfs::Status Status; ///< when it was opened
    ContentHash Content;
    bool Inconsistent = false; ///< there and not there, or read twice with different content
  };

private:
  class LoggedFile;
  void sawStatus(llvm::StringRef Path, const llvm::ErrorOr<llvm::vfs::Status> &Status);
  void sawContent(llvm::StringRef Path, const llvm::vfs::Status &Status, const ContentHash &Content);

  llvm::StringMap<Entry> Entries;
  std::int64_t Start = nanosecondsNow();
};

} // namespace threadbare::driver
