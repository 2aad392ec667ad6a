// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What an earlier run found in the same program: the link of a large one takes longer than looking whether it changed.
#pragma once

#include "driver/Cache.h"

#include "model/Finding.h"

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace threadbare::driver {

struct ProgramFindings {
  std::vector<Finding> Found;
  std::map<std::string, std::uint64_t> Silences; ///< how often each reason for silence occurred
};

class KnownFindings {
public:
  /// \p Basis is whatever decides what is found besides the units and the checks.
  KnownFindings(Cache &Stored, std::string Basis) : Stored(Stored), Basis(std::move(Basis)) {}

  /// \p Program says which units and checks: equal texts mean equal findings.
  std::optional<ProgramFindings> find(llvm::StringRef Program);
  void store(llvm::StringRef Program, const ProgramFindings &Findings);

  bool used() const { return Used; }

private:
  std::string nameOf(llvm::StringRef Program) const;

  Cache &Stored;
  std::string Basis;
  bool Used = false;
};

} // namespace threadbare::driver
