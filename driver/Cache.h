// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Summaries of earlier runs. A unit is known by its main file, its command and what else the result depends on; for
// each, a list of readings says of which files a summary was made. If all of them are what they were, the summary is
// good, and a few calls of stat(2) are all that it costs.
//
// Whatever is wrong with the cache (damaged, full, read-only, of somebody else) costs time and nothing else.
#pragma once

#include "driver/CacheKeys.h"
#include "driver/FileStates.h"

#include "model/Inputs.h"
#include "model/Summary.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace threadbare::driver {

class Cache {
public:
  /// What became of a unit: a summary, or an error.
  struct Hit {
    std::optional<UnitSummary> Unit;
    std::unique_ptr<llvm::MemoryBuffer> Stored; ///< what the unit was loaded from
    std::string Failure;                        ///< why it cannot be parsed
  };
  struct Size {
    std::uint64_t Units = 0, Summaries = 0, Bytes = 0;
  };

  explicit Cache(CacheOptions Options);

  /// What is known of a unit all of whose inputs are unchanged.
  std::optional<Hit> find(const ContentHash &Unit);

  void store(const ContentHash &Unit, Reading Inputs, llvm::StringRef Summary);
  /// The same of a unit that cannot be parsed.
  void storeFailure(const ContentHash &Unit, Reading Inputs, llvm::StringRef Why);

  /// Small data that belongs to a name: "" if there is none.
  std::string note(llvm::StringRef Name);
  void storeNote(llvm::StringRef Name, llvm::StringRef Bytes);

  /// Removes what was not used for longest until the limit is kept. To be called when all is stored.
  void prune();

  /// Removes everything and says how much it was. Fails if something stays.
  llvm::Expected<Size> clear();
  Size size() const;

  bool isUsed() const { return Options.Use; }
  llvm::StringRef directory() const { return Options.Directory; }
  std::uint64_t limit() const { return Options.Limit ? Options.Limit : DefaultCacheLimit; }

  /// Why something could not be stored, or ""; the first reason.
  const std::string &problem() const { return Problem; }
  unsigned filesHashed() const { return States.filesHashed(); }

private:
  bool isCurrent(Reading &R, bool &Refreshed);
  std::optional<Hit> load(const ContentHash &Object);
  std::vector<Reading> readings(const ContentHash &Unit);
  std::string path(const llvm::Twine &Name) const;
  void write(const std::string &Path, const ContentHash &Key, llvm::StringRef Bytes);

  CacheOptions Options;
  FileStates States;
  std::string Problem;
  bool Wrote = false;
};

} // namespace threadbare::driver
