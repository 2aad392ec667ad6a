// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/LinkInputs.h"
#include "verify/Rebuild.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/StringSaver.h"

#include <deque>
#include <set>

using namespace llvm;

namespace threadbare::verify {
namespace {

bool isFile(StringRef Word) {
  StringRef Name = sys::path::filename(Word);
  return !Word.starts_with("-") &&
         (Name.ends_with(".o") || Name.ends_with(".a") || Name.ends_with(".so") || Name.contains(".so."));
}

bool isFlag(StringRef Word) {
  if (Word.starts_with("-Wl,"))
    return !Word.contains("dependency-file") && !Word.contains("-soname");
  return Word.starts_with("-l") || Word.starts_with("-L") || Word.starts_with("-fsanitize") ||
         Word.starts_with("-fopenmp") || Word.starts_with("-stdlib") || Word.starts_with("--coverage");
}

/// The targets that Ninja makes directly of \p Input.
std::vector<std::string> madeOf(StringRef Input, StringRef Folder) {
  std::vector<std::string> Targets;
  bool Outputs = false;
  std::string Text = printed({"ninja", "-C", Folder, "-n", "-t", "query", Input});
  for (StringRef Line : split(Text, '\n')) {
    if (Outputs && Line.starts_with("    "))
      Targets.push_back(Line.trim().str());
    else
      Outputs = Line.trim() == "outputs:";
  }
  return Targets;
}

std::vector<std::string> fromNinja(const Unit &U, StringRef Folder) {
  std::string Object = objectOf(U);
  StringRef Name = Object; // as Ninja knows it
  if (Name.consume_front(Folder))
    Name.consume_front("/");
  std::deque<std::string> Left = {Name.str()};
  std::set<std::string> Seen;
  while (!Left.empty() && Seen.size() < 100) {
    std::string Next = Left.front();
    Left.pop_front();
    for (std::string &Target : madeOf(Next, Folder)) {
      if (!Seen.insert(Target).second)
        continue;
      std::string Command = printed({"ninja", "-C", Folder, "-n", "-t", "commands", "-s", Target});
      if (std::vector<std::string> Inputs = inputsOf(Command, Folder, Object); !Inputs.empty())
        return Inputs;
      Left.push_back(std::move(Target)); // an archive, or just a name
    }
  }
  return {};
}

/// CMake's folder of a target, for make: the one above the object that has a link.txt.
std::vector<std::string> fromLinkText(const Unit &U, StringRef Folder) {
  std::string Object = objectOf(U);
  auto Read = [&](StringRef File) -> std::vector<std::string> {
    auto Buffer = MemoryBuffer::getFile(File);
    // DIRECTORY/CMakeFiles/TARGET.dir/link.txt
    StringRef Directory = sys::path::parent_path(sys::path::parent_path(sys::path::parent_path(File)));
    return Buffer ? inputsOf((*Buffer)->getBuffer(), Directory, Object) : std::vector<std::string>();
  };
  std::string Own;
  for (StringRef Up = sys::path::parent_path(Object); Up.starts_with(Folder) && Own.empty();
       Up = sys::path::parent_path(Up))
    if (sys::fs::exists(Up + "/link.txt"))
      Own = (Up + "/link.txt").str();
  if (std::vector<std::string> Inputs = Read(Own); !Inputs.empty() || Own.empty())
    return Inputs;
  // It makes an archive: of the programs, the first that takes it.
  auto Buffer = MemoryBuffer::getFile(Own);
  std::string Archive;
  for (StringRef Word : split(Buffer ? (*Buffer)->getBuffer() : "", ' '))
    if (Word.trim().ends_with(".a"))
      Archive = sys::path::filename(Word.trim()).str();
  std::error_code E;
  for (sys::fs::recursive_directory_iterator I(Folder, E), End; I != End && !E && !Archive.empty(); I.increment(E))
    if (sys::path::filename(I->path()) == "link.txt") {
      std::vector<std::string> Inputs = Read(I->path());
      if (any_of(Inputs, [&](StringRef Word) { return sys::path::filename(Word) == Archive; }))
        return Inputs;
    }
  return {};
}

} // namespace

std::vector<std::string> inputsOf(StringRef Command, StringRef Directory, StringRef Own) {
  BumpPtrAllocator Memory;
  StringSaver Saver(Memory);
  SmallVector<const char *> Words;
  cl::TokenizeGNUCommandLine(Command, Saver, Words);
  std::vector<std::string> Inputs;
  bool Links = false;
  for (std::size_t I = 0; I < Words.size(); ++I) {
    StringRef Word = Words[I];
    if (Word == "-o") {
      Links = true;
      ++I;
    } else if (isFile(Word)) {
      if (std::string Path = absolute(Word, Directory); Path != Own)
        Inputs.push_back(std::move(Path));
    } else if (isFlag(Word)) {
      Inputs.push_back(Word.str());
    }
  }
  return Links ? Inputs : std::vector<std::string>();
}

Expected<std::vector<std::string>> linkInputs(const Unit &U, StringRef Folder) {
  std::vector<std::string> Inputs =
      sys::fs::exists(Folder + "/build.ninja") ? fromNinja(U, Folder) : fromLinkText(U, Folder);
  if (Inputs.empty())
    return createStringError("what else its program is linked from is not known");
  for (const std::string &Input : Inputs)
    if (isFile(Input) && !sys::fs::exists(Input))
      return createStringError("build the program first: " + Input + " is not there");
  return Inputs;
}

} // namespace threadbare::verify
