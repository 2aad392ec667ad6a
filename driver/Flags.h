// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "llvm/ADT/StringSet.h"

#include <string>
#include <vector>

namespace threadbare::driver {

/// Takes out of commands what a build wants of its compiler and Clang's frontend refuses: flags that only GCC knows,
/// such as -fconcepts-diagnostics-depth=4, and what concerns the generated code alone, such as -flto=4.
class FlagFilter {
public:
  std::vector<std::string> operator()(std::vector<std::string> Arguments);

  /// The flags that Clang does not know, sorted, each once.
  std::vector<std::string> unknown() const;

private:
  llvm::StringSet<> Unknown;
};

} // namespace threadbare::driver
