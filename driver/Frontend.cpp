// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Extraction.h"
#include "driver/Paths.h"

#include "extract/Extract.h"

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Basic/Stack.h"
#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Frontend/MultiplexConsumer.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/BuryPointer.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <optional>

using namespace llvm;
using namespace clang;

namespace threadbare::driver {
namespace {

/// Extracts nothing from a unit that does not parse: nobody would read it, and a broken AST is full of surprises.
class UnlessBroken : public MultiplexConsumer {
public:
  UnlessBroken(DiagnosticsEngine &Diags, std::vector<std::unique_ptr<ASTConsumer>> Inner)
      : MultiplexConsumer(std::move(Inner)), Diags(Diags) {}

  void HandleTranslationUnit(ASTContext &Context) override {
    if (!Diags.hasErrorOccurred())
      MultiplexConsumer::HandleTranslationUnit(Context);
  }

private:
  DiagnosticsEngine &Diags;
};

} // namespace

void FirstError::HandleDiagnostic(DiagnosticsEngine::Level Level, const Diagnostic &Info) {
  DiagnosticConsumer::HandleDiagnostic(Level, Info);
  if (Level < DiagnosticsEngine::Error || !Text.empty())
    return;
  SmallString<128> Message;
  Info.FormatDiagnostic(Message);
  raw_string_ostream Stream(Text);
  if (Info.hasSourceManager() && Info.getLocation().isValid())
    if (PresumedLoc Place = Info.getSourceManager().getPresumedLoc(Info.getLocation()); Place.isValid())
      Stream << absolutePath(Place.getFilename(), Directory) << ':' << Place.getLine() << ':' << Place.getColumn()
             << ": ";
  Stream << "error: " << Message;
}

std::unique_ptr<ASTConsumer> ExtractFrontendAction::CreateASTConsumer(CompilerInstance &CI, StringRef) {
  ExtractOptions Extraction;
  Extraction.Roots = Options.Roots;
  std::vector<std::unique_ptr<ASTConsumer>> Inner;
  Inner.push_back(
      makeExtractConsumer(CI, Catalog, std::move(Extraction), [this](UnitSummary Unit) { Result = std::move(Unit); }));
  return std::make_unique<UnlessBroken>(CI.getDiagnostics(), std::move(Inner));
}

std::unique_ptr<CompilerInstance> makeCompiler(std::shared_ptr<CompilerInvocation> Invocation, FileManager *Files,
                                               std::shared_ptr<PCHContainerOperations> PCHContainers,
                                               DiagnosticConsumer *Consumer, const ReadOptions &Options) {
  Invocation->getFrontendOpts().SkipFunctionBodies = true;
  // The process ends after this unit.
  Invocation->getFrontendOpts().DisableFree = true;
  Invocation->getCodeGenOpts().DisableFree = true;
  Invocation->getDependencyOutputOpts() = Options.Dependencies;
  // Comments are for documentation tools, NOLINT is looked up elsewhere.
  Invocation->getLangOpts().CommentOpts.ParseAllComments = false;
  auto Compiler = std::make_unique<CompilerInstance>(std::move(PCHContainers));
  Compiler->setInvocation(std::move(Invocation));
  Compiler->setFileManager(Files);
  Compiler->createDiagnostics(Consumer, /*ShouldOwnClient=*/false);
  if (!Compiler->hasDiagnostics())
    return nullptr;
  Compiler->createSourceManager(*Files);
  return Compiler;
}

namespace {

class ExtractToolAction : public tooling::ToolAction {
public:
  ExtractToolAction(const catalog::Catalog &Catalog, const ReadOptions &Options) : Catalog(Catalog), Options(Options) {}

  bool runInvocation(std::shared_ptr<CompilerInvocation> Invocation, FileManager *Files,
                     std::shared_ptr<PCHContainerOperations> PCHContainers, DiagnosticConsumer *Consumer) override {
    std::unique_ptr<CompilerInstance> Compiler =
        makeCompiler(std::move(Invocation), Files, std::move(PCHContainers), Consumer, Options);
    if (!Compiler)
      return false;
    ExtractFrontendAction Action(Catalog, Options, Result);
    bool Done = Compiler->ExecuteAction(Action) && !Compiler->getDiagnostics().hasErrorOccurred();
    BuryPointer(std::move(Compiler));
    return Done;
  }

  std::optional<UnitSummary> Result;

private:
  const catalog::Catalog &Catalog;
  const ReadOptions &Options;
};

} // namespace

Expected<UnitSummary> readUnit(const CompileUnit &Unit, const catalog::Catalog &Catalog, const ReadOptions &Options) {
  noteBottomOfStack();
  if (!sys::fs::exists(Unit.File))
    return createStringError(Unit.File + ": error: the file is gone; let the build write compile_commands.json again");
  if (std::error_code Failed = sys::fs::set_current_path(Unit.Directory))
    return createStringError(Unit.File + ": error: cannot enter its build folder '" + Unit.Directory +
                             "': " + Failed.message());

  IntrusiveRefCntPtr<FileManager> Files(
      new FileManager(FileSystemOptions(), Options.Files ? Options.Files : vfs::getRealFileSystem()));
  FirstError Errors(Unit.Directory);
  ExtractToolAction Action(Catalog, Options);
  tooling::ToolInvocation Invocation(Unit.Arguments, &Action, Files.get(), std::make_shared<PCHContainerOperations>());
  Invocation.setDiagnosticConsumer(&Errors);
  bool Parsed = Invocation.run();
  if (Parsed && Action.Result)
    return std::move(*Action.Result);
  if (Errors.text().empty())
    return createStringError(Unit.File + ": error: its compile command makes no translation unit");
  bool Placed = !StringRef(Errors.text()).starts_with("error: ");
  return createStringError((Placed ? "" : Unit.File + ": ") + Errors.text() + "; '" + sys::path::filename(Unit.File) +
                           "' was left out: clang++-" CLANG_VERSION_MAJOR_STRING " must be able to compile it");
}

} // namespace threadbare::driver
