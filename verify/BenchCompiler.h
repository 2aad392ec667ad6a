// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a generated program is compiled: as the user's file is, by the Clang that the probes are for.
#pragma once

#include "verify/BenchSource.h"

#include <string>
#include <vector>

namespace threadbare::verify {

/// What of a unit's command says how the file is to be understood.
std::vector<std::string> languageFlags(const Unit &U);

class BenchCompiler {
public:
  /// \p Stem: where the program goes; its sources have extensions.
  BenchCompiler(const Unit &U, const BuildRequest &Build, std::string Stem);

  bool isC() const { return InC; }

  /// What is wrong with a program for this finding; "" if nothing is. Fails if there is no compiler or no Google
  /// Benchmark.
  llvm::Expected<std::string> check(const Benched &B);

  /// Writes the program and builds it: alone if it can be, otherwise with the rest of the user's program.
  llvm::Error build(llvm::ArrayRef<Benched> Findings);

  /// What builds it once more, for a shell. The environment may add flags.
  std::string shellCommand(const std::string &Output) const;
  /// The user's file, as this compiler's.
  Unit unit() const;

private:
  using Words = std::vector<std::string>;

  Words compiler() const;
  Words compilerOfC() const;
  std::vector<Words> commands(const std::string &Output) const;
  llvm::Expected<std::string> complaintOf(std::vector<Words> Commands) const;
  llvm::Expected<std::string> precompile();

  const Unit &User;
  const BuildRequest &Build;
  std::string Stem;
  std::string Hidden; ///< where files go that are nobody's to read
  bool InC;
  bool IsPrecompiled = false;
  bool Open = false; ///< private members can be named, too
  Words Linked;      ///< other objects of the user's program
};

} // namespace threadbare::verify
