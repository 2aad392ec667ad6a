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
#include "driver/Units.h"

#include "model/Roots.h"
#include "report/Report.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"

#include <chrono>
#include <map>
#include <set>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// One run. Its steps follow each other in runCheck.
class CheckRun {
public:
  CheckRun(const CheckRequest &Request, Output &Out, Config Configuration, std::string Database, Selection Chosen,
           Catalogs Knowledge)
      : Request(Request), Out(Out), Configuration(std::move(Configuration)), Database(std::move(Database)),
        Chosen(std::move(Chosen)), Knowledge(std::move(Knowledge)), Root(findRoot()), Results(Comments, Root),
        Linked(Results) {}

  ExitStatus run() {
    fail(Chosen.Problems);
    configure();
    timed(Times.Reading, [&] { readUnits(); });
    timed(Times.Linking, [&] { askChecks(); });
    if (Request.Stats)
      Out.statistics(Silences, Use, Times);
    fail(Comments.complaints());
    nameFilesOnce(What, realPath);
    report::sortAndUnique(What.Results);
    bool Written = Out.write(What, {Root});
    std::size_t Forgiven = Request.KeepGoing ? What.UnitsFailed : 0;
    if (!Written || What.Failures.size() > Forgiven)
      return RunFailed;
    return report::countFindings(What) == 0 ? NoFindings : Findings;
  }

private:
  static void timed(std::chrono::duration<double> &Took, function_ref<void()> Step) {
    auto Start = std::chrono::steady_clock::now();
    Step();
    Took = std::chrono::steady_clock::now() - Start;
  }

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
    WorkerLimits Limits = Request.Limits;
    if (!Limits.Jobs)
      Limits.Jobs = hardware_concurrency().compute_thread_count();
    std::vector<UnitRequest> Wanted;
    for (auto [Selected, Catalog] : zip_equal(Chosen.Units, UnitCatalogs))
      Wanted.push_back({&Selected.Unit, Catalog});
    Units Reader(Out, Stored, Limits, std::move(Options), Database);
    Reader.sharePreambles(Request.SharePreambles);
    std::vector<UnitOutcome> Outcomes = Reader.read(Wanted);
    Use = Reader.use();
    for (auto [Selected, Outcome] : zip_equal(Chosen.Units, Outcomes))
      take(Selected, std::move(Outcome));
  }

  /// What decides which findings there are, besides the units and checks.
  std::string basis() const {
    std::string Text = UnitKeys().common().str();
    appendToKey(Text, Root);
    std::set<std::uint64_t> Hashes;
    for (const catalog::Catalog *Catalog : UnitCatalogs)
      Hashes.insert(Catalog->hash());
    for (std::uint64_t Hash : Hashes)
      appendToKey(Text, std::to_string(Hash));
    return Text;
  }

  void take(const SelectedUnit &Selected, UnitOutcome Outcome) {
    if (!Outcome.Unit) {
      ++What.UnitsFailed;
      What.NotRead.push_back({Selected.Unit.File, Outcome.LeftOut});
      return fail(Outcome.Error);
    }
    ++What.UnitsRead;
    restoreRoot(*Outcome.Unit, Root);
    Results.addUnit(Configuration.of(Selected.Unit.File), Selected.OnlyHeaders, *Outcome.Unit);
    Linked.add(std::move(*Outcome.Unit), Linkage::hashOf(Outcome.Stored->getBuffer()));
  }

  void askChecks() {
    LinkOptions Options;
    Options.ClosedWorld = Chosen.WholeDatabase && What.UnitsFailed == 0;
    Options.Replacement = [&](StringRef Set, StringRef Ecosystem) {
      return Knowledge.replacement(Set, Ecosystem).str();
    };
    KnownFindings Earlier(Stored, basis());
    if (Stored.isUsed())
      Linked.remember(Earlier);
    Silences = Linked.ask(std::move(Options), What);
    Use.FindingsKnown = Earlier.used();
    if (!Stored.problem().empty())
      Out.note("the cache in '" + Stored.directory().str() + "' cannot be written: " + Stored.problem() +
               "; --cache-dir names another, --no-cache does without");
    Stored.prune();
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
  std::string Database; ///< its path
  Selection Chosen;
  Catalogs Knowledge;
  Cache Stored{Request.Cache};
  std::string Root;
  NoLint Comments;
  Sieve Results;
  Linkage Linked;
  std::vector<const catalog::Catalog *> UnitCatalogs;
  CacheUse Use;
  StepTimes Times;
  std::map<std::string, std::uint64_t> Silences;
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
    return CheckRun(Request, Out, std::move(*Configuration), *Path, std::move(*Chosen), std::move(*Knowledge)).run();
  };
  Expected<ExitStatus> Status = Run();
  if (Status)
    return *Status;
  Out.fail(Status.takeError());
  return RunFailed;
}

} // namespace threadbare::driver
