// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Summary.h"

namespace llvm {
class raw_ostream;
}

namespace threadbare {

/// A term as people can read it: `(*param0).hits`, `closure(…)[&local n]`. For debugging and tests.
std::string describe(const UnitSummary &Unit, TermIndex T);

/// Every function of the unit with its blocks and operations, one a line.
void dump(llvm::raw_ostream &Out, const UnitSummary &Unit);

} // namespace threadbare
