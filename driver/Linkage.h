// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From summaries to what is reported: the second half of `threadbare check`, and all of `threadbare link`.
#pragma once

#include "driver/KnownFindings.h"
#include "driver/Sieve.h"

#include "link/Link.h"
#include "model/Summary.h"
#include "report/Report.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace threadbare::driver {

/// The units of a program. What is found does not depend on the order in which they come.
class Linkage {
public:
  explicit Linkage(Sieve &Results) : Results(Results) {}

  /// Where to look for what an earlier run found in the same units, and to keep what this one finds.
  void remember(KnownFindings &Earlier) { Known = &Earlier; }

  /// Of the bytes that a unit was loaded from.
  static std::uint64_t hashOf(llvm::StringRef Stored);
  /// Takes a unit and the hash of it. The same source in two targets says the same twice, and would make each of its
  /// functions ambiguous: of equal ones the first is kept.
  void add(UnitSummary Unit, std::uint64_t Hash);

  /// Asks every check that a unit wants, shows \p BeforeJudging what was found, and adds to \p What what is to be
  /// reported. Returns how often each reason for silence occurred.
  std::map<std::string, std::uint64_t>
  ask(LinkOptions Options, report::Report &What,
      llvm::function_ref<void(llvm::ArrayRef<Finding>)> BeforeJudging = [](llvm::ArrayRef<Finding>) {});

private:
  ProgramFindings find(LinkOptions Options);
  std::string describe(const LinkOptions &Options) const;

  Sieve &Results;
  KnownFindings *Known = nullptr;
  /// By main file and hash: an order that nothing but the units themselves decides.
  std::map<std::pair<std::string, std::uint64_t>, UnitSummary> Units;
  /// Kept for as long as the units.
  std::unique_ptr<Program, void (*)(Program *)> Whole{nullptr, nullptr};
};

/// One file may have several names, through symbolic links. Gives all results in it the least of them. \p Behind says
/// what is behind a name.
void nameFilesOnce(report::Report &What, llvm::function_ref<std::string(llvm::StringRef)> Behind);

} // namespace threadbare::driver
