// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clang's AST and CFG -> one UnitSummary. The only room that knows Clang's AST.
#pragma once

#include "model/Summary.h"

#include "clang/AST/ASTConsumer.h"

#include <functional>
#include <memory>

namespace clang {
class ASTContext;
class CompilerInstance;
class Sema;
} // namespace clang

namespace threadbare {

namespace catalog {
class Catalog;
}

struct ExtractOptions {
  /// Skip the bodies of functions in system headers (the driver does; clang-tidy's host has parsed them already).
  bool SkipSystemBodies = true;
  /// Paths (prefixes) of system headers that are read in full all the same.
  std::vector<std::string> ReadInFull;
  /// The names of the folder of all sources (one, or several by symbolic links), absolute and without dots. Files below
  /// it get the names that model/Roots.h describes, in places and in identities: then a summary is the same wherever
  /// that folder is. Without any, names are absolute.
  std::vector<std::string> Roots;
};

/// Reads a finished translation unit. \p S is null where the host has none left (clang-tidy); then templates that
/// nobody instantiated are read as patterns.
UnitSummary extractUnit(clang::ASTContext &Context, clang::Sema *S, const catalog::Catalog &Catalog,
                        const ExtractOptions &Options);

/// A consumer that skips system bodies while \p CI parses and, at the end of the unit, hands the summary to \p Done.
/// The caller sets FrontendOptions::SkipFunctionBodies. Units with errors are extracted as far as they go; ask the
/// diagnostics engine whether there were any.
std::unique_ptr<clang::ASTConsumer> makeExtractConsumer(clang::CompilerInstance &CI, const catalog::Catalog &Catalog,
                                                        ExtractOptions Options,
                                                        std::function<void(UnitSummary)> Done);

} // namespace threadbare
