// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the files of this machine look like: asked once for each file, however many units read it.
#pragma once

#include "model/Inputs.h"

#include "llvm/ADT/StringMap.h"

#include <cstdint>
#include <optional>
#include <string>

namespace threadbare::driver {

/// What stat(2) says; nothing if there is no such file.
std::optional<FileStamp> stampOf(const std::string &Path);

/// \p Stamp if it tells that a file is unchanged which was read after \p Since (nanoseconds since 1970), otherwise one
/// that is never trusted: a file that is written again within the file system's resolution looks the same.
FileStamp trusted(const FileStamp &Stamp, std::int64_t Since);

std::int64_t nanosecondsNow();

/// Of the file's bytes or, of a directory, of the names in it. Nothing if it cannot be read or changes meanwhile.
std::optional<ContentHash> hashFile(const std::string &Path);

class FileStates {
public:
  /// nullptr if there is no such file.
  const FileStamp *stamp(const std::string &Path);

  /// Reads the file: to be asked only if the stamp is not the expected one.
  std::optional<ContentHash> content(const std::string &Path);

  /// stamp(), where it can be trusted from now on.
  FileStamp stampToKeep(const std::string &Path);

  unsigned filesHashed() const { return Hashed; }

private:
  struct State {
    std::optional<FileStamp> Stamp;
    std::optional<ContentHash> Content;
    bool Read = false;
  };
  State &of(const std::string &Path);

  llvm::StringMap<State> Known;
  std::int64_t Start = nanosecondsNow();
  unsigned Hashed = 0;
};

} // namespace threadbare::driver
