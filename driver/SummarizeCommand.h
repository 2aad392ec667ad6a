// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/CheckCommand.h"
#include "driver/Workers.h"

#include <string>
#include <vector>

namespace threadbare::driver {

/// `threadbare summarize`, as it was asked for. What is empty is taken from the command.
struct SummarizeRequest {
  std::string Source;
  std::string Output;
  std::string DependencyFile;
  std::string Root;       ///< the folder of all sources; "": the working directory
  std::string ConfigFile; ///< in place of the .clang-tidy files next to the source and above it
  WorkerLimits Limits;
  /// How the source is compiled: flags, the compiler in front of them or not, or the whole command.
  std::vector<std::string> Command;
};

/// Reads one translation unit and writes its summary. A build action: what is written depends on nothing but the files
/// that it names in the dependency file, and on none of the folders above the root.
ExitStatus runSummarize(const SummarizeRequest &Request);

} // namespace threadbare::driver
