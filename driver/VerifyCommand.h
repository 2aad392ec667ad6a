// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/CheckCommand.h"

namespace threadbare::driver {

/// `threadbare verify`, as it was asked for.
struct VerifyRequest {
  std::string Findings; ///< SARIF of `threadbare check`
  std::string BuildDirectory;
  std::string BuildCommand;
  std::string Allow;                ///< a file of patterns for functions that may block; "": none
  std::string Output;               ///< "": the verdicts are printed only
  std::vector<std::string> Command; ///< none: micro-benchmarks are generated
  double Budget = 30;
  double Timeout = 120;
  bool Quiet = false;
  bool KeepScratch = false;
  std::string Keep; ///< where generated programs go and stay; "": nowhere
};

/// Findings: something was confirmed.
ExitStatus runVerify(const VerifyRequest &Request);

/// `threadbare learn`: Output is where the lines for threadbare.yaml go. Findings: there was something to learn.
ExitStatus runLearn(const VerifyRequest &Request);

/// `threadbare check --verify -- COMMAND`
ExitStatus runCheckAndVerify(const CheckRequest &Check, VerifyRequest Verify);

} // namespace threadbare::driver
