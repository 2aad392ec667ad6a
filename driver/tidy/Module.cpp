// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Our checks inside clang-tidy. The first of them that reaches the end of a translation unit extracts and links it;
// the others ask the same program. The world is open: nothing is known of other units.
#include "driver/Catalogs.h"
#include "driver/NoLint.h"

#include "checks/Check.h"
#include "extract/Extract.h"
#include "link/Link.h"
#include "report/Report.h"

#include "clang-tidy/ClangTidyCheck.h"
#include "clang-tidy/ClangTidyModule.h"
#include "clang-tidy/ClangTidyModuleRegistry.h"
#include "clang/AST/ASTContext.h"
#include "clang/ASTMatchers/ASTMatchFinder.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"

#include <map>
#include <mutex>
#include <optional>

using namespace clang;
using namespace clang::tidy;

namespace threadbare {
namespace {

using ProgramPtr = decltype(link({}, {}));

/// A translation unit, linked on its own.
class LinkedUnit {
public:
  static llvm::Expected<std::unique_ptr<LinkedUnit>> create(ASTContext &Context, llvm::StringRef ListedCatalogs) {
    auto Knowledge = driver::Catalogs::create("");
    if (!Knowledge)
      return Knowledge.takeError();
    return std::unique_ptr<LinkedUnit>(new LinkedUnit(Context, std::move(*Knowledge), ListedCatalogs));
  }

  const Program &program() const { return *Linked; }

  /// The host looks for NOLINT at the place that we report. Where a macro is written we look ourselves.
  bool silences(llvm::StringRef Check, const Location &At) { return Comments.silences(Check, At); }

  /// What is wrong with the project's own catalog.
  llvm::ArrayRef<std::string> problems() const { return Knowledge.problems(); }

private:
  LinkedUnit(ASTContext &Context, driver::Catalogs Given, llvm::StringRef ListedCatalogs)
      : Knowledge(std::move(Given)), Summary(extract(Context, ListedCatalogs)), Linked(link({&Summary}, options())) {
    Comments.addUnit(Summary);
  }

  UnitSummary extract(ASTContext &Context, llvm::StringRef ListedCatalogs) {
    const SourceManager &Sources = Context.getSourceManager();
    llvm::SmallString<128> MainFile;
    if (OptionalFileEntryRef File = Sources.getFileEntryRefForID(Sources.getMainFileID()))
      MainFile = File->getName();
    Sources.getFileManager().makeAbsolutePath(MainFile);
    ExtractOptions Options;
    Options.SkipSystemBodies = false;
    return extractUnit(Context, /*S=*/nullptr, Knowledge.of(MainFile, ListedCatalogs), Options);
  }

  LinkOptions options() {
    LinkOptions Options;
    Options.Replacement = [this](llvm::StringRef Set, llvm::StringRef Ecosystem) {
      return Knowledge.replacement(Set, Ecosystem).str();
    };
    return Options;
  }

  driver::Catalogs Knowledge;
  driver::NoLint Comments;
  UnitSummary Summary;
  ProgramPtr Linked;
};

/// What the checks of one clang-tidy run share, one translation unit after another.
class SharedUnit {
public:
  void begin() {
    Context = nullptr;
    Unit.reset();
    Complained = false;
  }
  /// A unit that does not parse is left alone, as `threadbare check` does: a broken AST is full of surprises.
  void parsed(ASTContext &Parsed) {
    if (!Parsed.getDiagnostics().hasUncompilableErrorOccurred())
      Context = &Parsed;
  }

