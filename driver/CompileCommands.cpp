// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/CompileCommands.h"
#include "driver/Flags.h"
#include "driver/Paths.h"

#include "clang/Basic/Version.h"
#include "clang/Frontend/CompilerInvocation.h"
#include "clang/Tooling/ArgumentsAdjusters.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
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

tooling::ArgumentsAdjuster adjuster(StringRef ResourceDirectory) {
  using namespace tooling;
  ArgumentsAdjuster Result = getClangStripOutputAdjuster();
  for (ArgumentsAdjuster Next :
       {getClangStripDependencyFileAdjuster(), getStripPluginsAdjuster(), getClangSyntaxOnlyAdjuster(),
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
  FlagFilter Filter;
  StringSet<> Seen;
  tooling::ArgumentsAdjuster Adjust = adjuster(ResourceDirectory);
  for (const tooling::CompileCommand &Command : Commands->getAllCompileCommands()) {
    if (Command.CommandLine.empty())
      return Malformed("the entry of '" + Command.Filename + "' has an empty command");
    CompileUnit Unit;
    Unit.Directory = absolutePath(Command.Directory, sys::path::parent_path(Path));
    Unit.File = absolutePath(Command.Filename, Unit.Directory);
    Unit.Arguments = Filter(Adjust(Command.CommandLine, Command.Filename));
    locateCompiler(Unit.Arguments, Unit.Directory);
    if (Seen.insert(Unit.Directory + '\0' + llvm::join(Unit.Arguments, StringRef("\0", 1))).second)
      Database.Units.push_back(std::move(Unit));
  }
  if (Database.Units.empty())
    return Malformed("has no entries");
  Database.DroppedFlags = Filter.unknown();
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
