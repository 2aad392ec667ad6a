// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A precompiled header would do the same across processes, and be dearer: it is written, read again, and what comes out
// of it is not the same AST (bodies that are skipped or not, instantiations that are done early). Here the parser stops
// at the end of what is shared, all its state stays where it is, and the kernel copies a page when a unit writes to it.
//
// What is shared stands in a main file that only we know. A unit's own file becomes the main file when its turn comes,
// with blanks for the directives that were read: every line and column is what it would have been.
#include "driver/SharedParse.h"
#include "driver/Extraction.h"
#include "driver/Opening.h"
#include "driver/Paths.h"

#include "clang/AST/ASTConsumer.h"
#include "clang/AST/ASTContext.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Basic/Stack.h"
#include "clang/Lex/Preprocessor.h"
#include "clang/Lex/PreprocessorOptions.h"
#include "clang/Parse/Parser.h"
#include "clang/Sema/EnterExpressionEvaluationContext.h"
#include "clang/Sema/Sema.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace clang;

namespace threadbare::driver {

struct SharedParse::State : public tooling::ToolAction {
  State(const catalog::Catalog &Catalog, const ReadOptions &Given)
      : Catalog(Catalog), Options(Given), Action(Catalog, Options, Result),
        Files(new FileManager(FileSystemOptions(), Options.Files ? Options.Files : vfs::getRealFileSystem())) {}

  bool runInvocation(std::shared_ptr<CompilerInvocation> Invocation, FileManager *Files,
                     std::shared_ptr<PCHContainerOperations> PCHContainers, DiagnosticConsumer *Consumer) override;
  bool open(const CompileUnit &Like);
  FileEntryRef addFile(StringRef Path, StringRef Text);
  void enter(FileEntryRef File, bool AsMain);
  void parseDeclarations(bool ToTheEnd);
  bool failed() const { return CI->getDiagnostics().hasErrorOccurred(); }

  const catalog::Catalog &Catalog;
  ReadOptions Options;
  std::optional<UnitSummary> Result;
  std::string Directory; ///< in which the units are, as their commands say
  std::vector<std::string> OwnLookUps;
  bool Began = false; ///< the first declaration of the unit is behind us
  Sema::ModuleImportState ImportState = Sema::ModuleImportState::FirstDecl;

