// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a source begins: what several sources begin with alike needs to be parsed only once.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstddef>
#include <string>
#include <vector>

namespace threadbare::driver {

/// An #include, or an #if ... #endif with nothing but includes in it.
struct OpeningDirective {
  llvm::StringRef Text; ///< as it is written, of the source
  std::size_t End;      ///< offset behind it
};

/// The directives at the top of \p Source, up to the first token that is something else. \p Source ends with a null
/// character, as a MemoryBuffer's text does.
std::vector<OpeningDirective> openingOf(llvm::StringRef Source);

/// \p Source with blanks for all that stands before \p End. Lines and columns stay what they are.
std::string withoutOpening(llvm::StringRef Source, std::size_t End);

} // namespace threadbare::driver
