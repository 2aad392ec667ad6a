// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to Frontend.cpp and SharedParse.cpp: Clang's frontend as we use it.
#pragma once

#include "driver/Frontend.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"

#include <memory>
#include <optional>
#include <string>

namespace threadbare::driver {

/// Keeps the first error; nobody wants to read the ones that follow from it.
class FirstError : public clang::DiagnosticConsumer {
public:
  /// \p Directory must live as long.
  explicit FirstError(llvm::StringRef Directory) : Directory(Directory) {}
  void HandleDiagnostic(clang::DiagnosticsEngine::Level Level, const clang::Diagnostic &Info) override;
  const std::string &text() const { return Text; }

private:
  llvm::StringRef Directory;
  std::string Text;
};

/// Parses and puts the summary into \p Result, which stays empty if there are errors.
class ExtractFrontendAction : public clang::ASTFrontendAction {
public:
  ExtractFrontendAction(const catalog::Catalog &Catalog, const ReadOptions &Options, std::optional<UnitSummary> &Result)
      : Catalog(Catalog), Options(Options), Result(Result) {}
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &CI, llvm::StringRef) override;

private:
  const catalog::Catalog &Catalog;
  const ReadOptions &Options;
  std::optional<UnitSummary> &Result;
};

/// A compiler that does what \p Invocation says and no more than we need; null if it cannot.
std::unique_ptr<clang::CompilerInstance> makeCompiler(std::shared_ptr<clang::CompilerInvocation> Invocation,
                                                      clang::FileManager *Files,
                                                      std::shared_ptr<clang::PCHContainerOperations> PCHContainers,
                                                      clang::DiagnosticConsumer *Consumer, const ReadOptions &Options);

} // namespace threadbare::driver
