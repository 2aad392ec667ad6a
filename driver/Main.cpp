// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The command `threadbare`.
#include "driver/CheckCommand.h"
#include "driver/Config.h"
#include "driver/Pages.h"
#include "driver/VerifyCommand.h"

#include "checks/Check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace threadbare;
using namespace threadbare::driver;

namespace {

/// All options in one object: they register themselves with LLVM for as long as it lives.
struct CommandLine {
  cl::SubCommand Check{"check", "Find misuse of concurrency in the files of a compilation database"};
  cl::SubCommand Verify{"verify", "Run the program and say which findings are so, with numbers"};
  cl::SubCommand ListChecks{"list-checks", "List all checks"};
  cl::SubCommand Explain{"explain", "Print the documentation of a check"};

  cl::OptionCategory Ours{"Options"};
  cl::list<std::string> Files{cl::Positional, cl::desc("[FILE|DIR ...]"), cl::cat(Ours), cl::sub(Check)};
  cl::opt<std::string> Build{"p", cl::desc("Folder of compile_commands.json; found upward if not given"),
                             cl::value_desc("BUILD"), cl::cat(Ours), cl::sub(Check), cl::sub(Verify)};
  cl::opt<std::string> Checks{
      "checks", cl::desc("Checks to run, appended to those of .clang-tidy, for example -*,threadbare-sync-*"),
      cl::value_desc("GLOBS"), cl::cat(Ours), cl::sub(Check)};
  cl::opt<Format> As{"format",
                     cl::desc("Form of the report"),
                     cl::values(clEnumValN(Format::Text, "text", "for people (default)"),
                                clEnumValN(Format::Sarif, "sarif", "SARIF 2.1.0")),
                     cl::init(Format::Text),
                     cl::cat(Ours),
                     cl::sub(Check)};
  cl::opt<std::string> Output{"output", cl::desc("Write the report to this file"), cl::value_desc("FILE"),
                              cl::cat(Ours), cl::sub(Check), cl::sub(Verify)};
  cl::opt<unsigned> Jobs{"jobs",
                         cl::desc("Number of worker processes; one for each core if not given"),
                         cl::value_desc("N"),
                         cl::init(0),
                         cl::cat(Ours),
                         cl::sub(Check)};
  cl::alias JobsAlias{"j", cl::desc("Alias for --jobs"), cl::aliasopt(Jobs), cl::cat(Ours)};
  cl::opt<bool> Quiet{"quiet", cl::desc("Print findings and errors only"), cl::cat(Ours), cl::sub(Check),
                      cl::sub(Verify)};
  cl::opt<bool> Stats{"stats", cl::desc("Print how often each reason for silence occurred"), cl::cat(Ours),
                      cl::sub(Check)};
  cl::opt<bool> AlsoVerify{"verify", cl::desc("Then run the command behind -- and say which findings are so"),
                           cl::cat(Ours), cl::sub(Check)};
  cl::opt<std::string> Verified{cl::Positional, cl::desc("FINDINGS.sarif -- COMMAND ..."), cl::cat(Ours),
                                cl::sub(Verify)};
  cl::opt<std::string> BuildCommand{
      "build-command", cl::desc("How to build the program again; its Clang is given the flags by the environment"),
      cl::value_desc("COMMAND"), cl::cat(Ours), cl::sub(Check), cl::sub(Verify)};
  cl::opt<double> Budget{"budget", cl::desc("Seconds of runs for each finding (30)"), cl::value_desc("SECONDS"),
                         cl::init(30), cl::cat(Ours), cl::sub(Check), cl::sub(Verify)};
  cl::opt<double> Timeout{"timeout", cl::desc("Seconds for one run of the command (120)"), cl::value_desc("SECONDS"),
                          cl::init(120), cl::cat(Ours), cl::sub(Check), cl::sub(Verify)};
  cl::opt<bool> KeepScratch{"keep-scratch", cl::desc("Leave the probed build and the evidence where they are"),
                            cl::cat(Ours), cl::sub(Check), cl::sub(Verify)};
  cl::opt<std::string> Explained{cl::Positional, cl::desc("CHECK"), cl::cat(Ours), cl::sub(Explain)};
};

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
bool isCommand(StringRef Name, const CommandLine &Given) {
  StringRef Nearest;
  unsigned Least = 4;
  for (const cl::SubCommand *Sub : {&Given.Check, &Given.Verify, &Given.ListChecks, &Given.Explain}) {
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
  for (cl::SubCommand *Sub : {&Given.Check, &Given.Verify, &Given.ListChecks, &Given.Explain, &cl::SubCommand::getTopLevel()})
    cl::HideUnrelatedOptions(Given.Ours, *Sub);
}

CheckRequest checkRequest(const CommandLine &Given) {
  CheckRequest Request;
  Request.Files = {Given.Files.begin(), Given.Files.end()};
  Request.BuildDirectory = Given.Build;
  Request.Checks = Given.Checks;
  Request.As = Given.As;
  Request.Output = Given.Output;
  Request.Jobs = Given.Jobs;
  Request.Quiet = Given.Quiet;
  Request.Stats = Given.Stats;
  return Request;
}

VerifyRequest verifyRequest(const CommandLine &Given, std::vector<std::string> Command) {
  VerifyRequest Request;
  Request.Findings = Given.Verified;
  Request.BuildDirectory = Given.Build;
  Request.BuildCommand = Given.BuildCommand;
  Request.Output = Given.Output;
  Request.Command = std::move(Command);
  Request.Budget = Given.Budget;
  Request.Timeout = Given.Timeout;
  Request.Quiet = Given.Quiet;
  Request.KeepScratch = Given.KeepScratch;
  return Request;
}

/// What stands behind `--` is a command of the user's, and its options are its own. Takes it off \p Argc.
std::vector<std::string> commandBehindDashes(int &Argc, const char **Argv) {
  const char **End = Argv + Argc;
  const char **Dashes = std::find(Argv, End, StringRef("--"));
  if (Dashes == End)
    return {};
  Argc = Dashes - Argv;
  return {Dashes + 1, End};
}

} // namespace

int main(int Argc, const char **Argv) {
  // Targets are needed for inline assembly and to know `aarch64-linux-gnu-g++` for what it is.
  InitializeAllTargetInfos();
  InitializeAllTargetMCs();
  InitializeAllAsmParsers();

  std::vector<std::string> Command;
  if (Argc > 1 && (Argv[1] == StringRef("verify") || Argv[1] == StringRef("check")))
    Command = commandBehindDashes(Argc, Argv);
  CommandLine Given;
  hideForeignOptions(Given);
  cl::SetVersionPrinter(printVersion);
  if (Argc > 1 && Argv[1][0] != '-' && !isCommand(Argv[1], Given))
    return RunFailed;
  std::string Complaint;
  raw_string_ostream Errors(Complaint);
  if (!cl::ParseCommandLineOptions(Argc, Argv, "Threadbare finds misuse of concurrency in C and C++\n", &Errors)) {
    if (!StringRef(Complaint).trim().empty()) // otherwise LLVM has said it on its own
      errs() << describe(Complaint) << '\n';
    return RunFailed;
  }
  if (Given.ListChecks)
    return listChecks();
  if (Given.Explain)
    return explain(Given.Explained);
  if (Given.Verify)
    return runVerify(verifyRequest(Given, std::move(Command)));
  if (!Given.Check) {
    cl::PrintHelpMessage(/*Hidden=*/false, /*Categorized=*/true);
    return RunFailed;
  }
  return Given.AlsoVerify ? runCheckAndVerify(checkRequest(Given), verifyRequest(Given, std::move(Command)))
                          : runCheck(checkRequest(Given));
}
