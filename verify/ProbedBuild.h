// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The user's program once more, with probes in it. The user's build stays as it is: a copy of the build folder stands
// in for it in a mount namespace, the objects of the files concerned are missing there, and the user's own build tool
// makes them again. Clang takes the flags for the probes from the environment (CCC_OVERRIDE_OPTIONS), so that no build
// file has to be understood, and linking needs nothing new.
#pragma once

#include "verify/Claims.h"
#include "verify/Command.h"

#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <vector>

namespace threadbare::verify {

/// One command of the compile database.
struct Unit {
  std::string File, Directory; ///< absolute
  std::vector<std::string> Arguments;
};

/// A place that probes are put at, and its number.
struct ProbedPlace {
  unsigned Site = 0;
  Spot Where;
};

struct BuildRequest {
  std::vector<Unit> Units;
  std::string Folder;  ///< the user's build, absolute
  std::string Command; ///< the user's own way to build; "": what the folder is made for, in a mount namespace
  std::string Plugin;  ///< threadbare-probes.so
  std::string Scratch; ///< a folder of ours
  double Seconds = 0;  ///< time limit
};

class ProbedBuild {
public:
  /// Builds; without places, for debug information only. Fails with one line that says what is missing.
  static llvm::Expected<ProbedBuild> create(const BuildRequest &Request, llvm::ArrayRef<ProbedPlace> Places);

  /// Makes \p C see the probed build in place of the user's.
  void enter(Command &C) const;

  /// Where the contents of a file of the build are, as seen from outside.
  std::string outside(llvm::StringRef Path) const;

private:
  std::string Copy, Folder; ///< both "" with a build command
};

} // namespace threadbare::verify
