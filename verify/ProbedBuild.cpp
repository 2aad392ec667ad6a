// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/ProbedBuild.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <thread>

using namespace llvm;

namespace threadbare::verify {
namespace {

std::string absolute(StringRef Path, StringRef Directory) {
  SmallString<256> Result(Path);
  if (!sys::path::is_absolute(Result)) {
    Result = Directory;
    sys::path::append(Result, Path);
  }
  sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return Result.str().str();
}

bool isBelow(StringRef Path, StringRef Folder) {
  return Path.consume_front(Folder) && (Path.empty() || Path.starts_with("/"));
}

/// What a unit is compiled into; "" if its command does not say.
std::string objectOf(const Unit &U) {
  auto Flag = find(U.Arguments, "-o");
  return Flag != U.Arguments.end() && std::next(Flag) != U.Arguments.end() ? absolute(*std::next(Flag), U.Directory)
                                                                           : "";
}

/// The compiler that a command runs: the first word that is no launcher.
std::string compilerOf(const Unit &U) {
  for (const std::string &Word : U.Arguments) {
    StringRef Name = sys::path::filename(Word);
    if (Name != "ccache" && Name != "sccache" && Name != "distcc" && !Name.contains('='))
      return Word;
  }
  return "";
}

std::string contents(StringRef Path) {
  auto Buffer = MemoryBuffer::getFile(Path);
  return Buffer ? (*Buffer)->getBuffer().str() : "";
}

/// The last lines of a log, for a message of one line.
std::string lastLine(StringRef Path, ArrayRef<StringRef> Preferred) {
  std::string Text = contents(Path);
  std::string Last;
  for (StringRef Line : split(Text, '\n')) {
    if (Line.trim().empty())
      continue;
    Last = Line.trim();
    if (any_of(Preferred, [&](StringRef Word) { return Line.contains(Word); }))
      break;
  }
  return Last;
}

class Builder {
public:
  Builder(const BuildRequest &Request, ArrayRef<ProbedPlace> Places) : Request(Request), Places(Places) {}

  Error run(std::string &Copy) {
    choose();
    if (Error E = checkCompilers())
      return E;
    writeSites();
    if (!Request.Command.empty())
      return build({"/bin/sh", "-c", Request.Command}, "");
    std::vector<std::string> Tool = tool();
    if (Tool.empty())
      return createStringError(Request.Folder + ": error: neither build.ninja nor a Makefile is here; name the way to "
                                                "build with --build-command");
    if (Error E = checkMountable())
      return E;
    Copy = Request.Scratch + "/build";
    if (Error E = copyTo(Copy))
      return E;
    for (const Unit *U : Chosen)
      if (std::string Object = objectOf(*U); isBelow(Object, Request.Folder))
        sys::fs::remove(Copy + Object.substr(Request.Folder.size()));
    return build(Tool, Copy);
  }

private:
  /// The units whose own files have places. A place in a header is in every unit that includes it, and the linker
  /// would take any unit's copy of an inline function: then all have to be compiled again. Without places, all are,
  /// for their lines.
  void choose() {
    StringSet<> Mains, Wanted;
    for (const Unit &U : Request.Units)
      Mains.insert(U.File);
    for (const ProbedPlace &P : Places)
      Wanted.insert(P.Where.At.File);
    bool Headers = any_of(Wanted, [&](const auto &Entry) { return !Mains.contains(Entry.getKey()); });
    for (const Unit &U : Request.Units)
      if (Headers || Places.empty() || Wanted.contains(U.File))
        Chosen.push_back(&U);
  }

  Error checkCompilers() {
    StringSet<> Seen;
    for (const Unit *U : Chosen) {
      std::string Compiler = compilerOf(*U);
      if (!Seen.insert(Compiler).second)
        continue;
      if (Error E = checkCompiler(Compiler, U->Directory))
        return E;
    }
    return Error::success();
  }

