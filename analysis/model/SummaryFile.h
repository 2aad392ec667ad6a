// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What leaves the machine: a stored summary together with all that the link would otherwise look up next to the sources.
//
// A link on a build farm has the summaries and nothing else. Which checks a unit's configuration asks for, what its own
// catalog says to write instead, where NOLINT stands and how the lines read that a finding quotes: all of that is known
// when the unit is read, and travels with it.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace threadbare {

/// Bumped whenever the meaning or layout of what stands around the summary changes.
inline constexpr std::uint32_t SummaryFileVersion = 2;

/// What .clang-tidy says for a unit: comma-separated globs and regular expressions; "" where it says nothing.
struct UnitSettings {
  std::string Checks;
  std::string WarningsAsErrors;
  std::string HeaderFilter;
  std::string ExcludedHeaders;
  std::string TestSeverity; ///< of findings in test code: "warning" or "remark"
};

/// What to write instead, from the project's own catalog.
struct Replacement {
  std::string Set;
  std::string Ecosystem; ///< "any" for all others
  std::string Text;
};

/// Some lines of a file.
struct Excerpt {
  std::string File;                   ///< named as in the summary (see Roots.h)
  std::string Behind;                 ///< the name of the file that this name is a link to; "" if it is none
  std::vector<std::uint32_t> Numbers; ///< of its lines, from 1, in ascending order
  std::string Lines;                  ///< each ends in a newline
};

struct UnitContext {
  UnitSettings Settings;
  std::vector<Replacement> Replacements;
  std::vector<Excerpt> Excerpts;
};

/// \p Summary is what storeSummary() gave. Equal arguments give equal bytes.
std::string storeSummaryFile(llvm::StringRef Summary, const UnitContext &Context);

/// A view of a file: valid as long as its bytes are.
struct SummaryFile {
  llvm::MemoryBufferRef Summary; ///< for loadSummary()
  UnitContext Context;
};

/// Which parts are copied: a link of a hundred thousand units does not hold their texts.
enum class WithExcerpts { No, Yes };

/// Fails, with one line that names \p Buffer's identifier, if the buffer is truncated, damaged, of another version or
/// something else. A bare stored summary is accepted; its context is empty.
llvm::Expected<SummaryFile> loadSummaryFile(llvm::MemoryBufferRef Buffer, WithExcerpts Which);

} // namespace threadbare
