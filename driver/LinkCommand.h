// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/CheckCommand.h"

#include <string>
#include <vector>

namespace threadbare::driver {

/// `threadbare link`, as it was asked for.
struct LinkRequest : ReportRequest {
  std::vector<std::string> Files; ///< summaries, in any order
  std::string Checks;
  std::string Root;          ///< the folder that the sources are in; "": the working directory
  bool OpenWorld = false;    ///< there is code that is in none of the files
  bool ExitZero = false;     ///< findings are no failure
  bool Stats = false;
  unsigned Jobs = 0;         ///< threads that read the files; 0: one for each core
};

/// Joins summaries into a program and reports what is wrong with it. A build action: reads nothing but the summaries,
/// and what it writes does not depend on their order, nor, without a root, on the folder.
ExitStatus runLink(const LinkRequest &Request);

} // namespace threadbare::driver
