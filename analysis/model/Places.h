// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Summary.h"

namespace threadbare {

/// Calls \p Visit with every place that \p Unit names, in the order of its tables.
template <class Visitor> void forEachPlace(const UnitSummary &Unit, Visitor Visit) {
  for (const Op &O : Unit.Ops)
    Visit(O.At);
  for (const Local &L : Unit.Locals)
    Visit(L.At);
  for (const Function &F : Unit.Functions)
    Visit(F.At);
  for (const Symbol &S : Unit.Symbols)
    Visit(S.At);
  for (const Place &P : Unit.Expansions)
    Visit(P);
}

} // namespace threadbare
