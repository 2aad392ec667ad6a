// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options of the command `threadbare`, and what is made of them. Only for Main.cpp.
#pragma once

#include "driver/CacheCommand.h"
#include "driver/CheckCommand.h"
#include "driver/LinkCommand.h"
#include "driver/SummarizeCommand.h"
#include "driver/VerifyCommand.h"

#include "llvm/Support/CommandLine.h"

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

namespace threadbare::driver {

namespace cl = llvm::cl;

/// All options in one object: they register themselves with LLVM for as long as it lives.
struct CommandLine {
  cl::SubCommand Check{"check", "Find misuse of concurrency in the files of a compilation database"};
  cl::SubCommand Verify{"verify", "Run the program and say which findings are so, with numbers"};
  cl::SubCommand Learn{"learn", "Run the program and write what blocks in it into a threadbare.yaml"};
  cl::SubCommand Summarize{"summarize", "Write the summary of one source file: SOURCE -o FILE -- [COMPILER] FLAGS"};
  cl::SubCommand Link{"link", "Find misuse of concurrency in a program of which there are summaries"};
  cl::SubCommand Cached{"cache", "Look at the summaries of earlier runs (stats), or throw them away (clear)"};
  cl::SubCommand ListChecks{"list-checks", "List all checks"};
  cl::SubCommand Explain{"explain", "Print the documentation of a check"};

