// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/ProbedBuild.h"
#include "verify/Rebuild.h"

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

using namespace llvm;

namespace threadbare::verify {
namespace {

bool isBelow(StringRef Path, StringRef Folder) {
  return Path.consume_front(Folder) && (Path.empty() || Path.starts_with("/"));
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
    Chosen = unitsToCompile(Request.Units, Places, [&] { return Dependencies::read(Request.Folder, Request.Units); });
    if (Error E = checkCompilers())
      return E;
    writeSites();
    if (!Request.Command.empty())
      return build({"/bin/sh", "-c", Request.Command}, "");
    std::vector<std::string> Tool = buildTool(Request.Folder);
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
