// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which translation units begin alike: with the same command, in the same folder, with the same includes in the same
// order.
#pragma once

#include "driver/CompileCommands.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace threadbare::driver {

/// What two units or more have in common.
struct Stem {
  std::optional<std::size_t> Parent; ///< the stem that this one goes on from; its index is smaller
  std::size_t Like = 0;              ///< one of the units
  std::string Text; ///< all directives from the top of the file, a line for each; begins with the parent's
};

struct Stems {
  std::vector<Stem> All;
  std::vector<std::optional<std::size_t>> Of; ///< unit -> the longest stem that it grows from
};

struct StemUnit {
  const CompileUnit *Unit = nullptr; ///< null: it shares nothing
  const void *Kind = nullptr;        ///< units of different kinds share nothing
};

Stems findStems(llvm::ArrayRef<StemUnit> Units);

} // namespace threadbare::driver
