// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Bench.h"
#include "verify/BenchNumbers.h"
#include "verify/BenchSource.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

using namespace llvm;

namespace threadbare::verify {
namespace {

constexpr StringLiteral Compiler = "clang++-19"; // whatever the user's is: the probes are its own

std::string quote(StringRef Word) {
  std::string Result = "'";
  for (char C : Word)
    Result += C == '\'' ? "'\\''" : std::string(1, C);
  return Result + "'";
}

/// What of the user's command says how the file is to be understood.
std::vector<std::string> languageFlags(const Unit &U) {
  std::vector<std::string> Flags;
  bool InCompiler = true;
  for (std::size_t I = 0; I < U.Arguments.size(); ++I) {
    StringRef Word = U.Arguments[I];
    InCompiler &= !Word.starts_with("-");
    if (InCompiler || Word == "-c" || Word == "-MD" || Word == "-MMD" || Word == "--" || !Word.starts_with("-"))
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
  return Flags;
}

/// One source file's findings.
class Program {
public:
  Program(const Unit &U, const Settings &S, std::string Stem) : User(U), S(S), Stem(std::move(Stem)) {}

  /// Why a claim cannot be part of it; "" if it is now.
  Expected<std::string> take(const Claim &C) {
    Expected<Benched> B = describeForBench(C, Findings.size());
    if (!B)
      return toString(B.takeError());
    Expected<std::string> Wrong = compiles(*B);
    if (!Wrong)
      return Wrong.takeError();
    // A variable beside the function; otherwise a member or a local, whose value is nobody's to read.
    std::string Scope = StringRef(B->Calls.front()).split('(').first.rsplit("::").first.str();
    for (std::string Other : {Scope + "::" + B->Variable, std::string()})
      if (!Wrong->empty() && !B->Variable.empty()) {
        B->Variable = Other;
        Wrong = compiles(*B);
        if (!Wrong)
          return Wrong.takeError();
      }
    if (Wrong->empty())
      Findings.push_back(*B);
    return *Wrong;
  }

  bool isEmpty() const { return Findings.empty(); }

  /// Judges its claims by runs of itself, and adds what the benchmarks say.
  Error judge(const Listener &L) {
    write(Findings);
    if (Expected<std::string> Wrong = run(words(Stem + ".cpp", Stem), 600); !Wrong)
      return Wrong.takeError();
    else if (!Wrong->empty())
      return createStringError("the program around %s needs more than that file: %s", User.File.c_str(),
                               Wrong->c_str());
    std::vector<Claim> Claims;
    for (const Benched &B : Findings)
      Claims.push_back(*B.Of);
    Settings Own = S;
    Own.Command = {Stem + "-probed"};
    Own.Build.Units = {{User.File, User.Directory, {Compiler.str()}}};
    Own.Build.Command =
        "cd " + quote(User.Directory) + " && " + join(map_range(words(Stem + ".cpp", Stem + "-probed"), quote), " ");
    Own.Build.Scratch = S.Build.Scratch + "/" + sys::path::filename(Stem).str() + ".runs";
    if (std::error_code E = sys::fs::create_directories(Own.Build.Scratch))
      return createStringError(E, Own.Build.Scratch);
    Expected<BenchNumbers> Numbers = BenchNumbers::measure(Stem, Findings, S.Budget, S.Timeout);
    if (!Numbers)
      return Numbers.takeError();
    std::size_t Next = 0;
    auto Done = [&](const Claim &C, const Verdict &V) {
      std::size_t Index = Next;
      for (std::size_t I = 0; I < Claims.size(); ++I)
        if (&C == &Claims[I])
          Index = I;
      ++Next;
      Verdict WithNumbers{V.Is, V.Summary, V.Details, json::Object(V.Evidence)};
      Numbers->addTo(WithNumbers, Findings[Index]);
      L.Done(*Findings[Index].Of, WithNumbers);
    };
    return verify(Claims, Own, {L.Note, Done, [](ArrayRef<Surprise>) {}});
  }

private:
  std::vector<std::string> words(const std::string &Source, const std::string &Output) const {
    std::vector<std::string> Words = {Compiler.str()};
    append_range(Words, languageFlags(User));
    append_range(Words, std::vector<std::string>{"-std=c++20", "-Wno-everything", "-pthread", Source, "-o", Output,
                                                 "-lbenchmark"});
    return Words;
  }

  void write(ArrayRef<Benched> What) const {
    std::error_code Ignored;
    raw_fd_ostream(Stem + ".cpp", Ignored) << benchSource(User.File, What);
  }

  /// The first complaint; "" if there is none.
  Expected<std::string> compiles(const Benched &B) const {
    write(B);
    std::vector<std::string> Words = words(Stem + ".cpp", Stem);
    Words.insert(Words.begin() + 1, "-fsyntax-only");
    Words.pop_back();
    return run(std::move(Words), 300);
  }

  Expected<std::string> run(std::vector<std::string> Words, double Seconds) const {
    Command C;
    C.Words = std::move(Words);
    C.Directory = User.Directory;
    C.Log = Stem + ".log";
    C.Seconds = Seconds;
    sys::fs::remove(C.Log);
    Expected<Ended> E = verify::run(C);
    if (!E)
      return createStringError("micro-benchmarks need clang++-19: " + toString(E.takeError()));
    if (!E->Status)
      return "";
    auto Log = MemoryBuffer::getFile(C.Log);
    for (StringRef Line : split(Log ? (*Log)->getBuffer() : "", '\n')) {
      if (Line.contains("'benchmark/benchmark.h' file not found") || Line.contains("cannot find -lbenchmark"))
        return createStringError(
            "micro-benchmarks need Google Benchmark (libbenchmark-dev), or give a command that runs "
            "the program");
      if (auto [Before, What] = Line.split("error: "); !What.empty())
        return What.str();
      if (Line.contains("undefined reference"))
        return Line.trim().str();
    }
    return "the compiler ended with status " + itostr(E->Status);
  }

  const Unit &User;
  const Settings &S;
  std::string Stem; ///< of the files that are written
  std::vector<Benched> Findings;
};

} // namespace

Error bench(ArrayRef<Claim> Claims, const Settings &S, StringRef Folder, const Listener &L) {
  auto NotMeasured = [&](const Claim &C, const Twine &Why) { L.Done(C, {std::nullopt, Why.str(), {}, {}}); };
  std::map<std::string, std::vector<const Claim *>> ByFile;
  std::map<std::string, unsigned> Names;
  for (const Claim &C : Claims)
    ByFile[C.Spots.empty() ? C.At.File : C.Spots.front().At.File].push_back(&C);
  for (const auto &[File, Here] : ByFile) {
    auto U = find_if(S.Build.Units, [&, &Wanted = File](const Unit &Each) { return Each.File == Wanted; });
    if (U == S.Build.Units.end() || sys::path::extension(File) == ".c") {
      for (const Claim *C : Here)
        NotMeasured(
            *C, "only what stands in a C++ source file of its own can be called alone; give a command that runs it");
      continue;
    }
    // Two files of one name are two programs.
    std::string Name = sys::path::stem(File).str();
    if (unsigned Before = Names[Name]++)
      Name += "-" + utostr(Before + 1);
    Program P(*U, S, (Folder + "/" + Name).str());
    std::vector<const Claim *> Taken;
    for (const Claim *C : Here) {
      Expected<std::string> Wrong = P.take(*C);
      if (!Wrong)
        return Wrong.takeError();
      if (Wrong->empty())
        Taken.push_back(C);
      else
        NotMeasured(*C, "cannot be called alone (" + *Wrong +
                            "); write '// threadbare: call with (...)' above it, or give a command that runs it");
    }
    if (P.isEmpty())
      continue;
    if (Error E = P.judge(L)) {
      std::string Why = toString(std::move(E));
      for (const Claim *C : Taken)
        NotMeasured(*C, Why + "; give a command that runs it");
    }
  }
  return Error::success();
}

} // namespace threadbare::verify
