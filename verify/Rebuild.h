// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What has to be compiled again so that probes are where they should be, and by which tool.
#pragma once

#include "verify/ProbedBuild.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <map>
#include <string>
#include <vector>

namespace threadbare::verify {

std::string absolute(llvm::StringRef Path, llvm::StringRef Directory);

/// What a program prints; "" if it fails, or there is none of that name.
std::string printed(std::vector<llvm::StringRef> Words);

/// What a unit is compiled into; "" if its command does not say.
std::string objectOf(const Unit &U);

/// The compiler that a command runs: the first word that is no launcher.
std::string compilerOf(const Unit &U);

/// The command that brings a build folder up to date; none if we know of no way.
std::vector<std::string> buildTool(llvm::StringRef Folder);

/// Which files each object was made of when the build tool last made it.
class Dependencies {
public:
  /// From Ninja's log, or from the files that compilers write beside the objects (-MD). Neither changes the folder.
  static Dependencies read(llvm::StringRef Folder, llvm::ArrayRef<Unit> Units);

  /// From what `ninja -t deps` prints; its paths are relative to \p Folder.
  void addNinja(llvm::StringRef Printed, llvm::StringRef Folder);
  /// From a rule for make, whose paths are relative to \p Directory.
  void addRule(llvm::StringRef Object, llvm::StringRef Rule, llvm::StringRef Directory);

  /// Absolute paths; null if nothing is known of that object.
  const std::vector<std::string> *of(llvm::StringRef Object) const;

private:
  std::map<std::string, std::vector<std::string>, std::less<>> Files; ///< by the object's absolute path
};

/// The units whose own files have places, and those that include a header that has: the linker may take any unit's copy
/// of an inline function. What may include it, for all that is known, is compiled again too. Without places, all are,
/// for their lines. \p Known is asked only if a place is in a header.
std::vector<const Unit *> unitsToCompile(llvm::ArrayRef<Unit> Units, llvm::ArrayRef<ProbedPlace> Places,
                                         llvm::function_ref<Dependencies()> Known);

} // namespace threadbare::verify
