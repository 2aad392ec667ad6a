// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/CompileCommands.h"

#include "model/Summary.h"

#include "llvm/Support/Error.h"

namespace threadbare::catalog {
class Catalog;
}

namespace threadbare::driver {

/// Reads one translation unit. Changes the working directory of the process and leaves the AST behind: made for a
/// process that ends afterwards. Fails, with the first error as one line, if the unit does not parse.
llvm::Expected<UnitSummary> readUnit(const CompileUnit &Unit, const catalog::Catalog &Catalog);

} // namespace threadbare::driver
