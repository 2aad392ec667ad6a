// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/NoLint.h"

#include "clang-tidy/NoLintDirectiveHandler.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/DiagnosticIDs.h"
#include "clang/Basic/DiagnosticOptions.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Tooling/Core/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <map>
#include <set>

using namespace llvm;
using namespace clang;

namespace threadbare::driver {

namespace {

/// clang-tidy asks its question with a diagnostic in its hand, so one is reported, and answered here.
class Asker : public DiagnosticConsumer {
public:
  void HandleDiagnostic(DiagnosticsEngine::Level Level, const Diagnostic &Info) override {
    Silenced = Handler.shouldSuppress(Level, Info, Check, Errors, /*AllowIO=*/true, /*EnableNoLintBlocks=*/true);
  }

  tidy::NoLintDirectiveHandler Handler;
  StringRef Check;
  SmallVector<tooling::Diagnostic, 1> Errors;
  bool Silenced = false;
};

} // namespace

struct NoLint::Impl {
  explicit Impl(IntrusiveRefCntPtr<vfs::FileSystem> Visible)
      : Diags(new DiagnosticIDs, new DiagnosticOptions, &Consumer, /*ShouldOwnClient=*/false),
        Files(FileSystemOptions(), std::move(Visible)), Sources(Diags, Files),
        Id(Diags.getCustomDiagID(DiagnosticsEngine::Warning, "finding")) {
    Diags.setSourceManager(&Sources);
  }

  bool ask(const Location &At) {
    OptionalFileEntryRef File = Files.getOptionalFileRef(At.File);
    if (!File)
      return false;
    SourceLocation Loc = Sources.translateLineCol(Sources.getOrCreateFileID(*File, SrcMgr::C_User), At.Line, At.Column);
    if (Loc.isInvalid())
      return false;
    Consumer.Silenced = false;
    Consumer.Errors.clear();
    Diags.Report(Loc, Id);
    for (const tooling::Diagnostic &Error : Consumer.Errors)
      complain(Error.Message);
    return Consumer.Silenced;
  }

  void complain(const tooling::DiagnosticMessage &Message) {
    OptionalFileEntryRef File = Files.getOptionalFileRef(Message.FilePath);
    if (!File)
      return;
    FileID FID = Sources.getOrCreateFileID(*File, SrcMgr::C_User);
    std::string Text = Message.FilePath + ':' + std::to_string(Sources.getLineNumber(FID, Message.FileOffset)) + ':' +
                       std::to_string(Sources.getColumnNumber(FID, Message.FileOffset)) + ": error: " + Message.Message;
    if (!is_contained(Complaints, Text))
      Complaints.push_back(std::move(Text));
  }

  Asker Consumer;
  DiagnosticsEngine Diags;
  FileManager Files;
  SourceManager Sources;
  unsigned Id;
  std::vector<std::string> Complaints;
  std::map<Location, std::set<Location>> Macros; ///< place of use -> places where they are written
};

NoLint::NoLint(IntrusiveRefCntPtr<vfs::FileSystem> Files) : Data(std::make_unique<Impl>(std::move(Files))) {}
NoLint::~NoLint() = default;

void NoLint::addUnit(const UnitSummary &Unit) {
  auto Spell = [&](const Place &P) { return Location{Unit.string(P.File).str(), P.Line, P.Column}; };
  for (std::size_t I = 0; I + 1 < Unit.Expansions.size(); I += 2)
    Data->Macros[Spell(Unit.Expansions[I])].insert(Spell(Unit.Expansions[I + 1]));
}

std::vector<Location> NoLint::placesOf(const Location &At) const {
  std::vector<Location> Places{At};
  if (auto Macro = Data->Macros.find(At); Macro != Data->Macros.end())
    append_range(Places, Macro->second);
  return Places;
}

bool NoLint::silences(StringRef Check, const Location &At) {
  Data->Consumer.Check = Check;
  return any_of(placesOf(At), [&](const Location &L) { return Data->ask(L); });
}

const std::vector<std::string> &NoLint::complaints() const { return Data->Complaints; }

} // namespace threadbare::driver
