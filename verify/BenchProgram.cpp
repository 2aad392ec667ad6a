// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchProgram.h"
#include "verify/BenchNumbers.h"
#include "verify/LinkInputs.h"
#include "verify/Rebuild.h"
#include "verify/Surprises.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace threadbare::verify {
namespace {

// Whatever the user's are: the probes are theirs.
constexpr StringLiteral Compiler = "clang++-19", CompilerOfC = "clang-19";

std::string quote(StringRef Word) {
  std::string Result = "'";
  for (char C : Word)
    Result += C == '\'' ? "'\\''" : std::string(1, C);
  return Result + "'";
}

bool isUndefined(StringRef Complaint) {
  return Complaint.contains("undefined reference") || Complaint.contains("undefined symbol");
}

bool isPrivate(StringRef Complaint) { return Complaint.contains(" private ") || Complaint.contains(" protected "); }

/// "-std=gnu++23"
bool isModern(StringRef Flag) {
  StringRef Year = Flag.rsplit("++").second;
  return Flag.starts_with("-std=") && is_contained({"20", "2a", "23", "2b", "26", "2c"}, Year);
}

} // namespace

std::vector<std::string> languageFlags(const Unit &U) {
  std::vector<std::string> Flags;
  bool InCompiler = true;
  for (std::size_t I = 0; I < U.Arguments.size(); ++I) {
    StringRef Word = U.Arguments[I];
    InCompiler &= !Word.starts_with("-");
    if (InCompiler || Word == "-c" || Word == "-MD" || Word == "-MMD" || Word == "--" || !Word.starts_with("-"))
      continue;
    // Clang knows coroutines without being told, and other warnings than GCC.
    if (Word == "-fcoroutines" || (Word.starts_with("-W") && !Word.starts_with("-Wp,")))
      continue;
    if (Word == "-o" || Word == "-MF" || Word == "-MT" || Word == "-MQ") {
      ++I;
      continue;
    }
    Flags.push_back(Word.str());
    bool TakesNext = is_contained({"-I", "-D", "-U", "-isystem", "-include", "-iquote", "-x", "-Xclang"}, Word);
    if (TakesNext && I + 1 < U.Arguments.size())
      Flags.push_back(U.Arguments[++I]);
  }
  // Older Asio takes it that only GCC has coroutines; what it is told by these, it would find out with GCC.
  if (!StringRef(compilerOf(U)).contains("clang"))
    append_range(Flags, std::vector<std::string>{"-DASIO_HAS_CO_AWAIT=1", "-DASIO_HAS_STD_COROUTINE=1"});
  return Flags;
}

BenchProgram::BenchProgram(const Unit &U, const Settings &S, std::string Stem)
    : User(U), S(S), Stem(std::move(Stem)), InC(sys::path::extension(U.File) == ".c") {}

Expected<std::string> BenchProgram::take(const Claim &C) {
  Expected<Benched> B = describeForBench(C, Findings.size());
  if (!B)
    return toString(B.takeError());
  B->InC = InC;
  Expected<std::string> Wrong = makeCallable(*B);
  if (!Wrong || !Wrong->empty())
    return Wrong;
  if (Error E = nameVariable(*B))
    return std::move(E);
  Findings.push_back(*B);
  return "";
}

/// Finds the way to call its functions: as they are, or of an object. What is wrong if there is none.
Expected<std::string> BenchProgram::makeCallable(Benched &B) {
  Expected<std::string> Wrong = compiles(B);
  if (!Wrong || !StringRef(*Wrong).contains("non-static member function"))
    return Wrong;
  // The complaint does not say which of two it is of. That about all is the one to be told.
  std::string First;
  for (unsigned OfObject = (1u << B.Calls.size()) - 1; OfObject; --OfObject) {
    for (std::size_t I = 0; I < B.Calls.size(); ++I)
      B.Calls[I].OfObject = OfObject >> I & 1 && !B.Calls[I].Scope.empty();
    Wrong = compiles(B);
    if (!Wrong || Wrong->empty())
      return Wrong;
    if (First.empty())
      First = *Wrong;
  }
  return First;
}

/// A variable beside the function, or a member of its object; otherwise a local, whose value is nobody's to read.
Error BenchProgram::nameVariable(Benched &B) {
  for (std::string &Name : namesOfVariable(B)) {
    B.Variable = std::move(Name);
    Expected<std::string> Wrong = compiles(B);
    if (!Wrong)
      return Wrong.takeError();
    if (Wrong->empty())
      return Error::success();
  }
  B.Variable = "";
  return Error::success();
}

/// The first complaint; "" if there is none.
Expected<std::string> BenchProgram::compiles(const Benched &B) {
  if (Error E = write(B))
    return std::move(E);
  for (bool Before = Open;; Open = true) {
    std::string Complaint;
    for (Words &Command : commands(Stem, /*Check=*/true)) {
      Expected<std::string> Wrong = run(std::move(Command), 300);
      if (!Wrong)
        return Wrong;
      if (Complaint.empty())
        Complaint = *Wrong;
    }
    if (Complaint.empty() || Open || !isPrivate(Complaint)) {
      Open = Complaint.empty() ? Open : Before; // only if that helps
      return Complaint;
    }
  }
}

