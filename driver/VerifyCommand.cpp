// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/VerifyCommand.h"
#include "driver/CompileCommands.h"
#include "driver/Paths.h"

#include "verify/Bench.h"
#include "verify/Campaign.h"
#include "verify/Command.h"
#include "verify/Surprises.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <map>
#include <set>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// A library of ours: beside the program in a build and when installed.
Expected<std::string> findLibrary(StringRef Name) {
  std::string Program = sys::fs::getMainExecutable(nullptr, nullptr);
  StringRef Prefix = sys::path::parent_path(sys::path::parent_path(Program));
  for (StringRef Folder : {StringRef("lib"), StringRef(THREADBARE_LIBRARY_FOLDER)}) {
    SmallString<256> Path(Prefix);
    sys::path::append(Path, Folder, Name);
    if (sys::fs::exists(Path))
      return Path.str().str();
  }
  return createStringError("threadbare: error: " + Name + " is not where it was installed, in " + Prefix + "/lib");
}

void note(StringRef Text) { errs() << "threadbare: note: " << Text << '\n'; }

/// Paths below the working directory without it.
std::string relative(std::string Text) {
  std::string Here = absolutePath("") + "/";
  for (std::size_t At = 0; (At = Text.find(Here, At)) != std::string::npos;)
    Text.erase(At, Here.size());
  return Text;
}

Error settle(const VerifyRequest &Request, verify::Settings &S) {
  Expected<std::string> Runtime = findLibrary("libthreadbare-rt.so"), Plugin = findLibrary("threadbare-probes.so");
  if (!Runtime || !Plugin)
    return joinErrors(Runtime.takeError(), Plugin.takeError());
  if (!Request.Allow.empty()) {
    Expected<verify::AllowList> Allow = verify::AllowList::load(Request.Allow);
    if (!Allow)
      return Allow.takeError();
    S.Allow = std::move(*Allow);
  }
  Expected<std::string> Path = findDatabase(Request.BuildDirectory, absolutePath(""));
  if (!Path)
    return Path.takeError();
  Expected<CompileDatabase> Database = loadDatabase(*Path);
  if (!Database)
    return Database.takeError();
  for (const CompileUnit &U : Database->Units)
    S.Build.Units.push_back({U.File, U.Directory, U.Arguments});
  // The database is often a link to the one in the build folder.
  S.Build.Folder = sys::path::parent_path(realPath(*Path)).str();
  S.Build.Command = Request.BuildCommand;
  S.Build.Plugin = *Plugin;
  S.Build.Seconds = 3600;
  S.Runtime = *Runtime;
  S.Command = Request.Command;
  S.Budget = Request.Budget;
  S.Timeout = Request.Timeout;
  SmallString<128> Scratch;
  if (std::error_code E = sys::fs::createUniqueDirectory("threadbare-verify", Scratch))
    return createStringError("threadbare: error: no temporary folder: " + E.message());
  S.Build.Scratch = realPath(Scratch);
  return Error::success();
}

void clean(const VerifyRequest &Request, const verify::Settings &S) {
  if (S.Build.Scratch.empty())
    return;
  if (!Request.KeepScratch)
    sys::fs::remove_directories(S.Build.Scratch);
  else
    errs() << "threadbare: kept " << S.Build.Scratch << '\n';
}

std::string describe(const verify::Surprise &S) {
  return formatv("{0}:{1}:{2}: {3}", relative(S.At.File), S.At.Line, S.At.Column, S.What).str();
}

class VerifyRun {
public:
  explicit VerifyRun(const VerifyRequest &Request) : Request(Request) {}

  Expected<ExitStatus> run() {
    Expected<verify::ClaimsFile> File = verify::ClaimsFile::load(Request.Findings);
    if (!File)
      return File.takeError();
    verify::Interruptible Interruptible;
    verify::Settings Settings;
    auto Clean = make_scope_exit([&] { clean(Request, Settings); });
    if (Error E = settle(Request, Settings))
      return std::move(E);
    auto Done = [&](const verify::Claim &C, const verify::Verdict &V) {
      File->attach(C, V);
      tell(C, V);
    };
    auto Surprised = [&](ArrayRef<verify::Surprise> Seen) { tell(Seen); };
    if (Error E = measure(File->claims(), Settings, {note, Done, Surprised}))
      return createStringError("threadbare: error: " + toString(std::move(E)));
    summarize();
    if (!write(*File))
      return RunFailed;
    return Unmeasured ? RunFailed : Counts[0] ? Findings : NoFindings;
  }

private:
  Error measure(ArrayRef<verify::Claim> Claims, const verify::Settings &S, const verify::Listener &L) {
    if (!Request.Command.empty())
      return verify::verify(Claims, S, L);
    std::string Folder = Request.Keep.empty() ? S.Build.Scratch : absolutePath(Request.Keep);
    if (std::error_code E = sys::fs::create_directories(Folder))
      return createStringError(Folder + ": " + E.message());
    if (!sys::fs::is_directory(Folder))
      return createStringError(Folder + " is no folder; name another with --keep");
    return verify::bench(Claims, S, Folder, L);
  }

  /// One entry of the table, as soon as it is known: a campaign takes time.
  void tell(const verify::Claim &C, const verify::Verdict &V) {
    StringRef Word = "not measured";
    if (V.Is) {
      ++Counts[std::size_t(*V.Is)];
      static constexpr StringLiteral Words[] = {"CONFIRMED", "not reproduced", "not exercised"};
      Word = Words[std::size_t(*V.Is)];
    } else {
      ++Unmeasured;
    }
    outs() << formatv("{0,-14}  {1}:{2}:{3}: {4} [{5}]\n", Word, relative(C.At.File), C.At.Line, C.At.Column, C.Message,
                      C.Check);
    outs() << formatv("{0,-14}  {1}\n", "", V.Summary);
    if (!Request.Quiet)
      for (const std::string &Line : V.Details)
        outs() << formatv("{0,-14}  {1}\n", "", relative(Line));
    outs().flush();
  }

