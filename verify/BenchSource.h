// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of the programs that are made for findings whose code can be called alone.
#pragma once

#include "verify/Campaign.h"

#include <string>
#include <vector>

namespace threadbare::verify {

/// One finding as part of a generated program.
struct Benched {
  const Claim *Of = nullptr;
  unsigned Number = 0;            ///< its functions in the program end in it
  std::vector<std::string> Calls; ///< expressions that call its functions: "::handle()"
  std::string Variable;           ///< an expression for the counter; "" if the program cannot name it

  bool isCounter() const { return Of->Check == "threadbare-unsynchronized-shared-counter"; }
  bool isWrapper() const { return Of->Check == "threadbare-async-over-thread-pool"; }
};

/// Fails if a function has no name to be called by. Arguments come from a line `// threadbare: call with (...)` above
/// it.
llvm::Expected<Benched> describeForBench(const Claim &C, unsigned Number);

/// What all programs have in common.
llvm::StringRef benchPrologue();

/// The whole program.
std::string benchSource(llvm::StringRef UserFile, llvm::ArrayRef<Benched> Findings);

} // namespace threadbare::verify
