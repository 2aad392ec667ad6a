// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/CheckCommand.h"
#include "driver/Catalogs.h"
#include "driver/CompileCommands.h"
#include "driver/Config.h"
#include "driver/Frontend.h"
#include "driver/Linkage.h"
#include "driver/NoLint.h"
#include "driver/Output.h"
#include "driver/Paths.h"
#include "driver/Selection.h"
#include "driver/Sieve.h"
#include "driver/Workers.h"

#include "model/Roots.h"
#include "model/SummaryStore.h"
#include "report/Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"

using namespace llvm;

namespace threadbare::driver {
namespace {

/// One run. Its steps follow each other in runCheck.
class CheckRun {
public:
  CheckRun(const CheckRequest &Request, Output &Out, Config Configuration, Selection Chosen, Catalogs Knowledge)
      : Request(Request), Out(Out), Configuration(std::move(Configuration)), Chosen(std::move(Chosen)),
        Knowledge(std::move(Knowledge)), Results(Comments), Linked(Results), Root(findRoot()) {}

  ExitStatus run() {
    fail(Chosen.Problems);
    configure();
    readUnits();
    askChecks();
    fail(Comments.complaints());
    nameFilesOnce(What, realPath);
    report::sortAndUnique(What.Results);
    bool Written = Out.write(What, {Root});
    if (!Written || !What.Failures.empty())
      return RunFailed;
    return report::countFindings(What) == 0 ? NoFindings : Findings;
  }

private:
  void fail(ArrayRef<std::string> Lines) {
    for (const std::string &Line : Lines)
      What.Failures.push_back(Out.fail(Line));
  }

  /// Reads the configuration of every file before any work is done: a mistake in it is said whether or not anything
  /// is found.
  void configure() {
    for (const SelectedUnit &Selected : Chosen.Units) {
      const FileConfig &Settings = Configuration.of(Selected.Unit.File);
      UnitCatalogs.push_back(&Knowledge.of(Selected.Unit.File, Settings.option(Catalogs::OptionName)));
    }
    fail(Configuration.problems());
    fail(Knowledge.problems());
  }

  void readUnits() {
    ReadOptions Options;
    Options.Roots = {Root, realPath(Root)};
    auto Work = [&](std::size_t I) -> Expected<std::string> {
      Expected<UnitSummary> Unit = readUnit(Chosen.Units[I].Unit, *UnitCatalogs[I], Options);
      if (!Unit)
        return Unit.takeError();
      return storeSummary(*Unit);
    };
    auto Progress = [&](const WorkProgress &P) { Out.progress(P.Done, P.Total, Chosen.Units[P.Started].Unit.File); };
    unsigned Jobs = Request.Jobs ? Request.Jobs : hardware_concurrency().compute_thread_count();
    std::vector<WorkResult> Read = runInWorkers(Chosen.Units.size(), Jobs, Work, Progress);
    Out.endProgress();
    for (auto [Selected, Result] : zip_equal(Chosen.Units, Read))
      take(Selected, std::move(Result));
  }

  void take(const SelectedUnit &Selected, WorkResult Result) {
    auto Fail = [&](const Twine &Line) {
      ++What.UnitsFailed;
      fail(Line.str());
    };
    if (!Result.Error.empty())
      return Fail(Result.Error);
    if (!Result.Bytes)
      return Fail(Selected.Unit.File + ": error: reading this file crashed (" + Result.Crash +
                  "); it was left out, please report it");
    ++What.UnitsRead;
    Expected<UnitSummary> Unit = loadSummary(Result.Bytes->getMemBufferRef());
    if (!Unit)
      return Fail(Selected.Unit.File + ": error: " + toString(Unit.takeError()));
    restoreRoot(*Unit, Root);
    Results.addUnit(Configuration.of(Selected.Unit.File), Selected.OnlyHeaders, *Unit);
    Linked.add(std::move(*Unit), Result.Bytes->getBuffer());
  }

  void askChecks() {
    LinkOptions Options;
    Options.ClosedWorld = Chosen.WholeDatabase && What.UnitsFailed == 0;
    Options.Replacement = [&](StringRef Set, StringRef Ecosystem) {
      return Knowledge.replacement(Set, Ecosystem).str();
    };
    auto Silences = Linked.ask(std::move(Options), What);
    if (Request.Stats)
      Out.statistics(Silences);
  }

  /// What %SRCROOT% stands for, and what the names in summaries are relative to: the checkout that the files are in or,
  /// outside of one, the folder of all files.
  std::string findRoot() const {
    std::string Common;
    for (const SelectedUnit &Selected : Chosen.Units) {
      StringRef Directory = sys::path::parent_path(Selected.Unit.File);
      if (Common.empty())
        Common = Directory;
      while (!isBelow(Directory, Common))
        Common = sys::path::parent_path(Common);
    }
    std::string Here = absolutePath("");
    for (StringRef Folder = Common; !Folder.empty(); Folder = sys::path::parent_path(Folder))
      if (sys::fs::exists(Folder + "/.git"))
        return Folder.str();
    return Common.empty() || isBelow(Common, Here) ? Here : Common;
  }

  const CheckRequest &Request;
  Output &Out;
  Config Configuration;
  Selection Chosen;
  Catalogs Knowledge;
  NoLint Comments;
  Sieve Results;
  Linkage Linked;
  std::string Root;
  std::vector<const catalog::Catalog *> UnitCatalogs;
  report::Report What;
};

std::string startOfSearch(const CheckRequest &Request) {
  if (Request.Files.empty())
    return absolutePath("");
  std::string First = absolutePath(Request.Files.front());
  return sys::fs::is_directory(First) ? First : sys::path::parent_path(First).str();
}

Expected<Selection> selectFrom(StringRef Path, CommandFilter &Filter, ArrayRef<std::string> Files) {
  Expected<CompileDatabase> Database = loadDatabase(Path);
  if (!Database)
    return Database.takeError();
  return select(*Database, Filter, Files);
}

} // namespace

ExitStatus runCheck(const CheckRequest &Request) {
  Output Out(Request);
  auto Run = [&]() -> Expected<ExitStatus> {
    Expected<Config> Configuration = Config::create(Request.Checks);
    if (!Configuration)
      return Configuration.takeError();
    if (!Configuration->enablesAny())
      return createStringError("no checks are enabled; threadbare list-checks shows all");
    Expected<std::string> Path = findDatabase(Request.BuildDirectory, startOfSearch(Request));
    if (!Path)
      return Path.takeError();
    Expected<std::string> Resources = findResourceDirectory();
    if (!Resources)
      return Resources.takeError();
    CommandFilter Filter(*Resources);
    Expected<Selection> Chosen = selectFrom(*Path, Filter, Request.Files);
    if (!Chosen)
      return Chosen.takeError();
    if (std::vector<std::string> Dropped = Filter.droppedFlags(); !Dropped.empty())
      Out.note("flags that Clang does not know were dropped: " + llvm::join(Dropped, " "));
    Expected<Catalogs> Knowledge = Catalogs::create(*Path);
    if (!Knowledge)
      return Knowledge.takeError();
    return CheckRun(Request, Out, std::move(*Configuration), std::move(*Chosen), std::move(*Knowledge)).run();
  };
  Expected<ExitStatus> Status = Run();
  if (Status)
    return *Status;
  Out.fail(Status.takeError());
  return RunFailed;
}

} // namespace threadbare::driver
