// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One generated program: what of a source file's findings can be called in it, and what it is for.
#pragma once

#include "verify/BenchCompiler.h"

#include <string>
#include <vector>

namespace threadbare::verify {

class BenchProgram {
public:
  /// \p Stem: where its files go, without their extensions.
  BenchProgram(const Unit &U, const Settings &S, std::string Stem);

  /// Why a claim cannot be part of it; "" if it is now. Fails if there is no compiler or no Google Benchmark.
  llvm::Expected<std::string> take(const Claim &C);

  bool isEmpty() const { return Findings.empty(); }

  /// Judges its claims by runs of itself, and adds what the benchmarks say.
  llvm::Error judge(const Listener &L);

private:
  llvm::Expected<std::string> makeCallable(Benched &B);
  llvm::Error nameVariable(Benched &B);

  const Settings &S;
  std::string Stem;
  BenchCompiler Made;
  std::vector<Benched> Findings;
};

} // namespace threadbare::verify
