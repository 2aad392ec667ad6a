// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Summary.h"

#include "llvm/Support/Error.h"

namespace threadbare {

/// Whether every index, range and enumerator of \p Unit is inside its table, so that whoever reads it need not ask
/// again. Terms refer only to terms before them: walking one always ends.
llvm::Error verifySummary(const UnitSummary &Unit);

} // namespace threadbare
