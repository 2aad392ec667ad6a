// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lines of sources that a link can need, taken when a unit is read and put together again where the sources may not
// be: the lines that findings quote, and those that say NOLINT.
#pragma once

#include "model/Finding.h"
#include "model/Summary.h"
#include "model/SummaryFile.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/IntrusiveRefCntPtr.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/VirtualFileSystem.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace threadbare::driver {

/// Reads them from the files of \p Unit; \p Root is the folder that its names are relative to.
std::vector<Excerpt> takeExcerpts(const UnitSummary &Unit, llvm::StringRef Root);

/// Files that consist of the lines that somebody asked for, each under its number, with nothing between them.
class QuotedFiles {
public:
  /// Asks for the line of \p At, and for all lines of its file that say NOLINT.
  void want(const Location &At) { Wanted[At.File][At.Line]; }
  bool wantsNothing() const { return Wanted.empty(); }

  /// Takes what is wanted out of \p Given. Which unit says it makes no difference.
  void add(llvm::ArrayRef<Excerpt> Given, llvm::StringRef Root);

  /// Puts the files, under their absolute paths, into \p Files.
  void write(llvm::vfs::InMemoryFileSystem &Files) const;

  /// The name of the file that \p File is a link to; \p File itself where it is none.
  std::string behind(llvm::StringRef File) const;

private:
  std::map<std::string, std::map<std::uint32_t, std::string>, std::less<>> Wanted;
  std::map<std::string, std::string, std::less<>> Links;
};

} // namespace threadbare::driver
