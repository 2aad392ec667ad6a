// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions below which blocking is meant, by patterns of their names: one on each line, '#' begins a comment.
#pragma once

#include "verify/Trace.h"

namespace threadbare::verify {

class AllowList {
public:
  /// Fails with one line if the file cannot be read.
  static llvm::Expected<AllowList> load(llvm::StringRef Path);

  /// By a frame's name with or without its parameters; inlined functions have names too.
  bool allows(const Frame &F) const;

  bool empty() const { return Patterns.empty(); }
  void write(llvm::raw_ostream &OS) const;

private:
  std::vector<std::string> Patterns;
};

} // namespace threadbare::verify
