// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Summary.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <string>

namespace threadbare {

/// Bumped whenever the meaning or layout of a stored summary changes.
inline constexpr std::uint32_t SummaryVersion = 4;

/// The stored form: a FlatBuffer whose vectors hold the unit's tables as they are in memory, with a checksum.
std::string storeSummary(const UnitSummary &Unit);

/// Fails, with one line that names \p Buffer's identifier, if the buffer is truncated, damaged, of another version
/// or refers outside of its tables.
llvm::Expected<UnitSummary> loadSummary(llvm::MemoryBufferRef Buffer);

} // namespace threadbare
