// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a summary was made of: every file that was read for it, with what tells whether it is still the same, and every
// name that was looked up besides, since a header that appears earlier in the include path changes a unit as well.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace threadbare {

/// xxh3 of some content, 128 bits: files that differ have different ones.
struct ContentHash {
  std::uint64_t High = 0;
  std::uint64_t Low = 0;
  bool operator==(const ContentHash &) const = default;
};

ContentHash hashContent(llvm::StringRef Bytes);

/// What stat(2) says of a file, times in nanoseconds since 1970. One with all members 0 is never trusted: the file has
/// to be hashed.
struct FileStamp {
  std::uint64_t Size = 0;
  std::int64_t Modified = 0;
  std::int64_t Changed = 0; ///< of the inode: nobody can set it back
  bool operator==(const FileStamp &) const = default;
};

/// A path in two parts, without the slash between them, as indexes into Reading::Strings: the files of a unit share few
/// directories.
struct PathIndex {
  std::uint32_t Directory = 0;
  std::uint32_t Name = 0;
  bool operator==(const PathIndex &) const = default;
};

/// A file that was read or a directory that was listed (then the content is the list).
struct InputFile {
  PathIndex Path;
  FileStamp Stamp;
  ContentHash Content;
};

/// One way in which a translation unit was read.
struct Reading {
  std::vector<std::string> Strings;
  std::vector<InputFile> Files;
  std::vector<PathIndex> Present; ///< were there; what is in them was not looked at
  std::vector<PathIndex> Absent;  ///< were looked for and not there
  ContentHash Object;             ///< where the summary is stored

  /// Absolute, as the compiler asked for it. Sets \p Storage.
  llvm::StringRef path(PathIndex P, std::string &Storage) const;
};

std::string storeReadings(llvm::ArrayRef<Reading> Readings);

/// Fails if \p Bytes are truncated, damaged or of another version.
llvm::Expected<std::vector<Reading>> loadReadings(llvm::StringRef Bytes);

} // namespace threadbare