  // The order in which they depend on each other. None of them is ever destroyed.
  std::unique_ptr<FirstError> Errors;
  ExtractFrontendAction Action;
  IntrusiveRefCntPtr<FileManager> Files;
  std::unique_ptr<CompilerInstance> CI;
  std::unique_ptr<Parser> Parse;
  std::unique_ptr<EnterExpressionEvaluationContext> AtTopLevel;
};

/// Everything that CompilerInstance::ExecuteAction and ParseAST do before the first token.
bool SharedParse::State::runInvocation(std::shared_ptr<CompilerInvocation> Invocation, FileManager *Files,
                                       std::shared_ptr<PCHContainerOperations> PCHContainers,
                                       DiagnosticConsumer *Consumer) {
  auto &Inputs = Invocation->getFrontendOpts().Inputs;
  if (Inputs.size() != 1 || Inputs[0].isBuffer() || Inputs[0].isPreprocessed())
    return false;
  SmallString<128> Name = StringRef(Directory);
  sys::path::append(Name, "<shared>");
  OwnLookUps = {Inputs[0].getFile().str(), Name.str().str()};
  Inputs[0] = FrontendInputFile(Name, Inputs[0].getKind(), Inputs[0].isSystem());
  Invocation->getPreprocessorOpts().addRemappedFile(Name, MemoryBuffer::getMemBufferCopy("", Name).release());
  CI = makeCompiler(std::move(Invocation), Files, std::move(PCHContainers), Consumer, Options);
  if (!CI || !CI->createTarget() || !Action.BeginSourceFile(*CI, CI->getFrontendOpts().Inputs[0]))
    return false;
  CI->createSema(Action.getTranslationUnitKind(), nullptr);
  Sema &S = CI->getSema();
  Parse = std::make_unique<Parser>(S.getPreprocessor(), S, /*SkipFunctionBodies=*/true);
  S.getPreprocessor().EnterMainSourceFile();
  Parse->Initialize();
  AtTopLevel =
      std::make_unique<EnterExpressionEvaluationContext>(S, Sema::ExpressionEvaluationContext::PotentiallyEvaluated);
  parseDeclarations(/*ToTheEnd=*/false); // of headers that the command names
  return !failed();
}

bool SharedParse::State::open(const CompileUnit &Like) {
  noteBottomOfStack();
  if (sys::fs::set_current_path(Like.Directory))
    return false;
  std::optional<std::size_t> File = Like.fileArgument();
  if (!File)
    return false;
  Directory = sys::path::parent_path(Like.Arguments[*File]);
  Errors = std::make_unique<FirstError>(Like.Directory);
  tooling::ToolInvocation Invocation(Like.Arguments, this, Files.get(), std::make_shared<PCHContainerOperations>());
  Invocation.setDiagnosticConsumer(Errors.get());
  return Invocation.run();
}

FileEntryRef SharedParse::State::addFile(StringRef Path, StringRef Text) {
  OwnLookUps.push_back(Path.str());
  FileEntryRef File = Files->getVirtualFileRef(Path, Text.size(), 0);
  CI->getSourceManager().overrideFileContents(File, MemoryBuffer::getMemBufferCopy(Text, Path));
  return File;
}

/// The parser stands at the end of what it was given: gives it more.
void SharedParse::State::enter(FileEntryRef File, bool AsMain) {
  SourceManager &Sources = CI->getSourceManager();
  Preprocessor &PP = CI->getPreprocessor();
  FileID Id = Sources.createFileID(File, SourceLocation(), SrcMgr::C_User);
  if (AsMain)
    Sources.setMainFileID(Id);
  PP.markIncluded(File); // who includes needs to be known
  PP.EnterSourceFile(Id, nullptr, SourceLocation());
  Parse->ConsumeAnyToken();
}

void SharedParse::State::parseDeclarations(bool ToTheEnd) {
  ASTConsumer &Consumer = CI->getASTConsumer();
  while (ToTheEnd || Parse->getCurToken().isNot(tok::eof)) {
    Parser::DeclGroupPtrTy Group;
    bool AtEnd =
        Began ? Parse->ParseTopLevelDecl(Group, ImportState) : Parse->ParseFirstTopLevelDecl(Group, ImportState);
    Began = true;
    if (AtEnd)
      return;
    if (Group)
      Consumer.HandleTopLevelDecl(Group.get());
  }
}

SharedParse::SharedParse(const catalog::Catalog &Catalog, const ReadOptions &Options)
    : S(std::make_unique<State>(Catalog, Options)) {}

SharedParse::~SharedParse() {
  // What Clang made was never meant to be taken apart, see FrontendOptions::DisableFree.
  S.release();
}

ArrayRef<std::string> SharedParse::ownLookUps() const { return S->OwnLookUps; }

bool SharedParse::begin(const CompileUnit &Like, StringRef Text) {
  if (!S->CI && !S->open(Like))
    return false;
  SmallString<128> Name = StringRef(S->Directory);
  sys::path::append(Name, "<shared " + Twine(S->OwnLookUps.size()) + ">");
  S->enter(S->addFile(Name, Text), /*AsMain=*/false);
  S->parseDeclarations(/*ToTheEnd=*/false);
  return !S->failed();
}

Expected<UnitSummary> SharedParse::finish(const CompileUnit &Unit, StringRef Opening) {
  auto Alone = [&] { return readUnit(Unit, S->Catalog, S->Options); };
  auto Argument = Unit.fileArgument();
  auto File = Argument ? S->Files->getOptionalFileRef(Unit.Arguments[*Argument]) : std::nullopt;
  auto Text = File ? S->Files->getBufferForFile(*File) : std::make_error_code(std::errc::no_such_file_or_directory);
  if (!Text)
    return Alone();
  std::string Written;
  std::size_t End = 0;
  for (const OpeningDirective &D : openingOf((*Text)->getBuffer())) {
    if (Written.size() >= Opening.size())
      break;
    Written += (D.Text + "\n").str();
    End = D.End;
  }
  if (Written != Opening) // it was changed since somebody looked
    return Alone();
  S->CI->getSourceManager().overrideFileContents(
      *File, MemoryBuffer::getMemBufferCopy(withoutOpening((*Text)->getBuffer(), End), File->getName()));
  S->enter(*File, /*AsMain=*/true);
  S->parseDeclarations(/*ToTheEnd=*/true);
  Sema &TheSema = S->CI->getSema();
  for (Decl *D : TheSema.WeakTopLevelDecls())
    S->CI->getASTConsumer().HandleTopLevelDecl(DeclGroupRef(D));
  S->CI->getASTConsumer().HandleTranslationUnit(TheSema.getASTContext());
  if (S->failed() || !S->Result)
    return Alone(); // says it as it always does
  Shared = true;
  return std::move(*S->Result);
}

} // namespace threadbare::driver
