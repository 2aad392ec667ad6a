// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/SummarizeCommand.h"
#include "driver/Catalogs.h"
#include "driver/CompileCommands.h"
#include "driver/Config.h"
#include "driver/Excerpts.h"
#include "driver/Frontend.h"
#include "driver/Output.h"
#include "driver/Paths.h"
#include "driver/Workers.h"

#include "model/Roots.h"
#include "model/SummaryFile.h"
#include "model/SummaryStore.h"

#include "clang/Basic/MakeSupport.h"
#include "clang/Driver/Options.h"
#include "clang/Driver/Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace clang::driver;

namespace threadbare::driver {
namespace {

/// A compile command, with what it says of files taken apart.
struct Action {
  CompileUnit Unit;
  std::string Output, DependencyFile, DependencyTarget;
  bool IsHeader = false; ///< it precompiles a header: there is no unit to read
};

bool isC(StringRef Source) {
  StringRef Extension = sys::path::extension(Source);
  Extension.consume_front(".");
  types::ID Type = types::lookupTypeForExtension(Extension);
  return Type != types::TY_INVALID && types::isDerivedFromC(Type) && !types::isCXX(Type);
}

void describeFiles(const opt::InputArgList &Parsed, Action &A) {
  if (A.Output.empty())
    A.Output = Parsed.getLastArgValue(options::OPT_o).str();
  if (A.DependencyFile.empty())
    A.DependencyFile = Parsed.getLastArgValue(options::OPT_MF).str();
  // Make and Ninja know the output by this name.
  A.DependencyTarget = Parsed.getLastArgValue(options::OPT_MT, A.Output).str();
  if (const opt::Arg *Quoted = Parsed.getLastArg(options::OPT_MQ))
    A.DependencyTarget = Quoted->getValue();
  // -x may be said twice; then the second is of what is compiled, as the forced includes come first.
  A.IsHeader = Parsed.getLastArgValue(options::OPT_x).ends_with("-header");
}

/// The command is `FLAGS`, `COMPILER FLAGS` or, without a source of its own in the request, a whole command.
Expected<Action> actionFor(const SummarizeRequest &Request) {
  Action A;
  A.Output = Request.Output;
  A.DependencyFile = Request.DependencyFile;
  A.Unit.Directory = absolutePath("");
  std::vector<std::string> &Arguments = A.Unit.Arguments;
  Arguments = Request.Command;
  if (Arguments.empty() || StringRef(Arguments.front()).starts_with("-"))
    Arguments.insert(Arguments.begin(), isC(Request.Source) ? "clang" : "clang++");

  SmallVector<const char *, 64> Given;
  for (const std::string &Argument : ArrayRef(Arguments).drop_front())
    Given.push_back(Argument.c_str());
  unsigned MissingIndex = 0, MissingCount = 0;
  opt::InputArgList Parsed =
      getDriverOptTable().ParseArgs(Given, MissingIndex, MissingCount, opt::Visibility(options::ClangOption));
  describeFiles(Parsed, A);
  std::vector<std::string> Inputs = Parsed.getAllArgValues(options::OPT_INPUT);
  std::string Source = Request.Source;
  if (Source.empty() && Inputs.size() == 1)
    Source = Inputs.front();
  if (Source.empty())
    return createStringError(Inputs.empty() ? "no source: threadbare summarize SOURCE -o FILE.tbs -- FLAGS"
                                            : "several sources in one command: '" + Inputs[0] + "' and '" + Inputs[1] +
                                                  "'; summarize them one by one");
  if (!is_contained(Inputs, Source))
    Arguments.push_back(Source);
  if (A.Output.empty())
    return createStringError(Source + ": error: where to? name the summary with -o FILE.tbs");
  A.Unit.File = absolutePath(Source);
  return A;
}

/// What the link will need of the unit's surroundings.
UnitContext contextOf(const UnitSummary &Unit, const FileConfig &Settings, const Catalogs &Knowledge, StringRef Root) {
  UnitContext Context;
  Context.Settings = Settings.settings();
  StringSet<> Sets;
  Sets.insert("pool"); // what checks themselves advise
  for (const Blocking &B : Unit.Blockings)
    Sets.insert(Unit.string(B.Replacements));
  Context.Replacements = Knowledge.ownReplacements(Sets);
  Context.Excerpts = takeExcerpts(Unit, Root);
  return Context;
}

clang::DependencyOutputOptions dependencyOptions(const Action &A, ArrayRef<std::string> FurtherFiles) {
  clang::DependencyOutputOptions Options;
  Options.OutputFile = A.DependencyFile;
  SmallString<128> Target;
  clang::quoteMakeTarget(A.DependencyTarget, Target);
  Options.Targets = {Target.str().str()};
  // A library that was updated is a reason to read its users again; a header that is gone is none to fail.
  Options.IncludeSystemHeaders = true;
  Options.UsePhonyTargets = true;
  for (const std::string &File : FurtherFiles)
    Options.ExtraDeps.emplace_back(File, clang::EDK_DepFileEntry);
  return Options;
}

Error complain(ArrayRef<std::string> Problems, Output &Out) {
  if (Problems.empty())
    return Error::success();
  for (const std::string &Problem : Problems.drop_back())
    Out.fail(Problem);
  return createStringError(Problems.back());
}

Error writeFile(StringRef Path, StringRef Bytes) {
  Error Failed = writeToOutput(Path, [&](raw_ostream &OS) {
    OS << Bytes;
    return Error::success();
  });
  if (!Failed)
    return Failed;
  return createStringError("cannot write '" + Path + "': " + toString(std::move(Failed)));
}

/// In a process of its own: a unit that crashes the compiler is one line, too.
Expected<std::string> summarize(const CompileUnit &Unit, const WorkerLimits &Limits,
                                function_ref<Expected<std::string>(std::size_t)> Work) {
  WorkResult Result;
  runInWorkers(
      {0}, Limits, Work, [&](std::size_t, WorkResult R) { Result = std::move(R); }, [](const WorkProgress &) {});
  if (Result.Ending != WorkResult::Done)
    return createStringError(describe(Result, Unit.File, Limits));
  return Result.Bytes->getBuffer().str();
}

Error run(const SummarizeRequest &Request, Output &Out) {
  Expected<Action> A = actionFor(Request);
  if (!A)
    return A.takeError();
  if (A->IsHeader)
    return writeFile(A->Output, ""); // sources read its text
  // Clang would complain of it in the words of a source that does not compile.
  if (!A->DependencyFile.empty())
    if (Error Failed = writeFile(A->DependencyFile, ""))
      return Failed;
  std::string Root = absolutePath(Request.Root);
  Expected<Config> Configuration = Config::create("", {Root, Request.ConfigFile});
  if (!Configuration)
    return Configuration.takeError();
  Expected<Catalogs> Knowledge = Catalogs::create(Root + "/", Root);
  if (!Knowledge)
    return Knowledge.takeError();
  Expected<std::string> Resources = findResourceDirectory();
  if (!Resources)
    return Resources.takeError();

  const FileConfig &Settings = Configuration->of(A->Unit.File);
  const catalog::Catalog &Catalog = Knowledge->of(A->Unit.File, Settings.option(Catalogs::OptionName));
  std::vector<std::string> Problems(Configuration->problems());
  append_range(Problems, Knowledge->problems());
  if (Error Problem = complain(Problems, Out))
    return Problem;
  A->Unit.Arguments = CommandFilter(*Resources)(A->Unit);
  std::vector<std::string> FurtherFiles(Configuration->files());
  append_range(FurtherFiles, Knowledge->files());
  ReadOptions Options;
  Options.Roots = {Root, realPath(Root)};
  if (!A->DependencyFile.empty())
    Options.Dependencies = dependencyOptions(*A, FurtherFiles);
  Expected<std::string> Bytes = summarize(A->Unit, Request.Limits, [&](std::size_t) -> Expected<std::string> {
    Expected<UnitSummary> Unit = readUnit(A->Unit, Catalog, Options);
    if (!Unit)
      return Unit.takeError();
    return storeSummaryFile(storeSummary(*Unit), contextOf(*Unit, Settings, *Knowledge, Root));
  });
  if (!Bytes)
    return Bytes.takeError();
  return writeFile(A->Output, *Bytes);
}

} // namespace

ExitStatus runSummarize(const SummarizeRequest &Request) {
  ReportRequest Plain;
  Output Out(Plain);
  Error Failed = run(Request, Out);
  if (!Failed)
    return NoFindings;
  Out.fail(std::move(Failed));
  return RunFailed;
}

} // namespace threadbare::driver
