// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/Cache.h"
#include "driver/Workers.h"

#include <string>
#include <vector>

namespace threadbare::driver {

enum class Format { Text, Sarif };

/// How the results are to be told.
struct ReportRequest {
  Format As = Format::Text;
  std::string Output; ///< "" or "-": standard output
  bool Quiet = false;
};

/// `threadbare check`, as it was asked for.
struct CheckRequest : ReportRequest {
  std::vector<std::string> Files;
  std::string BuildDirectory;
  std::string Checks;
  WorkerLimits Limits;
  CacheOptions Cache;
  bool KeepGoing = false; ///< files that were left out are no failure of the run
  bool SharePreambles = true; ///< files that begin alike are parsed together as far as they do
  bool Stats = false;
};

/// What the shell is told.
enum ExitStatus { NoFindings = 0, Findings = 1, RunFailed = 2 };

ExitStatus runCheck(const CheckRequest &Request);

} // namespace threadbare::driver
