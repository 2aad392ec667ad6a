// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of files that do not depend on where the sources are.
//
// A summary is made on one machine, kept in a cache and linked on another, each time in another folder. So a summary
// names a file below the folder of all sources, the root, relative to it and with "./" in front, which no absolute path
// and no name of anything else begins with: "./src/server.cpp". Other files, such as system headers, keep their
// absolute path. Who links puts a root back in front.
#pragma once

#include "model/Summary.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace threadbare {

/// \p Path, absolute and without dots, relative to the first of \p Roots that it is below; as it is if there is none.
std::string nameBelowRoots(llvm::StringRef Path, llvm::ArrayRef<std::string> Roots);

/// The other way: "./src/a.cpp" below \p Root; other names as they are.
std::string pathFromRoot(llvm::StringRef Name, llvm::StringRef Root);

/// Puts \p Root, an absolute path, in front of every relative name of a file in \p Unit.
void restoreRoot(UnitSummary &Unit, llvm::StringRef Root);

} // namespace threadbare
