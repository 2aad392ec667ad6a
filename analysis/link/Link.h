// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Summaries of translation units -> the whole program. No Clang.
#pragma once

#include "model/Summary.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace threadbare {

class Program;

struct LinkOptions {
  /// Every unit of the program was read: "every override", "every caller" are known. Otherwise such facts hold only for
  /// what no other unit can reach.
  bool ClosedWorld = false;
  /// What to do instead: (replacement set, ecosystem) -> text, "" where nothing is known.
  std::function<std::string(llvm::StringRef Set, llvm::StringRef Ecosystem)> Replacement;
};

/// Joins the units. The program refers to them: they must outlive it.
std::unique_ptr<Program, void (*)(Program *)> link(std::vector<const UnitSummary *> Units, LinkOptions Options);

/// How often each reason for silence occurred while linking and checking (see --stats).
const std::map<std::string, std::uint64_t> &silences(const Program &P);

} // namespace threadbare
