// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of the programs that are made for findings whose code can be called alone.
#pragma once

#include "verify/Campaign.h"

#include <string>
#include <vector>

namespace threadbare::verify {

/// A call of one function of a finding.
struct BenchedCall {
  std::string Scope;            ///< "::app::Session"; "" if the function is in none
  std::string Name;             ///< "read"
  std::string Arguments = "()"; ///< as the user wrote them
  bool OfObject = false;        ///< of one object of the class Scope, which all threads share

  std::string text() const;
};

/// One finding as part of a generated program.
struct Benched {
  const Claim *Of = nullptr;
  unsigned Number = 0; ///< its functions in the program end in it
  std::vector<BenchedCall> Calls;
  std::string Variable; ///< an expression for the counter; "" if the program cannot name it
  bool InC = false;     ///< a C file stands between the user's file and the program

  bool isCounter() const { return Of->Check == "threadbare-unsynchronized-shared-counter"; }
  bool isWrapper() const { return Of->Check == "threadbare-async-over-thread-pool"; }
  std::string call(std::size_t I) const;
  std::string variable() const;
};

/// Fails if a function has no name to be called by. Arguments come from a line `// threadbare: call with (...)` above
/// it.
llvm::Expected<Benched> describeForBench(const Claim &C, unsigned Number);

/// What the variable of a counter may be called in a program that makes these calls.
std::vector<std::string> namesOfVariable(const Benched &B);

/// What all programs have in common.
llvm::StringRef benchPrologue();

/// What a program begins with, whichever findings it is of: the user's file, if it is C++, and the prologue.
std::string benchHead(llvm::StringRef UserFile, bool InC);
std::string benchTail(llvm::ArrayRef<Benched> Findings);

/// The whole program. Of findings in C, it is to be linked with benchSourceInC().
std::string benchSource(llvm::StringRef UserFile, llvm::ArrayRef<Benched> Findings);
std::string benchSourceInC(llvm::StringRef UserFile, llvm::ArrayRef<Benched> Findings);

} // namespace threadbare::verify
