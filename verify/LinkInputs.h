// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What else the program is linked from that a source file belongs to.
#pragma once

#include "verify/ProbedBuild.h"

#include <string>
#include <vector>

namespace threadbare::verify {

/// Words for a linker: the other objects, archives and libraries, with absolute paths, of the first program or library
/// that is made of the unit's object. From Ninja, which is asked, or from the link.txt that CMake writes for make.
/// Fails if that says nothing, or one of the files has not been built.
llvm::Expected<std::vector<std::string>> linkInputs(const Unit &U, llvm::StringRef Folder);

/// The words of a linker's command that say what is linked, but for \p Own; none if it makes an archive. Paths are
/// relative to
/// \p Directory.
std::vector<std::string> inputsOf(llvm::StringRef Command, llvm::StringRef Directory, llvm::StringRef Own);

} // namespace threadbare::verify