  Error checkCompiler(StringRef Compiler, StringRef Directory) {
    Command C;
    C.Words = {Compiler.str(), "--version"};
    C.Directory = Directory;
    C.Log = Request.Scratch + "/compiler.log";
    C.Seconds = 30;
    sys::fs::remove(C.Log);
    Expected<Ended> E = verify::run(C);
    if (!E)
      return createStringError("the compiler cannot be run: " + toString(E.takeError()));
    std::string Version = StringRef(contents(C.Log)).split('\n').first.str();
    if (StringRef(Version).contains("clang version 19."))
      return Error::success();
    return createStringError("probes need a program built by Clang 19, and '" + Compiler + "' is '" + Version +
                             "'; configure the build with CMAKE_CXX_COMPILER=clang++-19");
  }

  void writeSites() {
    json::Array List;
    for (const ProbedPlace &P : Places)
      List.push_back(json::Object{{"id", P.Site},
                                  {"file", P.Where.At.File},
                                  {"line", P.Where.At.Line},
                                  {"column", P.Where.At.Column},
                                  {"role", P.Where.Role}});
    std::error_code Ignored;
    raw_fd_ostream(sitesPath(), Ignored) << json::Value(json::Object{{"sites", std::move(List)}}) << '\n';
  }

  std::vector<std::string> tool() const {
    std::string Jobs = "-j" + utostr(std::max(1u, std::thread::hardware_concurrency()));
    if (sys::fs::exists(Request.Folder + "/build.ninja"))
      return {"ninja", "-C", Request.Folder, Jobs};
    if (sys::fs::exists(Request.Folder + "/Makefile"))
      return {"make", "-C", Request.Folder, Jobs};
    return {};
  }

  /// With the times that build tools go by, and without the cost of a copy where the file system can share.
  Error copyTo(const std::string &Copy) {
    Command C;
    C.Words = {"cp", "-a", "--reflink=auto", Request.Folder, Copy};
    C.Log = Request.Scratch + "/copy.log";
    C.Seconds = Request.Seconds;
    Expected<Ended> E = verify::run(C);
    if (!E)
      return E.takeError();
    if (E->Status || E->TimedOut)
      return createStringError("copying " + Request.Folder + ": " + lastLine(C.Log, {}));
    return Error::success();
  }

  Error build(std::vector<std::string> Words, const std::string &Copy) {
    Command C;
    C.Words = std::move(Words);
    C.Log = Request.Scratch + "/build.log";
    C.Seconds = Request.Seconds;
    if (!Copy.empty()) {
      C.StandIn = Copy;
      C.For = Request.Folder;
    }
    std::string Flags = "-g1 -fno-omit-frame-pointer -fpass-plugin=" + Request.Plugin;
    // '#': no remarks; '+': one more argument.
    C.Environment = {
        {"CCC_OVERRIDE_OPTIONS", "# +-g1 +-fpass-plugin=" + Request.Plugin + " +-Wno-unused-command-line-argument"},
        {"THREADBARE_SITES", sitesPath()},
        {"THREADBARE_FLAGS", Flags},
        {"CCACHE_DISABLE", "1"}, // it would not know of the flags
        {"SCCACHE_RECACHE", "1"}};
    Expected<Ended> E = verify::run(C);
    if (!E)
      return createStringError("the build cannot be started: " + toString(E.takeError()));
    if (std::string Why = E->complaint(); !Why.empty() && (E->Status || E->TimedOut))
      return createStringError("the build with probes " + Why + ": " + lastLine(C.Log, {"error:", "Error "}));
    return Error::success();
  }

  std::string sitesPath() const { return Request.Scratch + "/sites.json"; }

  const BuildRequest &Request;
  ArrayRef<ProbedPlace> Places;
  std::vector<const Unit *> Chosen;
};

} // namespace

Expected<ProbedBuild> ProbedBuild::create(const BuildRequest &Request, ArrayRef<ProbedPlace> Places) {
  ProbedBuild Result;
  if (Error E = Builder(Request, Places).run(Result.Copy))
    return std::move(E);
  if (!Result.Copy.empty())
    Result.Folder = Request.Folder;
  return Result;
}

void ProbedBuild::enter(Command &C) const {
  C.StandIn = Copy;
  C.For = Folder;
}

std::string ProbedBuild::outside(StringRef Path) const {
  if (Folder.empty() || !isBelow(Path, Folder))
    return Path.str();
  return Copy + Path.drop_front(Folder.size()).str();
}

} // namespace threadbare::verify
