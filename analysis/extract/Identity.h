// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Summary.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace clang {
class Decl;
class TemplateArgument;
class SourceManager;
} // namespace clang

namespace threadbare {

/// Gives declarations their identity over the whole program. A USR alone is none: what has internal linkage in
/// a/util.cpp and b/util.cpp has the same one (only the base name of the file enters), and so has every main. There the
/// path of the file is part of the identity, and for a lambda its place and the function it is written in.
class Identity {
public:
  explicit Identity(const clang::SourceManager &Sources) : Sources(Sources) {}
  SymbolId of(const clang::Decl *D);

private:
  SymbolId compute(const clang::Decl *D);
  void addUnnamed(llvm::ArrayRef<clang::TemplateArgument> Args, llvm::SmallVectorImpl<char> &Text, unsigned Depth);
  const clang::SourceManager &Sources;
  llvm::DenseMap<const clang::Decl *, SymbolId> Known;
};

/// The path of the file \p D is written in, absolute and free of "." and "..".
std::string pathOf(const clang::SourceManager &Sources, const clang::Decl *D);

} // namespace threadbare
