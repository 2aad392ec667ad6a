// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "driver/CompileCommands.h"

#include <cstddef>

namespace threadbare::driver {

/// The index of a unit that includes \p Header (an absolute path), the likeliest first: a source of the same name,
/// one whose text names it, any other. The number of units if none does.
std::size_t findIncluder(const CompileDatabase &Database, CommandFilter &Filter, llvm::StringRef Header);

} // namespace threadbare::driver
