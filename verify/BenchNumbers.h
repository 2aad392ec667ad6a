// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a generated program measures when it is run without probes: each benchmark once, and then, in rounds, those that
// are to be compared.
#pragma once

#include "verify/BenchSource.h"
#include "verify/Comparison.h"

#include <map>
#include <string>
#include <vector>

namespace threadbare::verify {

/// Benchmarks that are compared in rounds of their own, so that the times of one round are close to each other.
struct Contest {
  std::string Where; ///< "2 threads"
  std::string Base;  ///< the name of a benchmark: "atomic_0/real_time/threads:2"
  std::string BaseAgain;
  struct Other {
    std::string Name;   ///< of a benchmark
    std::string Said;   ///< "the mutex takes"
    std::string IfMore; ///< what is said if it takes longer; "" if it is another way to do the same as the base
  };
  std::vector<Other> Others;
  std::string BaseSaid; ///< "the atomic"
};

/// What of one finding is worth comparing.
std::vector<Contest> contestsOf(const Benched &B);

/// "2 threads: the mutex takes 2.10 [1.95 2.30] times as long as the atomic: the atomic is 2.1 times faster here"
std::string describe(const Contest &In, const Contest::Other &Other, const Comparison &C);

/// "faster", "slower" or "inconclusive": the other, than the base.
llvm::StringRef spell(const Comparison &C);

class BenchNumbers {
public:
  /// Runs the program \p Stem. The rounds for one finding take about \p Budget seconds at most, or there are none; a
  /// single run may take \p Timeout seconds.
  static llvm::Expected<BenchNumbers> measure(std::string Stem, llvm::ArrayRef<Benched> Findings, double Budget,
                                              double Timeout);

  /// Adds the lines of one finding.
  void addTo(Verdict &V, const Benched &B) const;

private:
  struct Outcome {
    Contest Of;
    std::vector<Comparison> Others; ///< as in Of; none if there was no time
  };

  BenchNumbers(std::string Stem, double Timeout) : Stem(std::move(Stem)), Timeout(Timeout) {}
  llvm::Expected<llvm::json::Array> run(std::string Filter, double MinimumSeconds, bool Shuffled) const;
  llvm::Expected<Outcome> hold(const Contest &C, const llvm::json::Array &Before, double Budget) const;

  std::string Stem;
  double Timeout;
  std::map<unsigned, llvm::json::Array> Once; ///< by the finding's number
  std::map<unsigned, std::vector<Outcome>> Outcomes;
};

} // namespace threadbare::verify
