// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Summary.h"

#include "clang/AST/PrettyPrinter.h"
#include "clang/Basic/FileEntry.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace clang {
class Decl;
class TemplateArgument;
class SourceManager;
} // namespace clang

namespace threadbare {

/// Names files as summaries do, also where Clang prints a type without a name: "(lambda at ./src/a.cpp:3:5)".
class FileNames : public clang::PrintingCallbacks {
public:
  /// \p Roots as in ExtractOptions; must outlive this.
  FileNames(const clang::SourceManager &Sources, llvm::ArrayRef<std::string> Roots) : Sources(Sources), Roots(Roots) {}
  virtual ~FileNames() = default;

  std::string of(clang::FileEntryRef File) const { return remapPath(File.getName()); }
  std::string remapPath(llvm::StringRef Path) const override;

private:
  const clang::SourceManager &Sources;
  llvm::ArrayRef<std::string> Roots;
};

/// Gives declarations their identity over the whole program. A USR alone is none: what has internal linkage in
/// a/util.cpp and b/util.cpp has the same one (only the base name of the file enters), and so has every main. There the
/// path of the file is part of the identity, and for a lambda its place and the function it is written in.
class Identity {
public:
  Identity(const clang::SourceManager &Sources, const FileNames &Files) : Sources(Sources), Files(Files) {}
  SymbolId of(const clang::Decl *D);

private:
  SymbolId compute(const clang::Decl *D);
  void addUnnamed(llvm::ArrayRef<clang::TemplateArgument> Args, llvm::SmallVectorImpl<char> &Text, unsigned Depth);
  std::string fileOf(const clang::Decl *D) const;
  const clang::SourceManager &Sources;
  const FileNames &Files;
  llvm::DenseMap<const clang::Decl *, SymbolId> Known;
};

} // namespace threadbare