Error BenchProgram::write(ArrayRef<Benched> What) const {
  auto Put = [](const std::string &File, StringRef Text) -> Error {
    std::error_code E;
    raw_fd_ostream OS(File, E);
    if (!E) {
      OS << Text;
      OS.close();
      E = OS.error();
      OS.clear_error();
    }
    return E ? createStringError(File + ": cannot be written: " + E.message()) : Error::success();
  };
  if (Error E = Put(Stem + ".cpp", benchSource(User.File, What)))
    return E;
  return InC ? Put(Stem + ".c", benchSourceInC(User.File, What)) : Error::success();
}

/// What makes the program \p Output; or only checks whether it could be.
std::vector<BenchProgram::Words> BenchProgram::commands(const std::string &Output, bool Check) const {
  Words Flags = languageFlags(User), Main = {Compiler.str()};
  std::vector<Words> All;
  if (InC) {
    All.push_back({CompilerOfC.str()});
    append_range(All[0], Flags);
    append_range(All[0], Words{"-w", "-pthread", Stem + ".c", "-c", "-o", Output + ".o"});
    erase_if(Flags, [](StringRef Flag) { return !Flag.starts_with("-O") && !Flag.starts_with("-fsanitize"); });
  }
  append_range(Main, Flags);
  if (none_of(Flags, isModern))
    Main.push_back("-std=c++20"); // the program's own lines need it
  append_range(Main, Words{"-w", "-pthread", Stem + ".cpp", "-o", Output});
  if (Open)
    Main.push_back("-fno-access-control");
  if (Check) {
    for (Words *Each : {&Main, InC ? &All[0] : &Main})
      Each->insert(Each->begin() + 1, "-fsyntax-only");
  } else {
    if (InC)
      Main.push_back(Output + ".o");
    append_range(Main, Linked);
    if (!Linked.empty())
      Main.push_back("-Wl,-z,muldefs"); // the user's main, and what of the file is in an archive: ours is the first
    Main.push_back("-lbenchmark");
  }
  All.push_back(std::move(Main));
  return All;
}

/// What one command complains of; "" if it does not.
Expected<std::string> BenchProgram::run(Words Command, double Seconds) const {
  verify::Command C;
  C.Words = std::move(Command);
  C.Directory = User.Directory;
  C.Log = Stem + ".log";
  C.Seconds = Seconds;
  sys::fs::remove(C.Log);
  Expected<Ended> E = verify::run(C);
  if (!E)
    return createStringError("micro-benchmarks need " + C.Words[0] + ": " + toString(E.takeError()));
  if (!E->Status)
    return "";
  auto Log = MemoryBuffer::getFile(C.Log);
  for (StringRef Line : split(Log ? (*Log)->getBuffer() : "", '\n')) {
    if (Line.contains("'benchmark/benchmark.h' file not found") || Line.contains("cannot find -lbenchmark"))
      return createStringError("micro-benchmarks need Google Benchmark (libbenchmark-dev), or give a command that runs "
                               "the program");
    if (isUndefined(Line))
      return Line.trim().str();
    if (auto [Before, What] = Line.split("error: "); !What.empty())
      return What.str();
  }
  return "the compiler ended with status " + itostr(E->Status);
}

/// Alone if it can be, otherwise with the rest of the user's program.
Error BenchProgram::build() {
  for (bool Again : {false, true}) {
    std::string Complaint;
    for (Words &Command : commands(Stem, /*Check=*/false)) {
      Expected<std::string> Wrong = run(std::move(Command), 600);
      if (!Wrong)
        return Wrong.takeError();
      if (Complaint.empty())
        Complaint = *Wrong;
    }
    if (Complaint.empty())
      return Error::success();
    if (Again || !isUndefined(Complaint))
      return createStringError("the program around " + User.File + " cannot be linked: " + Complaint);
    Expected<Words> Others = linkInputs(User, S.Build.Folder);
    if (!Others)
      return createStringError("the program around " + User.File + " needs more than that file (" + Complaint +
                               "): " + toString(Others.takeError()));
    Linked = std::move(*Others);
  }
  return Error::success();
}

Error BenchProgram::judge(const Listener &L) {
  if (Error E = write(Findings))
    return E;
  if (Error E = build())
    return E;
  Settings Own = S;
  Own.Command = {Stem + "-probed"};
  Own.Build.Units = {{User.File, User.Directory, {(InC ? CompilerOfC : Compiler).str()}}};
  Own.Build.Command = "cd " + quote(User.Directory);
  for (const Words &Command : commands(Stem + "-probed", /*Check=*/false))
    Own.Build.Command += " && " + join(map_range(Command, quote), " ");
  Own.Build.Scratch = S.Build.Scratch + "/" + sys::path::filename(Stem).str() + ".runs";
  if (std::error_code E = sys::fs::create_directories(Own.Build.Scratch))
    return createStringError(E, Own.Build.Scratch);
  Expected<BenchNumbers> Numbers = BenchNumbers::measure(Stem, Findings, S.Budget, S.Timeout);
  if (!Numbers)
    return Numbers.takeError();
  std::vector<Claim> Claims;
  for (const Benched &B : Findings)
    Claims.push_back(*B.Of);
  auto Done = [&](const Claim &C, const Verdict &V) {
    const Benched &B = Findings[&C - Claims.data()];
    Verdict WithNumbers{V.Is, V.Summary, V.Details, json::Object(V.Evidence)};
    Numbers->addTo(WithNumbers, B);
    L.Done(*B.Of, WithNumbers);
  };
  return verify(Claims, Own, {L.Note, Done, [](ArrayRef<Surprise>) {}});
}

} // namespace threadbare::verify
