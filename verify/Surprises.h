// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a run saw and the analysis did not: coroutines that were stopped where there is no finding.
#pragma once

#include "verify/Sightings.h"

#include <string>
#include <vector>

namespace threadbare::verify {

/// One place in the user's code from which a resumed coroutine's thread was stopped.
struct Surprise {
  Location At;        ///< the innermost place that is the user's own; no line if debug information has none
  std::string Caller; ///< the function there
  std::string Callee; ///< what it calls, with its scopes and without its parameters
  std::string Waits;  ///< the C library's function at the end
  unsigned Times = 0;
  double LongestMillis = 0;
  bool IsKnown = false; ///< the analysis knows that the callee blocks: another way to get there must have escaped it
};

/// In the order of their places. \p Claims are what the analysis did see.
std::vector<Surprise> surprises(const Run &R, llvm::ArrayRef<Claim> Claims, Symbolizer &Names);

/// An entry of the list `blocking:` of a threadbare.yaml that would have made the analysis see it.
std::string lesson(const Surprise &S);

} // namespace threadbare::verify
