// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <chrono>
#include <optional>
#include <string>

namespace threadbare::driver {

class Cache;

/// How long the files of a database took to read the last time. Decides about the order of the work and nothing else.
class Durations {
public:
  /// Those that the cache remembers for \p Name.
  Durations(Cache &Stored, std::string Name);

  std::optional<std::chrono::milliseconds> of(llvm::StringRef File) const;
  void set(llvm::StringRef File, std::chrono::milliseconds Took) { Known[File] = Took.count(); }
  void store();

private:
  Cache &Stored;
  std::string Name;
  llvm::StringMap<long long> Known;
};

} // namespace threadbare::driver
