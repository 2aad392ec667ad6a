// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Findings as claims to be tested: read from SARIF, and written back with what the tests gave.
#pragma once

#include "model/Finding.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>
#include <vector>

namespace threadbare::verify {

enum class Outcome {
  Confirmed,     ///< the rule of its kind held
  NotReproduced, ///< the place ran under the conditions that matter, and the budget was spent
  NotExercised,  ///< the place did not run, or not under those conditions
};

llvm::StringRef spell(Outcome O);

/// What was found out about one claim.
struct Verdict {
  std::optional<Outcome> Is;        ///< none: it could not be measured, and Summary says why
  std::string Summary;              ///< one line, for the table
  std::vector<std::string> Details; ///< lines of the report: stacks
  llvm::json::Object Evidence;      ///< for programs
};

/// One finding that is not suppressed.
struct Claim {
  std::string Check; ///< "threadbare-unsynchronized-shared-counter"
  Location At;
  std::string Message; ///< without the advice
  std::string Function;
  std::vector<Spot> Spots;
  std::size_t Run = 0, Result = 0; ///< where it stands in the log
};

/// A SARIF log of `threadbare check`.
class ClaimsFile {
public:
  static llvm::Expected<ClaimsFile> load(llvm::StringRef Path);

  const std::vector<Claim> &claims() const { return List; }
  void attach(const Claim &C, const Verdict &V);
  void write(llvm::raw_ostream &OS) const;

private:
  llvm::json::Value Log = nullptr;
  std::vector<Claim> List;
};

} // namespace threadbare::verify
