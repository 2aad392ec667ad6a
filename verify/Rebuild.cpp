// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Rebuild.h"
#include "verify/Trace.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/StringSaver.h"

#include <thread>

using namespace llvm;

namespace threadbare::verify {

std::string absolute(StringRef Path, StringRef Directory) {
  SmallString<256> Result(Path);
  if (!sys::path::is_absolute(Result)) {
    Result = Directory;
    sys::path::append(Result, Path);
  }
  sys::path::remove_dots(Result, /*remove_dot_dot=*/true);
  return Result.str().str();
}

std::string objectOf(const Unit &U) {
  auto Flag = find(U.Arguments, "-o");
  return Flag != U.Arguments.end() && std::next(Flag) != U.Arguments.end() ? absolute(*std::next(Flag), U.Directory)
                                                                           : "";
}

std::string compilerOf(const Unit &U) {
  for (const std::string &Word : U.Arguments) {
    StringRef Name = sys::path::filename(Word);
    if (Name != "ccache" && Name != "sccache" && Name != "distcc" && !Name.contains('='))
      return Word;
  }
  return "";
}

std::vector<std::string> buildTool(StringRef Folder) {
  std::string Jobs = "-j" + utostr(std::max(1u, std::thread::hardware_concurrency()));
  if (sys::fs::exists(Folder + "/build.ninja"))
    return {"ninja", "-C", Folder.str(), Jobs};
  if (sys::fs::exists(Folder + "/Makefile"))
    return {"make", "-C", Folder.str(), Jobs};
  return {};
}

std::string printed(std::vector<StringRef> Words) {
  SmallString<128> Output;
  if (sys::fs::createTemporaryFile("threadbare", "printed", Output))
    return "";
  FileRemover Remove(Output);
  ErrorOr<std::string> Program = sys::findProgramByName(Words.front());
  if (!Program)
    return "";
  std::optional<StringRef> Redirects[] = {StringRef(""), Output.str(), StringRef("")};
  if (sys::ExecuteAndWait(*Program, Words, std::nullopt, Redirects, /*SecondsToWait=*/60))
    return "";
  auto Buffer = MemoryBuffer::getFile(Output);
  return Buffer ? (*Buffer)->getBuffer().str() : "";
}

Dependencies Dependencies::read(StringRef Folder, ArrayRef<Unit> Units) {
  Dependencies Result;
  if (sys::fs::exists(Folder + "/build.ninja")) {
    // Dry (-n), or Ninja might write its log again.
    Result.addNinja(printed({"ninja", "-C", Folder, "-n", "-t", "deps"}), Folder);
    return Result;
  }
  for (const Unit &U : Units) {
    std::string Object = objectOf(U);
    SmallString<256> Other(Object);
    sys::path::replace_extension(Other, ".d");
    for (const std::string &Rule : {Object + ".d", Other.str().str()})
      if (auto Buffer = MemoryBuffer::getFile(Rule); Buffer && !Object.empty())
        Result.addRule(Object, (*Buffer)->getBuffer(), U.Directory);
  }
  return Result;
}

void Dependencies::addNinja(StringRef Printed, StringRef Folder) {
  std::vector<std::string> *Current = nullptr;
  for (StringRef Line : split(Printed, '\n')) {
    if (auto [Object, Rest] = Line.split(": #deps "); !Rest.empty())
      Current = Rest.ends_with("(VALID)") ? &Files[absolute(Object, Folder)] : nullptr;
    else if (Current && Line.starts_with("    "))
      Current->push_back(absolute(Line.trim(), Folder));
  }
}

void Dependencies::addRule(StringRef Object, StringRef Rule, StringRef Directory) {
  std::string Joined = Rule.str();
  for (std::size_t At; (At = Joined.find("\\\n")) != std::string::npos;)
    Joined.replace(At, 2, " ");
  BumpPtrAllocator Memory;
  StringSaver Saver(Memory);
  SmallVector<const char *> Words;
  cl::TokenizeGNUCommandLine(StringRef(Joined).split(": ").second, Saver, Words);
  for (StringRef Word : Words)
    if (!Word.ends_with(":")) // of -MP: rules without prerequisites
      Files[Object.str()].push_back(absolute(Word, Directory));
}

const std::vector<std::string> *Dependencies::of(StringRef Object) const {
  auto Found = Files.find(Object);
  return Found == Files.end() ? nullptr : &Found->second;
}

std::vector<const Unit *> unitsToCompile(ArrayRef<Unit> Units, ArrayRef<ProbedPlace> Places,
                                         function_ref<Dependencies()> Known) {
  StringSet<> Mains, Wanted;
  for (const Unit &U : Units)
    Mains.insert(U.File);
  for (const ProbedPlace &P : Places)
    Wanted.insert(P.Where.At.File);
  std::vector<StringRef> Headers;
  for (const auto &Entry : Wanted)
    if (!Mains.contains(Entry.getKey()))
      Headers.push_back(Entry.getKey());
  Dependencies Files = Headers.empty() ? Dependencies() : Known();
  auto Includes = [&](const Unit &U, StringRef Header) {
    const std::vector<std::string> *Of = Files.of(objectOf(U));
    return !Of || any_of(*Of, [&](const std::string &File) { return isSameFile(File, Header); });
  };
  // A header that nobody includes: what is known is not all (-MMD leaves headers of the system out).
  bool Doubtful = any_of(
      Headers, [&](StringRef Header) { return none_of(Units, [&](const Unit &U) { return Includes(U, Header); }); });
  std::vector<const Unit *> Chosen;
  for (const Unit &U : Units)
    if (Places.empty() || Doubtful || Wanted.contains(U.File) ||
        any_of(Headers, [&](StringRef Header) { return Includes(U, Header); }))
      Chosen.push_back(&U);
  return Chosen;
}

} // namespace threadbare::verify