  cl::OptionCategory Ours{"Options"};
  cl::list<std::string> Files{cl::Positional, cl::desc("[FILE|DIR ...]"), cl::cat(Ours), cl::sub(Check)};
  cl::opt<std::string> Build{"p", cl::desc("Folder of compile_commands.json; found upward if not given"),
                             cl::value_desc("BUILD"), cl::cat(Ours), cl::sub(Check), cl::sub(Verify), cl::sub(Learn)};
  cl::opt<std::string> Checks{
      "checks", cl::desc("Checks to run, appended to those of .clang-tidy, for example -*,threadbare-sync-*"),
      cl::value_desc("GLOBS"), cl::cat(Ours), cl::sub(Check), cl::sub(Link)};
  cl::opt<Format> As{"format",
                     cl::desc("Form of the report"),
                     cl::values(clEnumValN(Format::Text, "text", "for people (default)"),
                                clEnumValN(Format::Sarif, "sarif", "SARIF 2.1.0")),
                     cl::init(Format::Text),
                     cl::cat(Ours),
                     cl::sub(Check),
                     cl::sub(Link)};
  cl::opt<std::string> Output{"output", cl::desc("Write the report to this file"), cl::value_desc("FILE"),
                              cl::cat(Ours), cl::sub(Check), cl::sub(Link), cl::sub(Verify), cl::sub(Learn)};
  cl::opt<unsigned> Jobs{"jobs",
                         cl::desc("Number of worker processes, or of threads that read summaries; one for each core "
                                  "if not given"),
                         cl::value_desc("N"),
                         cl::init(0),
                         cl::cat(Ours),
                         cl::sub(Check),
                         cl::sub(Link)};
  cl::alias JobsAlias{"j", cl::desc("Alias for --jobs"), cl::aliasopt(Jobs), cl::Prefix, cl::cat(Ours)};
  cl::opt<bool> Quiet{"quiet", cl::desc("Print findings and errors only"), cl::cat(Ours), cl::sub(Check),
                      cl::sub(Link), cl::sub(Verify)};
  cl::opt<bool> Stats{"stats", cl::desc("Print how often each reason for silence occurred"), cl::cat(Ours),
                      cl::sub(Check), cl::sub(Link)};
  cl::opt<bool> AlsoVerify{"verify", cl::desc("Then run the command behind -- and say which findings are so"),
                           cl::cat(Ours), cl::sub(Check)};
  cl::opt<std::string> Verified{cl::Positional, cl::desc("FINDINGS.sarif [-- COMMAND ...]"), cl::cat(Ours),
                                cl::sub(Verify)};
  cl::opt<std::string> BuildCommand{
      "build-command", cl::desc("How to build the program again; its Clang is given the flags by the environment"),
      cl::value_desc("COMMAND"), cl::cat(Ours), cl::sub(Check), cl::sub(Verify), cl::sub(Learn)};
  cl::opt<std::string> Allow{"allow", cl::desc("Functions that may block: a pattern for their names on each line"),
                             cl::value_desc("FILE"), cl::cat(Ours), cl::sub(Check), cl::sub(Verify), cl::sub(Learn)};
  cl::opt<double> Budget{"budget", cl::desc("Seconds of runs for each finding (30)"), cl::value_desc("SECONDS"),
                         cl::init(30), cl::cat(Ours), cl::sub(Check), cl::sub(Verify), cl::sub(Learn)};
  cl::opt<double> Timeout{"timeout",
                          cl::desc("Seconds for reading one file (300; 0: as long as it takes), or for one run of the "
                                   "command (120)"),
                          cl::value_desc("SECONDS"),
                          cl::init(120),
                          cl::cat(Ours),
                          cl::sub(Check),
                          cl::sub(Summarize),
                          cl::sub(Verify),
                          cl::sub(Learn)};
  cl::opt<unsigned> MaxMemory{"max-memory",
                              cl::desc("Give up a file that needs more memory than this; all of the machine's if not "
                                       "given"),
                              cl::value_desc("MIB"),
                              cl::init(0),
                              cl::cat(Ours),
                              cl::sub(Check),
                              cl::sub(Summarize)};
  cl::opt<bool> KeepGoing{"keep-going", cl::desc("Files that cannot be read do not make the run fail"), cl::cat(Ours),
                          cl::sub(Check)};
  cl::opt<std::string> CacheDir{"cache-dir",
                                cl::desc("Folder of the cache; $XDG_CACHE_HOME/threadbare or ~/.cache/threadbare if "
                                         "not given"),
                                cl::value_desc("DIR"),
                                cl::cat(Ours),
                                cl::sub(Check),
                                cl::sub(Cached)};
  cl::opt<std::string> CacheSize{"cache-size",
                                 cl::desc("To what the cache may grow, for example 500M (5G)"),
                                 cl::value_desc("SIZE"),
                                 cl::cat(Ours),
                                 cl::sub(Check),
                                 cl::sub(Cached)};
  cl::opt<bool> NoCache{"no-cache", cl::desc("Neither use nor fill the cache"), cl::cat(Ours), cl::sub(Check)};
  cl::opt<bool> NoSharedPreambles{"no-shared-preambles",
                                  cl::desc("Parse every file from its first line, also where files begin alike"),
                                  cl::cat(Ours), cl::sub(Check)};
  cl::opt<std::string> CacheAction{cl::Positional, cl::desc("stats|clear"), cl::cat(Ours), cl::sub(Cached)};
  cl::opt<std::string> Keep{"keep", cl::desc("Folder for the micro-benchmarks that are made where no command is given"),
                            cl::value_desc("DIR"), cl::cat(Ours), cl::sub(Verify)};
  cl::opt<bool> KeepScratch{"keep-scratch", cl::desc("Leave the probed build and the evidence where they are"),
                            cl::cat(Ours), cl::sub(Check), cl::sub(Verify), cl::sub(Learn)};
  cl::opt<std::string> Root{"root",
                            cl::desc("Folder of all sources, which summaries name them relative to; the working "
                                     "directory if not given"),
                            cl::value_desc("DIR"),
                            cl::cat(Ours),
                            cl::sub(Summarize),
                            cl::sub(Link)};

  cl::opt<std::string> Source{cl::Positional, cl::desc("[SOURCE]"), cl::cat(Ours), cl::sub(Summarize)};
  cl::opt<std::string> Summary{"o", cl::desc("Write the summary to this file; to that of the command's -o if not given"),
                               cl::value_desc("FILE"), cl::cat(Ours), cl::sub(Summarize)};
  cl::opt<std::string> DependencyFile{
      "depfile", cl::desc("Write a rule for make that names every file that was read; to the command's -MF if not given"),
      cl::value_desc("FILE"), cl::cat(Ours), cl::sub(Summarize)};
  cl::opt<std::string> ConfigFile{"config-file",
                                  cl::desc("Read this file in place of .clang-tidy, next to the source and above it"),
                                  cl::value_desc("FILE"), cl::cat(Ours), cl::sub(Summarize)};

