// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command `threadbare`.
#include "driver/CommandLine.h"
#include "driver/Config.h"
#include "driver/Pages.h"

#include "checks/Check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace threadbare;
using namespace threadbare::driver;

namespace {

void printVersion(raw_ostream &OS) { OS << "threadbare " THREADBARE_VERSION " (LLVM " LLVM_VERSION_STRING ")\n"; }

ExitStatus listChecks() {
  std::size_t Width = 0;
  for (const auto &C : allChecks())
    Width = std::max(Width, checkName(C->info().Id).size());
  for (const auto &C : allChecks())
    outs() << left_justify(checkName(C->info().Id), Width) << "  " << C->info().Summary
           << (C->info().EnabledByDefault ? "" : " (off by default)") << '\n';
  return NoFindings;
}

ExitStatus explain(StringRef Name) {
  if (Name.empty()) {
    errs() << "threadbare: error: name a check; threadbare list-checks shows all\n";
    return RunFailed;
  }
  StringRef Id = Name;
  Id.consume_front("threadbare-");
  StringRef Page = page(Id);
  if (Page.empty()) {
    std::string Nearest = nearestCheck(Name);
    errs() << "threadbare: error: unknown check '" << Name << "'; "
           << (Nearest.empty() ? "threadbare list-checks shows all" : "did you mean '" + Nearest + "'?") << '\n';
    return RunFailed;
  }
  outs() << Page;
  return NoFindings;
}

/// LLVM would take a misspelt command for a file.
bool isCommand(StringRef Name, CommandLine &Given) {
  StringRef Nearest;
  unsigned Least = 4;
  for (const cl::SubCommand *Sub : Given.commands()) {
    if (Sub->getName() == Name)
      return true;
    if (unsigned Distance = Name.edit_distance(Sub->getName()); Distance < Least) {
      Least = Distance;
      Nearest = Sub->getName();
    }
  }
  errs() << "threadbare: error: unknown command '" << Name << "'; "
         << (Nearest.empty() ? "threadbare --help shows all" : ("did you mean '" + Nearest + "'?").str()) << '\n';
  return false;
}

/// LLVM's complaint about the command line, which takes several lines and a path, as one line.
std::string describe(StringRef Complaint) {
  std::string Line = "threadbare: error";
  StringRef Separator = ": ";
  for (StringRef Part : split(Complaint.trim(), '\n')) {
    Part.consume_front("threadbare: ");
    Part = Part.split(".  Try:").first.rtrim("!.");
    Line += Separator;
    Line += toLower(Part.front());
    Line += Part.drop_front();
    Separator = "; ";
  }
  return Line;
}

/// LLVM's options for its own debugging are not ours to offer.
void hideForeignOptions(CommandLine &Given) {
  for (cl::SubCommand *Sub : Given.commands())
    cl::HideUnrelatedOptions(Given.Ours, *Sub);
  cl::HideUnrelatedOptions(Given.Ours, cl::SubCommand::getTopLevel());
}

/// What stands behind `--` is a command of the user's, and its options are its own. Takes it off \p Arguments.
std::vector<std::string> commandBehindDashes(SmallVectorImpl<const char *> &Arguments) {
  auto Dashes = find(Arguments, StringRef("--"));
  if (Dashes == Arguments.end())
    return {};
  std::vector<std::string> Command(Dashes + 1, Arguments.end());
  Arguments.erase(Dashes, Arguments.end());
  return Command;
}

} // namespace

int main(int Argc, const char **Argv) {
  // Targets are needed for inline assembly and to know `aarch64-linux-gnu-g++` for what it is.
  InitializeAllTargetInfos();
  InitializeAllTargetMCs();
  InitializeAllAsmParsers();

  CommandLine Given;
  hideForeignOptions(Given);
  cl::SetVersionPrinter(printVersion);
  if (Argc > 1 && Argv[1][0] != '-' && !isCommand(Argv[1], Given))
    return RunFailed;
  BumpPtrAllocator Memory;
  SmallVector<const char *, 32> Arguments(Argv, Argv + Argc);
  StringRef Name = Argc > 1 ? Argv[1] : "";
  // A build system may put everything into a file, the "--" as well.
  if (Name == Given.Summarize.getName())
    if (Error Failed = cl::ExpansionContext(Memory, cl::TokenizeGNUCommandLine).expandResponseFiles(Arguments)) {
      errs() << "threadbare: error: " << toString(std::move(Failed)) << '\n';
      return RunFailed;
    }
  std::vector<std::string> Command;
  if (is_contained({Given.Summarize.getName(), Given.Verify.getName(), Given.Learn.getName(), Given.Check.getName()}, Name))
    Command = commandBehindDashes(Arguments);
  std::string Complaint;
  raw_string_ostream Errors(Complaint);
  if (!cl::ParseCommandLineOptions(Arguments.size(), Arguments.data(), "Threadbare finds misuse of concurrency in C and C++\n", &Errors)) {
    if (!StringRef(Complaint).trim().empty()) // otherwise LLVM has said it on its own
      errs() << describe(Complaint) << '\n';
    return RunFailed;
  }
  if (Given.ListChecks)
    return listChecks();
  if (Given.Explain)
    return explain(Given.Explained);
  if (Given.Summarize)
    return runSummarize(summarizeRequest(Given, std::move(Command)));
  if (Given.Link)
    return runLink(linkRequest(Given));
  if (Given.Verify)
    return runVerify(verifyRequest(Given, std::move(Command)));
  if (Given.Learn)
    return runLearn(verifyRequest(Given, std::move(Command)));
  Expected<CacheOptions> Cached = cacheOptions(Given);
  if (!Cached) {
    errs() << "threadbare: error: " << toString(Cached.takeError()) << '\n';
    return RunFailed;
  }
  if (Given.Cached)
    return runCacheCommand(Given.CacheAction, *Cached);
  if (!Given.Check) {
    cl::PrintHelpMessage(/*Hidden=*/false, /*Categorized=*/true);
    return RunFailed;
  }
  CheckRequest Request = checkRequest(Given, std::move(*Cached));
  return Given.AlsoVerify ? runCheckAndVerify(Request, verifyRequest(Given, std::move(Command))) : runCheck(Request);
}
