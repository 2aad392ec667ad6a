// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sources are not there, and were they there, they would not be looked at: what the link knows of them it has from
// the summaries, and says the same on every machine.
#include "driver/LinkCommand.h"
#include "driver/Config.h"
#include "driver/Excerpts.h"
#include "driver/Linkage.h"
#include "driver/Output.h"
#include "driver/Paths.h"

#include "catalog/Catalog.h"
#include "model/Roots.h"
#include "model/SummaryFile.h"
#include "model/SummaryStore.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/ThreadPool.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// One run. Its steps follow each other in run().
class LinkRun {
public:
  LinkRun(const LinkRequest &Request, Output &Out, Config Configuration, catalog::Catalog Builtin)
      : Request(Request), Out(Out), Configuration(std::move(Configuration)), Builtin(std::move(Builtin)),
        Root(absolutePath(Request.Root)), Comments(Sources), Results(Comments, Root), Linked(Results) {}

  ExitStatus run() {
    for (Expected<ReadUnit> &Read : readAll())
      if (Read) {
        ++What.UnitsRead;
        take(std::move(*Read));
      } else {
        ++What.UnitsFailed;
        What.Failures.push_back(Out.fail(Read.takeError()));
      }
    ask();
    for (const std::string &Complaint : Comments.complaints())
      What.Failures.push_back(Out.fail(Complaint));
    nameFilesOnce(What, [&](StringRef File) { return Quoted.behind(File); });
    report::sortAndUnique(What.Results);
    bool Written = Out.write(What, {Root, !Request.Root.empty(), Sources});
    if (!Written || !What.Failures.empty())
      return RunFailed;
    return report::countFindings(What) == 0 || Request.ExitZero ? NoFindings : Findings;
  }

private:
  static Expected<std::unique_ptr<MemoryBuffer>> open(StringRef Path) {
    auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!Buffer)
      return createStringError(Path + ": error: " + Buffer.getError().message());
    return std::move(*Buffer);
  }

  /// "FILE: why" as an error line.
  static Error describe(StringRef Path, Error Problem) {
    std::string Message = toString(std::move(Problem));
    StringRef Why = Message;
    if (Why.consume_front(Path))
      Why.consume_front(": ");
    return createStringError(Path + ": error: " + Why);
  }

  struct ReadUnit {
    UnitSummary Summary;
    UnitContext Context;
    std::uint64_t Hash;
  };

  Expected<ReadUnit> read(StringRef Path) const {
    Expected<std::unique_ptr<MemoryBuffer>> Buffer = open(Path);
    if (!Buffer)
      return Buffer.takeError();
    Expected<SummaryFile> File = loadSummaryFile(**Buffer, WithExcerpts::No);
    if (!File)
      return describe(Path, File.takeError());
    Expected<UnitSummary> Unit = loadSummary(File->Summary);
    if (!Unit)
      return describe(Path, Unit.takeError());
    restoreRoot(*Unit, Root);
    return ReadUnit{std::move(*Unit), std::move(File->Context), Linkage::hashOf(File->Summary.getBuffer())};
  }

  /// In the order of the files.
  std::vector<Expected<ReadUnit>> readAll() const {
    std::vector<std::optional<Expected<ReadUnit>>> Read(Request.Files.size());
    std::atomic<std::size_t> Next = 0;
    auto ReadOn = [&] {
      for (std::size_t I = Next++; I < Read.size(); I = Next++)
        Read[I].emplace(read(Request.Files[I]));
    };
    DefaultThreadPool Threads(hardware_concurrency(Request.Jobs));
    for (unsigned I = 0; I < Threads.getMaxConcurrency(); ++I)
      Threads.async(ReadOn);
    Threads.wait();
    std::vector<Expected<ReadUnit>> Units;
    for (std::optional<Expected<ReadUnit>> &Unit : Read)
      Units.push_back(std::move(*Unit));
    return Units;
  }

  void take(ReadUnit Unit) {
    for (Replacement &R : Unit.Context.Replacements) {
      // Where units disagree, the choice is at least always the same.
      auto [Known, New] = Replacements.try_emplace({R.Set, R.Ecosystem}, R.Text);
      if (!New)
        Known->second = std::min(Known->second, R.Text);
    }
    Results.addUnit(Configuration.ofSettings(Unit.Context.Settings), {}, Unit.Summary);
    Linked.add(std::move(Unit.Summary), Unit.Hash);
  }

  void ask() {
    LinkOptions Options;
    Options.ClosedWorld = !Request.OpenWorld && What.UnitsFailed == 0;
    Options.Replacement = [&](StringRef Set, StringRef Ecosystem) { return replacement(Set, Ecosystem); };
    auto Silences = Linked.ask(std::move(Options), What, [&](ArrayRef<Finding> Found) { quote(Found); });
    if (Request.Stats)
      Out.statistics(Silences);
  }

  std::string replacement(StringRef Set, StringRef Ecosystem) const {
    for (StringRef Which : {Ecosystem, StringRef("any")})
      if (auto Own = Replacements.find({Set.str(), Which.str()}); Own != Replacements.end())
        return Own->second;
    return Builtin.replacement(Set, Ecosystem).str();
  }

  /// Goes through the files again for the lines that these findings are about. Most programs have few findings, and all
  /// lines of all units would be as much as the program's text.
  void quote(ArrayRef<Finding> Found) {
    for (const Finding &F : Found) {
      for (const Location &Place : Comments.placesOf(F.At))
        Quoted.want(Place);
      for (const Note &N : F.Notes)
        Quoted.want(N.At);
    }
    if (Quoted.wantsNothing())
      return;
    for (const std::string &Path : Request.Files) {
      Expected<std::unique_ptr<MemoryBuffer>> Buffer = open(Path);
      if (!Buffer) {
        consumeError(Buffer.takeError()); // was said before
        continue;
      }
      Expected<SummaryFile> File = loadSummaryFile(**Buffer, WithExcerpts::Yes);
      if (File)
        Quoted.add(File->Context.Excerpts, Root);
      else
        consumeError(File.takeError());
    }
    Quoted.write(*Sources);
  }

  const LinkRequest &Request;
  Output &Out;
  Config Configuration;
  catalog::Catalog Builtin;
  std::string Root;
  IntrusiveRefCntPtr<vfs::InMemoryFileSystem> Sources = makeIntrusiveRefCnt<vfs::InMemoryFileSystem>();
  QuotedFiles Quoted;
  NoLint Comments;
  Sieve Results;
  Linkage Linked;
  std::map<std::pair<std::string, std::string>, std::string> Replacements; ///< (set, ecosystem) -> text
  report::Report What;
};

Expected<ExitStatus> run(const LinkRequest &Request, Output &Out) {
  if (Request.Files.empty())
    return createStringError("no summaries: threadbare link FILE.tbs ...; a long list can stand in a file: @FILE");
  Expected<Config> Configuration = Config::create(Request.Checks);
  if (!Configuration)
    return Configuration.takeError();
  if (!Configuration->enablesAny())
    return createStringError("no checks are enabled; threadbare list-checks shows all");
  Expected<catalog::Catalog> Builtin = catalog::Catalog::builtin();
  if (!Builtin)
    return Builtin.takeError();
  // A whole program takes a while to be taken apart again, and nobody needs that: the process ends.
  static LinkRun *Whole = nullptr;
  Whole = new LinkRun(Request, Out, std::move(*Configuration), std::move(*Builtin));
  return Whole->run();
}

} // namespace

ExitStatus runLink(const LinkRequest &Request) {
  Output Out(Request);
  Expected<ExitStatus> Status = run(Request, Out);
  if (Status)
    return *Status;
  Out.fail(Status.takeError());
  return RunFailed;
}

} // namespace threadbare::driver
