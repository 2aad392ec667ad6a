// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"

#include <string>

namespace threadbare::driver {

/// \p Path made absolute against \p Directory (or the working directory), without dots. Symbolic links stay: people
/// know their files by the names that they gave them.
std::string absolutePath(const llvm::Twine &Path, llvm::StringRef Directory = "");

/// What the file system says is behind \p Path; \p Path itself where it says nothing.
std::string realPath(llvm::StringRef Path);

/// Whether \p Path is \p Directory or stands below it. Both absolute and without dots.
bool isBelow(llvm::StringRef Path, llvm::StringRef Directory);

} // namespace threadbare::driver
