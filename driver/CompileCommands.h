// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// compile_commands.json, made fit for reading: commands that Clang's frontend accepts, each once.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace threadbare::driver {

/// One distinct command of the database.
struct CompileUnit {
  std::string File; ///< absolute, without dots
  std::string Directory;
  std::vector<std::string> Arguments;
};

struct CompileDatabase {
  std::string Path; ///< of compile_commands.json
  std::vector<CompileUnit> Units;
  /// Flags of other compilers that Clang does not know and that were dropped; sorted, each once.
  std::vector<std::string> DroppedFlags;
};

/// The database in \p BuildDirectory (a folder or the file itself) or, if that is empty, the nearest one from
/// \p Start upward, in each folder or its folder "build".
llvm::Expected<std::string> findDatabase(llvm::StringRef BuildDirectory, llvm::StringRef Start);

llvm::Expected<CompileDatabase> loadDatabase(llvm::StringRef Path, llvm::StringRef ResourceDirectory);

/// Where Clang's own headers are: our binary lives elsewhere, so the frontend cannot know.
llvm::Expected<std::string> findResourceDirectory();

} // namespace threadbare::driver
