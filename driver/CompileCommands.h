// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// compile_commands.json, and what Clang's frontend accepts of it.
#pragma once

#include "driver/Flags.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace threadbare::driver {

/// One command of the database.
struct CompileUnit {
  std::string File; ///< absolute, without dots
  std::string Directory;
  std::vector<std::string> Arguments; ///< as they are written; see CommandFilter

  /// The index of the argument that names the file; nothing if none does, or several do.
  std::optional<std::size_t> fileArgument() const;
};

struct CompileDatabase {
  std::string Path; ///< of compile_commands.json
  std::vector<CompileUnit> Units;
};

/// Makes commands fit for Clang's frontend. Only for what is read: big databases have thousands of long ones.
class CommandFilter {
public:
  explicit CommandFilter(std::string ResourceDirectory) : ResourceDirectory(std::move(ResourceDirectory)) {}

  std::vector<std::string> operator()(const CompileUnit &Unit);

  /// Flags of other compilers that Clang does not know and that were dropped so far; sorted, each once.
  std::vector<std::string> droppedFlags() const { return Flags.unknown(); }

private:
  std::string ResourceDirectory;
  FlagFilter Flags;
};

/// The database in \p BuildDirectory (a folder or the file itself) or, if that is empty, the nearest one from
/// \p Start upward, in each folder or its folder "build".
llvm::Expected<std::string> findDatabase(llvm::StringRef BuildDirectory, llvm::StringRef Start);

llvm::Expected<CompileDatabase> loadDatabase(llvm::StringRef Path);

/// Where Clang's own headers are: our binary lives elsewhere, so the frontend cannot know.
llvm::Expected<std::string> findResourceDirectory();

} // namespace threadbare::driver
