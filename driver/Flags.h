// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

#include <string>
#include <vector>

namespace llvm::opt {
class Arg;
}

namespace threadbare::driver {

/// Takes out of commands what a build wants of its compiler and Clang's frontend refuses: flags that only GCC knows,
/// such as -fconcepts-diagnostics-depth=4, and what concerns the generated code alone, such as -flto=4.
class FlagFilter {
public:
  std::vector<std::string> operator()(std::vector<std::string> Arguments);

  /// The flags that Clang does not know, sorted, each once.
  std::vector<std::string> unknown() const;

private:
  bool isDropped(const llvm::opt::Arg &A);

  llvm::StringSet<> Unknown;
  llvm::DenseMap<unsigned, bool> ForGeneratedCode; ///< by option: big databases repeat themselves
};

} // namespace threadbare::driver
