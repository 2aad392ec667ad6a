// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Micro-benchmarks for findings whose code can be called alone: a program around the user's own file, which the
// campaign runs in place of a command, and which Google Benchmark then measures without probes.
#pragma once

#include "verify/Campaign.h"

#include <string>
#include <vector>

namespace threadbare::verify {

/// Judges claims by generated programs, one for each source file. \p Folder is where the programs are written.
llvm::Error bench(llvm::ArrayRef<Claim> Claims, const Settings &S, llvm::StringRef Folder, const Listener &L);

} // namespace threadbare::verify
