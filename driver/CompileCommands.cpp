// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/CompileCommands.h"
#include "driver/Paths.h"

#include "clang/Basic/Version.h"
#include "clang/Driver/Options.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Tooling/ArgumentsAdjusters.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <dlfcn.h>

using namespace llvm;
using namespace clang;

namespace threadbare::driver {
namespace {

constexpr llvm::StringLiteral DatabaseName = "compile_commands.json";

/// A precompiled header of another compiler or version cannot be read, and the text that it was made from always can.
/// CMake names both: -Xclang -include-pch -Xclang x.pch -Xclang -include -Xclang x.hxx.
tooling::CommandLineArguments stripPrecompiledHeaders(const tooling::CommandLineArguments &Arguments, StringRef) {
  tooling::CommandLineArguments Kept;
  for (std::size_t I = 0; I != Arguments.size(); ++I) {
    bool Forwarded = Arguments[I] == "-Xclang" && I + 3 < Arguments.size() && Arguments[I + 1] == "-include-pch" &&
                     Arguments[I + 2] == "-Xclang";
    if (Forwarded)
      I += 3;
    else if (Arguments[I] == "-include-pch" && I + 1 < Arguments.size())
      I += 1;
    else
      Kept.push_back(Arguments[I]);
  }
  return Kept;
}

/// Clang's driver refuses flags that only GCC knows, such as -fconcepts-diagnostics-depth=4. What they ask for never
/// matters to the meaning of a program.
class UnknownFlags {
public:
  tooling::CommandLineArguments drop(const tooling::CommandLineArguments &Arguments) {
    if (llvm::is_contained(Arguments, "--driver-mode=cl"))
      return Arguments;
    SmallVector<const char *, 64> Given;
    for (const std::string &Argument : ArrayRef(Arguments).drop_front())
      Given.push_back(Argument.c_str());
    unsigned MissingIndex = 0, MissingCount = 0;
    opt::InputArgList Parsed = clang::driver::getDriverOptTable().ParseArgs(
        Given, MissingIndex, MissingCount, opt::Visibility(clang::driver::options::ClangOption));
    SmallVector<bool, 64> Unknown(Arguments.size(), false);
    for (const opt::Arg *A : Parsed.filtered(clang::driver::options::OPT_UNKNOWN)) {
      Unknown[A->getIndex() + 1] = true;
      Names.insert(A->getSpelling());
    }
    tooling::CommandLineArguments Kept;
    for (const auto &[Index, Argument] : enumerate(Arguments))
      if (!Unknown[Index])
        Kept.push_back(Argument);
    return Kept;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> Sorted;
    for (const auto &Entry : Names)
      Sorted.push_back(Entry.getKey().str());
    llvm::sort(Sorted);
    return Sorted;
  }

private:
  StringSet<> Names;
};

tooling::ArgumentsAdjuster adjuster(StringRef ResourceDirectory) {
  using namespace tooling;
  ArgumentsAdjuster Result = getClangStripOutputAdjuster();
  for (ArgumentsAdjuster Next :
       {getClangStripDependencyFileAdjuster(), getStripPluginsAdjuster(), ArgumentsAdjuster(stripPrecompiledHeaders),
        getClangSyntaxOnlyAdjuster(),
        getInsertArgumentAdjuster({"-w", "-Qunused-arguments", ("-resource-dir=" + ResourceDirectory).str()},
                                  ArgumentInsertPosition::END)})
    Result = combineAdjusters(std::move(Result), std::move(Next));
  return Result;
}

/// The driver looks for standard libraries next to the compiler, which is often named by a symbolic link.
void locateCompiler(tooling::CommandLineArguments &Arguments, StringRef Directory) {
  SmallString<128> Real;
  if (sys::path::has_parent_path(Arguments.front()) &&
      !sys::fs::real_path(absolutePath(Arguments.front(), Directory), Real))
    Arguments.front() = Real.str().str();
}

} // namespace

Expected<std::string> findDatabase(StringRef BuildDirectory, StringRef Start) {
  if (!BuildDirectory.empty()) {
    SmallString<128> Path = BuildDirectory;
    if (sys::fs::is_directory(Path))
      sys::path::append(Path, DatabaseName);
    if (sys::fs::exists(Path))
      return absolutePath(Path);
    return createStringError("no " + DatabaseName + " in '" + BuildDirectory +
                             "'; let the build write one (cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=ON, meson, or "
                             "bear -- make) and name its folder with -p");
  }
  for (StringRef Folder = Start; !Folder.empty(); Folder = sys::path::parent_path(Folder))
    for (StringRef Sub : {"", "build"}) {
      SmallString<128> Path = Folder;
      sys::path::append(Path, Sub, DatabaseName);
      if (sys::fs::exists(Path))
        return Path.str().str();
    }
  return createStringError("no " + DatabaseName + " found from '" + Start +
                           "' upward; let the build write one (cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=ON, meson, or "
                           "bear -- make) and name its folder with -p");
}

Expected<CompileDatabase> loadDatabase(StringRef Path, StringRef ResourceDirectory) {
  auto Malformed = [&](const Twine &Why) {
    return createStringError(Path + ": error: " + Why + "; let the build write it again");
  };
  ErrorOr<std::unique_ptr<MemoryBuffer>> Text = MemoryBuffer::getFile(Path, /*IsText=*/true);
  if (!Text)
    return Malformed(Text.getError().message());
  // Clang's reader complains on its own and in terms of YAML.
  if (Expected<json::Value> Valid = json::parse((*Text)->getBuffer()); !Valid)
    return Malformed("is no JSON: " + toString(Valid.takeError()));
  std::string Why;
  std::unique_ptr<tooling::CompilationDatabase> Commands = tooling::JSONCompilationDatabase::loadFromBuffer(
      (*Text)->getBuffer(), Why, tooling::JSONCommandLineSyntax::AutoDetect);
  if (!Commands)
    return Malformed("is no compilation database: " + StringRef(Why).trim(".\n"));
  Commands = tooling::expandResponseFiles(std::move(Commands), vfs::getRealFileSystem());
  Commands = tooling::inferTargetAndDriverMode(std::move(Commands));
  Commands = tooling::inferToolLocation(std::move(Commands));

  CompileDatabase Database;
  Database.Path = Path.str();
  UnknownFlags Unknown;
  StringSet<> Seen;
  tooling::ArgumentsAdjuster Adjust = adjuster(ResourceDirectory);
  for (const tooling::CompileCommand &Command : Commands->getAllCompileCommands()) {
    if (Command.CommandLine.empty())
      return Malformed("the entry of '" + Command.Filename + "' has an empty command");
    CompileUnit Unit;
    Unit.Directory = absolutePath(Command.Directory, sys::path::parent_path(Path));
    Unit.File = absolutePath(Command.Filename, Unit.Directory);
    Unit.Arguments = Unknown.drop(Adjust(Command.CommandLine, Command.Filename));
    locateCompiler(Unit.Arguments, Unit.Directory);
    if (Seen.insert(Unit.Directory + '\0' + llvm::join(Unit.Arguments, StringRef("\0", 1))).second)
      Database.Units.push_back(std::move(Unit));
  }
  if (Database.Units.empty())
    return Malformed("has no entries");
  Database.DroppedFlags = Unknown.names();
  return Database;
}

Expected<std::string> findResourceDirectory() {
  auto HasHeaders = [](const Twine &Directory) { return sys::fs::exists(Directory + "/include/stddef.h"); };
  if (HasHeaders(THREADBARE_RESOURCE_DIR))
    return THREADBARE_RESOURCE_DIR;
  // The library may have moved since we were built: ask the loader where it found it.
  Dl_info Library;
  if (dladdr(reinterpret_cast<void *>(&clang::getClangFullVersion), &Library) && Library.dli_fname)
    for (StringRef Relative : {"clang/" CLANG_VERSION_MAJOR_STRING,
                               "../llvm-" CLANG_VERSION_MAJOR_STRING "/lib/clang/" CLANG_VERSION_MAJOR_STRING}) {
      SmallString<128> Directory = sys::path::parent_path(Library.dli_fname);
      sys::path::append(Directory, Relative);
      if (HasHeaders(Directory))
        return absolutePath(Directory);
    }
  return createStringError("Clang's own headers are missing (looked in '" THREADBARE_RESOURCE_DIR
                           "'); install libclang-common-" CLANG_VERSION_MAJOR_STRING "-dev");
}

} // namespace threadbare::driver