  /// nullptr if the unit was not parsed or, after telling \p Complain why, cannot be read.
  LinkedUnit *get(llvm::StringRef ListedCatalogs, llvm::function_ref<void(llvm::StringRef)> Complain) {
    if (!Unit && Context && !Complained) {
      auto Linked = LinkedUnit::create(*Context, ListedCatalogs);
      if (!Linked) {
        Complained = true;
        Complain(llvm::toString(Linked.takeError()));
      } else {
        Unit = std::move(*Linked);
        for (const std::string &Problem : Unit->problems())
          Complain(Problem);
      }
    }
    return Unit.get();
  }

private:
  ASTContext *Context = nullptr;
  std::unique_ptr<LinkedUnit> Unit;
  bool Complained = false;
};

/// The checks that one host makes for one context share a unit. A host may work on several contexts at once.
class SharedUnits {
public:
  std::shared_ptr<SharedUnit> of(const ClangTidyContext *Host) {
    std::lock_guard Lock(Mutex);
    std::erase_if(Units, [](const auto &Entry) { return Entry.second.expired(); });
    std::weak_ptr<SharedUnit> &Known = Units[Host];
    std::shared_ptr<SharedUnit> Result = Known.lock();
    if (!Result)
      Known = Result = std::make_shared<SharedUnit>();
    return Result;
  }

private:
  std::mutex Mutex;
  std::map<const ClangTidyContext *, std::weak_ptr<SharedUnit>> Units;
};

class TidyCheck : public ClangTidyCheck {
public:
  TidyCheck(llvm::StringRef Name, ClangTidyContext *Host, const Check &Question, std::shared_ptr<SharedUnit> Unit)
      : ClangTidyCheck(Name, Host), Host(*Host), Question(Question), Unit(std::move(Unit)) {}

  void registerMatchers(ast_matchers::MatchFinder *Finder) override {
    Finder->addMatcher(ast_matchers::translationUnitDecl(), this);
  }

  void onStartOfTranslationUnit() override { Unit->begin(); }

  void check(const ast_matchers::MatchFinder::MatchResult &Result) override {
    Sources = Result.SourceManager;
    Unit->parsed(*Result.Context);
  }

  void onEndOfTranslationUnit() override {
    LinkedUnit *Linked = Unit->get(
        listedCatalogs(), [&](llvm::StringRef Problem) { configurationDiag("%0", DiagnosticIDs::Error) << Problem; });
    if (!Linked)
      return;
    std::vector<report::Result> Results;
    Question.run(Linked->program(), [&](Finding F) {
      if (!Linked->silences(F.Check, F.At))
        Results.push_back({std::move(F)});
    });
    report::sortAndUnique(Results);
    for (const report::Result &R : Results) {
      // A note would be read as a part of what stands before it.
      bool IsNote = report::levelOf(Question.info().Severity) == report::Level::Note;
      diag(locate(R.What.At), "%0", IsNote ? DiagnosticIDs::Remark : DiagnosticIDs::Warning) << R.What.Message;
      for (const Note &N : R.What.Notes)
        diag(locate(N.At), "%0", DiagnosticIDs::Note) << N.Message;
    }
  }

private:
  SourceLocation locate(const Location &At) const {
    OptionalFileEntryRef File = Sources->getFileManager().getOptionalFileRef(At.File);
    if (!File || !At.Line)
      return SourceLocation();
    return Sources->translateFileLineCol(*File, At.Line, std::max(At.Column, 1u));
  }

  llvm::StringRef listedCatalogs() const {
    const ClangTidyOptions::OptionMap &Options = Host.getOptions().CheckOptions;
    auto Found = Options.find(driver::Catalogs::OptionName);
    return Found == Options.end() ? llvm::StringRef() : llvm::StringRef(Found->second.Value);
  }

  const ClangTidyContext &Host;
  const Check &Question;
  std::shared_ptr<SharedUnit> Unit;
  const SourceManager *Sources = nullptr;
};

class Module : public ClangTidyModule {
public:
  // The module dies when this returns; the factories live as long as the host.
  void addCheckFactories(ClangTidyCheckFactories &Factories) override {
    auto Units = std::make_shared<SharedUnits>();
    for (const auto &C : allChecks())
      Factories.registerCheckFactory("threadbare-" + C->info().Id,
                                     [Units, Question = C.get()](llvm::StringRef Name, ClangTidyContext *Host) {
                                       return std::make_unique<TidyCheck>(Name, Host, *Question, Units->of(Host));
                                     });
  }
};

ClangTidyModuleRegistry::Add<Module> Registered("threadbare-module", "Finds misuse of concurrency.");

} // namespace
} // namespace threadbare
