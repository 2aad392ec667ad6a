// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchCompiler.h"
#include "verify/LinkInputs.h"
#include "verify/Rebuild.h"

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

Error write(const std::string &File, StringRef Text) {
  std::error_code E;
  raw_fd_ostream OS(File, E);
  if (!E) {
    OS << Text;
    OS.close();
    E = OS.error();
    OS.clear_error();
  }
  return E ? createStringError(File + ": cannot be written: " + E.message()) : Error::success();
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
    // A precompiled header is another compiler's; CMake has its text included as well.
    if (Word == "-Xclang" && I + 3 < U.Arguments.size() && U.Arguments[I + 1] == "-include-pch") {
      I += 3;
      continue;
    }
    if (is_contained({"-include-pch", "-o", "-MF", "-MT", "-MQ", "-MJ"}, Word)) {
      ++I;
      continue;
    }
    Flags.push_back(Word.str());
    bool TakesNext = is_contained({"-I", "-D", "-U", "-isystem", "-iquote", "-idirafter", "-include", "-imacros",
                                   "-isysroot", "--sysroot", "-target", "-x", "-Xclang", "-mllvm"},
                                  Word);
    if (TakesNext && I + 1 < U.Arguments.size())
      Flags.push_back(U.Arguments[++I]);
  }
  // Older Asio takes it that only GCC has coroutines; what it is told by these, it would find out with GCC.
  if (!StringRef(compilerOf(U)).contains("clang"))
    append_range(Flags, std::vector<std::string>{"-DASIO_HAS_CO_AWAIT=1", "-DASIO_HAS_STD_COROUTINE=1"});
  return Flags;
}

BenchCompiler::BenchCompiler(const Unit &U, const BuildRequest &Build, std::string Stem)
    : User(U), Build(Build), Stem(std::move(Stem)), InC(sys::path::extension(U.File) == ".c") {
  Hidden = (Build.Scratch + "/" + sys::path::filename(this->Stem)).str();
}

Unit BenchCompiler::unit() const { return {User.File, User.Directory, {(InC ? CompilerOfC : Compiler).str()}}; }

BenchCompiler::Words BenchCompiler::compiler() const {
  Words Flags = languageFlags(User), Command = {Compiler.str()};
  if (InC)
    erase_if(Flags, [](StringRef Flag) { return !Flag.starts_with("-O") && !Flag.starts_with("-fsanitize"); });
  append_range(Command, Flags);
  if (none_of(Flags, isModern))
    Command.push_back("-std=c++20"); // the program's own lines need it
  append_range(Command, Words{"-w", "-pthread"});
  if (Open)
    Command.push_back("-fno-access-control");
  return Command;
}

BenchCompiler::Words BenchCompiler::compilerOfC() const {
  Words Command = {CompilerOfC.str()};
  append_range(Command, languageFlags(User));
  append_range(Command, Words{"-w", "-pthread", Stem + ".c"});
  return Command;
}

/// The part that is the same for all findings, and costs most of the time. What is wrong with it; "" if nothing is.
Expected<std::string> BenchCompiler::precompile() {
  if (Error E = write(Hidden + "-head.h", benchHead(User.File, InC)))
    return std::move(E);
  Words Command = compiler();
  append_range(Command, Words{"-x", "c++-header", Hidden + "-head.h", "-o", Hidden + ".pch"});
  Expected<std::string> Wrong = complaintOf({std::move(Command)});
  IsPrecompiled = Wrong && Wrong->empty();
  return Wrong;
}

Expected<std::string> BenchCompiler::check(const Benched &B) {
  if (!IsPrecompiled)
    if (Expected<std::string> Wrong = precompile(); !Wrong || !Wrong->empty())
      return Wrong;
  if (Error E = joinErrors(write(Hidden + "-check.cpp", benchTail(B)),
                           InC ? write(Stem + ".c", benchSourceInC(User.File, B)) : Error::success()))
    return std::move(E);
  for (bool Before = Open;; Open = true) {
    std::vector<Words> Commands = {compiler()};
    append_range(Commands[0], Words{"-fsyntax-only", "-include-pch", Hidden + ".pch", Hidden + "-check.cpp"});
    if (InC) {
      Commands.push_back(compilerOfC());
      Commands.back().push_back("-fsyntax-only");
    }
    Expected<std::string> Wrong = complaintOf(std::move(Commands));
    if (!Wrong || Wrong->empty())
      return Wrong;
    if (Open || !isPrivate(*Wrong)) {
      Open = Before; // it does not help
      return Wrong;
    }
  }
}

/// What makes the program \p Output.
std::vector<BenchCompiler::Words> BenchCompiler::commands(const std::string &Output) const {
  std::vector<Words> All;
  Words Main = compiler();
  Main.push_back(Stem + ".cpp");
  if (InC) {
    All.push_back(compilerOfC());
    append_range(All[0], Words{"-c", "-o", Output + ".o"});
    Main.push_back(Output + ".o");
  }
  append_range(Main, Words{"-o", Output});
  append_range(Main, Linked);
  if (!Linked.empty())
    Main.push_back("-Wl,-z,muldefs"); // the user's main, and what of the file is in an archive: ours is the first
  Main.push_back("-lbenchmark");
  All.push_back(std::move(Main));
  return All;
}

/// What the first of the commands that fails complains of; "" if none does.
Expected<std::string> BenchCompiler::complaintOf(std::vector<Words> Commands) const {
  for (Words &Each : Commands) {
    Command C;
    C.Words = std::move(Each);
    C.Directory = User.Directory;
    C.Log = Hidden + ".log";
    C.Seconds = 600;
    sys::fs::remove(C.Log);
    Expected<Ended> E = run(C);
    if (!E)
      return createStringError("micro-benchmarks need " + C.Words[0] + ": " + toString(E.takeError()));
    if (!E->Status)
      continue;
    auto Log = MemoryBuffer::getFile(C.Log);
    for (StringRef Line : split(Log ? (*Log)->getBuffer() : "", '\n')) {
      if (Line.contains("'benchmark/benchmark.h' file not found") || Line.contains("cannot find -lbenchmark"))
        return createStringError("micro-benchmarks need Google Benchmark (libbenchmark-dev), or give a command that "
                                 "runs the program");
      if (isUndefined(Line))
        return Line.trim().str();
      if (auto [Before, What] = Line.split("error: "); !What.empty())
        return What.str();
    }
    return "the compiler ended with status " + itostr(E->Status);
  }
  return "";
}

Error BenchCompiler::build(ArrayRef<Benched> Findings) {
  if (Error E = joinErrors(write(Stem + ".cpp", benchSource(User.File, Findings)),
                           InC ? write(Stem + ".c", benchSourceInC(User.File, Findings)) : Error::success()))
    return E;
  for (bool Again : {false, true}) {
    Expected<std::string> Wrong = complaintOf(commands(Stem));
    if (!Wrong)
      return Wrong.takeError();
    if (Wrong->empty())
      break;
    if (Again || !isUndefined(*Wrong))
      return createStringError("the program around " + User.File + " cannot be linked: " + *Wrong);
    Expected<Words> Others = linkInputs(User, Build.Folder);
    if (!Others)
      return createStringError("the program around " + User.File + " needs more than that file (" + *Wrong +
                               "): " + toString(Others.takeError()));
    Linked = std::move(*Others);
  }
  return Error::success();
}

std::string BenchCompiler::shellCommand(const std::string &Output) const {
  std::string Text = "cd " + quote(User.Directory);
  for (const Words &Command : commands(Output))
    Text += " && " + join(map_range(Command, quote), " ");
  return Text;
}

} // namespace threadbare::verify
