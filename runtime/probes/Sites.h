// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace threadbare::probes {

/// A place in the source whose accesses are to be probed.
struct Site {
  unsigned Id = 0;
  unsigned Line = 0;
  unsigned Column = 0; ///< where the expression begins
  enum class Role { Change, Read, Call } Is = Role::Change;
};

/// The places to probe, by file.
class Sites {
public:
  /// Reads {"sites": [{"id": 0, "file": "/abs/a.cpp", "line": 3, "column": 5, "role": "change"}, ...]}.
  static llvm::Expected<Sites> load(llvm::StringRef Path);

  /// Those in a file, by its name as debug information has it.
  const std::vector<Site> &in(llvm::StringRef Directory, llvm::StringRef File) const;

private:
  llvm::StringMap<std::vector<Site>> ByFile; ///< by real path
};

} // namespace threadbare::probes