  /// Apart from the verdicts: there is no finding that they could belong to.
  void tell(ArrayRef<verify::Surprise> Seen) {
    if (Seen.empty())
      return;
    outs() << "\nThe run saw what the analysis did not:\n";
    for (const verify::Surprise &S : Seen) {
      outs() << describe(S) << '\n';
      if (!S.isLesson()) {
        outs() << "    (" << S.Remark << ")\n";
        continue;
      }
      outs() << "    " << S.List << ":\n";
      for (StringRef Line : split(StringRef(S.Lesson).trim(), '\n'))
        outs() << "    " << Line << '\n';
    }
    if (any_of(Seen, [](const verify::Surprise &S) { return S.isLesson(); }))
      outs() << "These lines in a threadbare.yaml teach it; 'threadbare learn' writes them.\n\n";
  }

  void summarize() {
    outs() << formatv("SUMMARY: threadbare: {0} confirmed, {1} not reproduced, {2} not exercised", Counts[0], Counts[1],
                      Counts[2]);
    if (Unmeasured)
      outs() << formatv(", {0} not measured", Unmeasured);
    outs() << '\n';
  }

  bool write(const verify::ClaimsFile &File) {
    if (Request.Output.empty())
      return true;
    std::error_code E;
    raw_fd_ostream OS(Request.Output, E);
    if (!E) {
      File.write(OS);
      OS.close();
      E = OS.error();
    }
    if (!E)
      return true;
    OS.clear_error();
    errs() << "threadbare: error: " << Request.Output << " cannot be written: " << E.message() << '\n';
    return false;
  }

  const VerifyRequest &Request;
  unsigned Counts[3] = {}, Unmeasured = 0;
};

} // namespace

static ExitStatus complain(StringRef Why) {
  errs() << (Why.contains(": error: ") ? "" : "threadbare: error: ") << Why << '\n';
  return RunFailed;
}

ExitStatus runVerify(const VerifyRequest &Request) {
  if (Request.Findings.empty())
    return complain("name the findings: threadbare verify FINDINGS.sarif -p BUILD -- COMMAND");
  Expected<ExitStatus> Status = VerifyRun(Request).run();
  return Status ? *Status : complain(toString(Status.takeError()));
}

static Expected<ExitStatus> learn(const VerifyRequest &Request) {
  std::string File = Request.Output.empty() ? "threadbare.yaml" : Request.Output;
  if (File != "-" && sys::fs::exists(File))
    return createStringError(File + ": error: it exists; name another file with --output, and add its lines by hand");
  verify::Interruptible Interruptible;
  verify::Settings Settings;
  auto Clean = make_scope_exit([&] { clean(Request, Settings); });
  if (Error E = settle(Request, Settings))
    return std::move(E);
  Expected<std::vector<verify::Surprise>> Seen = verify::learn(Settings, {note, nullptr, nullptr});
  if (!Seen)
    return createStringError("threadbare: error: " + toString(Seen.takeError()));
  std::map<std::string, std::map<std::string, std::string>> Lessons; // by list, one for each function
  std::set<std::string> Functions;
  for (const verify::Surprise &S : *Seen) {
    errs() << describe(S) << (S.isLesson() ? "" : " (" + S.Remark + ")") << '\n';
    if (S.isLesson() && Lessons[S.List].try_emplace(S.Function, S.Lesson).second)
      Functions.insert(S.Function);
  }
  if (Lessons.empty()) {
    note("nothing to learn: no resumed coroutine was stopped, and none started a thread, by a function that is not "
         "known "
         "to do so");
    return NoFindings;
  }
  std::error_code E;
  raw_fd_ostream OS(File, E);
  if (E)
    return createStringError(File + ": error: cannot be written: " + E.message());
  OS << "# Learned from a run of the program by 'threadbare learn'.\n";
  for (const auto &[List, Entries] : Lessons) {
    OS << List << ":\n";
    for (const auto &[Name, Lines] : Entries)
      OS << Lines;
  }
  if (File != "-")
    note(File + " now names " + verify::counted(Functions.size(), "function") + "; the next 'threadbare check' knows");
  return Findings;
}

ExitStatus runLearn(const VerifyRequest &Request) {
  if (Request.Command.empty())
    return complain("name the command that runs the program: threadbare learn -p BUILD -- COMMAND");
  Expected<ExitStatus> Status = learn(Request);
  return Status ? *Status : complain(toString(Status.takeError()));
}

ExitStatus runCheckAndVerify(const CheckRequest &Check, VerifyRequest Verify) {
  SmallString<128> Path;
  if (std::error_code E = sys::fs::createTemporaryFile("threadbare", "sarif", Path)) {
    errs() << "threadbare: error: no temporary file: " << E.message() << '\n';
    return RunFailed;
  }
  FileRemover Remove(Path);
  CheckRequest First = Check;
  First.As = Format::Sarif;
  First.Output = Path.str();
  ExitStatus Checked = runCheck(First);
  if (Checked != Findings)
    return Checked;
  Verify.Findings = Path.str();
  Verify.Output = Check.As == Format::Sarif ? Check.Output : "";
  return runVerify(Verify);
}

} // namespace threadbare::driver
