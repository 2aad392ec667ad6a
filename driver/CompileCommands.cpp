// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/CompileCommands.h"
#include "driver/Paths.h"

#include "clang/Basic/Version.h"
#include "clang/Driver/Types.h"
#include "clang/Tooling/ArgumentsAdjusters.h"
#include "clang/Tooling/JSONCompilationDatabase.h"
#include "clang/Tooling/Tooling.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <dlfcn.h>

using namespace llvm;
using namespace clang;

namespace threadbare::driver {
namespace {

constexpr llvm::StringLiteral DatabaseName = "compile_commands.json";

/// Whether Clang reads \p File as C or C++. Databases also name assembly, resources and what else a build compiles.
bool isSource(StringRef File, ArrayRef<std::string> Arguments) {
  namespace types = clang::driver::types;
  StringRef Extension = sys::path::extension(File);
  types::ID Type = types::lookupTypeForExtension(Extension.empty() ? "" : Extension.drop_front());
  if (Type == types::TY_INVALID)
    return any_of(Arguments, [](StringRef A) { return A.starts_with("-x") || A.starts_with("--language"); });
  return types::isDerivedFromC(Type) && !types::isCuda(Type) && !types::isHIP(Type) && !types::isOpenCL(Type);
}

/// The driver looks for standard libraries next to the compiler, which is often named by a symbolic link.
void locateCompiler(std::vector<std::string> &Arguments, StringRef Directory) {
  std::string Compiler = Arguments.front();
  if (sys::path::has_parent_path(Compiler))
    Compiler = absolutePath(Compiler, Directory);
  else if (ErrorOr<std::string> Found = sys::findProgramByName(Compiler))
    Compiler = *Found;
  SmallString<128> Real;
  if (!sys::fs::real_path(Compiler, Real))
    Arguments.front() = Real.str().str();
}

} // namespace

std::optional<std::size_t> CompileUnit::fileArgument() const {
  std::optional<std::size_t> Found;
  for (std::size_t I = 1; I < Arguments.size(); ++I) {
    // Made absolute only if it can be the one: there are many arguments.
    if (!StringRef(Arguments[I]).ends_with(sys::path::filename(File)) || absolutePath(Arguments[I], Directory) != File)
      continue;
    if (Found)
      return std::nullopt;
    Found = I;
  }
  return Found;
}

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

Expected<CompileDatabase> loadDatabase(StringRef Path) {
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

  CompileDatabase Database;
  Database.Path = Path.str();
  for (tooling::CompileCommand &Command : Commands->getAllCompileCommands()) {
    if (Command.CommandLine.empty())
      return Malformed("the entry of '" + Command.Filename + "' has an empty command");
    if (!isSource(Command.Filename, Command.CommandLine))
      continue;
    CompileUnit Unit;
    Unit.Directory = absolutePath(Command.Directory, sys::path::parent_path(Path));
    Unit.File = absolutePath(Command.Filename, Unit.Directory);
    Unit.Arguments = std::move(Command.CommandLine);
    Database.Units.push_back(std::move(Unit));
  }
  if (Database.Units.empty())
    return Malformed("has no entries for C or C++ files");
  return Database;
}

std::vector<std::string> CommandFilter::operator()(const CompileUnit &Unit) {
  using namespace tooling;
  std::vector<std::string> Arguments = Unit.Arguments;
  addTargetAndModeForProgramName(Arguments, Arguments.front());
  locateCompiler(Arguments, Unit.Directory);
  for (const ArgumentsAdjuster &Adjust :
       {getClangStripOutputAdjuster(), getClangStripDependencyFileAdjuster(), getStripPluginsAdjuster(),
        getClangSyntaxOnlyAdjuster(),
        getInsertArgumentAdjuster({"-w", "-Qunused-arguments", "-resource-dir=" + ResourceDirectory},
                                  ArgumentInsertPosition::END)})
    Arguments = Adjust(Arguments, Unit.File);
  return Flags(std::move(Arguments));
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
