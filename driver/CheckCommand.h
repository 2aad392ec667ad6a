// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <vector>

namespace threadbare::driver {

enum class Format { Text, Sarif };

/// `threadbare check`, as it was asked for.
struct CheckRequest {
  std::vector<std::string> Files;
  std::string BuildDirectory;
  std::string Checks;
  Format As = Format::Text;
  std::string Output; ///< "" or "-": standard output
  unsigned Jobs = 0;  ///< 0: one for each core
  bool Quiet = false;
  bool Stats = false;
};

/// What the shell is told.
enum ExitStatus { NoFindings = 0, Findings = 1, RunFailed = 2 };

ExitStatus runCheck(const CheckRequest &Request);

} // namespace threadbare::driver