  cl::opt<std::string> Key{"key", cl::desc("Not used: makes the command another one where the program is another one"),
                           cl::value_desc("TEXT"), cl::Hidden, cl::cat(Ours), cl::sub(Summarize)};

  cl::list<std::string> Summaries{cl::Positional, cl::desc("FILE ..."), cl::cat(Ours), cl::sub(Link)};
  cl::opt<bool> OpenWorld{"open-world",
                          cl::desc("There is more code than these summaries tell of: what rests on it is not claimed"),
                          cl::cat(Ours), cl::sub(Link)};
  cl::opt<bool> ExitZero{"exit-zero", cl::desc("End with 0 also when there are findings"), cl::cat(Ours), cl::sub(Link)};

  cl::opt<std::string> Explained{cl::Positional, cl::desc("CHECK"), cl::cat(Ours), cl::sub(Explain)};

  std::vector<cl::SubCommand *> commands() { return {&Check, &Summarize, &Link, &Verify, &Learn, &Cached, &ListChecks, &Explain}; }
};

/// Fails if a size is none.
inline llvm::Expected<CacheOptions> cacheOptions(const CommandLine &Given) {
  CacheOptions Options;
  Options.Use = !Given.NoCache;
  Options.Directory = Given.CacheDir;
  if (!Given.CacheSize.empty()) {
    llvm::Expected<std::uint64_t> Limit = parseCacheSize(Given.CacheSize);
    if (!Limit)
      return Limit.takeError();
    Options.Limit = *Limit;
  }
  return Options;
}

inline WorkerLimits limitsOfWorkers(const CommandLine &Given) {
  WorkerLimits Limits;
  Limits.Jobs = Given.Jobs;
  Limits.Timeout = std::chrono::seconds(Given.Timeout.getNumOccurrences() ? std::llround(Given.Timeout) : 300);
  Limits.MaxMemory = std::uint64_t(Given.MaxMemory) << 20;
  return Limits;
}

inline CheckRequest checkRequest(const CommandLine &Given, CacheOptions Cached) {
  CheckRequest Request;
  Request.Files = {Given.Files.begin(), Given.Files.end()};
  Request.BuildDirectory = Given.Build;
  Request.Checks = Given.Checks;
  Request.As = Given.As;
  Request.Output = Given.Output;
  Request.Limits = limitsOfWorkers(Given);
  Request.Cache = std::move(Cached);
  Request.KeepGoing = Given.KeepGoing;
  Request.SharePreambles = !Given.NoSharedPreambles;
  Request.Quiet = Given.Quiet;
  Request.Stats = Given.Stats;
  return Request;
}

inline VerifyRequest verifyRequest(const CommandLine &Given, std::vector<std::string> Command) {
  VerifyRequest Request;
  Request.Findings = Given.Verified;
  Request.BuildDirectory = Given.Build;
  Request.BuildCommand = Given.BuildCommand;
  Request.Allow = Given.Allow;
  Request.Output = Given.Output;
  Request.Command = std::move(Command);
  Request.Budget = Given.Budget;
  Request.Timeout = Given.Timeout;
  Request.Quiet = Given.Quiet;
  Request.KeepScratch = Given.KeepScratch;
  Request.Keep = Given.Keep;
  return Request;
}

inline SummarizeRequest summarizeRequest(const CommandLine &Given, std::vector<std::string> Command) {
  SummarizeRequest Request;
  Request.Source = Given.Source;
  Request.Output = Given.Summary;
  Request.DependencyFile = Given.DependencyFile;
  Request.Root = Given.Root;
  Request.ConfigFile = Given.ConfigFile;
  Request.Limits = limitsOfWorkers(Given);
  Request.Command = std::move(Command);
  return Request;
}

inline LinkRequest linkRequest(const CommandLine &Given) {
  LinkRequest Request;
  Request.Files = {Given.Summaries.begin(), Given.Summaries.end()};
  Request.Checks = Given.Checks;
  Request.As = Given.As;
  Request.Output = Given.Output;
  Request.Root = Given.Root;
  Request.Quiet = Given.Quiet;
  Request.Stats = Given.Stats;
  Request.OpenWorld = Given.OpenWorld;
  Request.ExitZero = Given.ExitZero;
  Request.Jobs = Given.Jobs;
  return Request;
}

} // namespace threadbare::driver
