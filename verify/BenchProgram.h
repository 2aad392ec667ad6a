// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One generated program: what of a source file's findings can be called in it, how it is built, and what it is for.
#pragma once

#include "verify/BenchSource.h"

#include <string>
#include <vector>

namespace threadbare::verify {

/// What of a unit's command says how the file is to be understood.
std::vector<std::string> languageFlags(const Unit &U);

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
  using Words = std::vector<std::string>;

  std::vector<Words> commands(const std::string &Output, bool Check) const;
  llvm::Error write(llvm::ArrayRef<Benched> What) const;
  llvm::Expected<std::string> compiles(const Benched &B);
  llvm::Expected<std::string> makeCallable(Benched &B);
  llvm::Error nameVariable(Benched &B);
  llvm::Error build();
  llvm::Expected<std::string> run(Words Command, double Seconds) const;

  const Unit &User;
  const Settings &S;
  std::string Stem;
  std::vector<Benched> Findings;
  bool InC;
  bool Open = false; ///< private members can be named, too
  Words Linked;      ///< other objects of the user's program
};

} // namespace threadbare::verify
