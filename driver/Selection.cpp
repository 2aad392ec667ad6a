// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Selection.h"
#include "driver/Includes.h"
#include "driver/Paths.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <map>
#include <tuple>

using namespace llvm;

namespace threadbare::driver {
namespace {

class Selector {
public:
  Selector(const CompileDatabase &Database, CommandFilter &Filter) : Database(Database), Filter(Filter) {}

  void add(StringRef Argument) {
    std::string Path = absolutePath(Argument);
    if (!sys::fs::exists(Path))
      problem(Argument, "no such file or directory");
    else if (sys::fs::is_directory(Path))
      addDirectory(Argument, Path);
    else if (!addUnits(Path) && !addHeader(Path))
      problem(Argument, isHeader(Path) ? "no translation unit of " + Database.Path + " includes this header"
                                       : "is not in " + Database.Path + "; build its target, or name another -p");
  }

  Selection finish() {
    StringSet<> Seen;
    for (auto &[Index, Headers] : Chosen) {
      CompileUnit Unit = Database.Units[Index];
      Unit.Arguments = Filter(Unit);
      std::string Command = llvm::join(Unit.Arguments, StringRef("\0", 1));
      if (Seen.insert(Unit.Directory + '\0' + Unit.File + '\0' + Command).second)
        Result.Units.push_back({std::move(Unit), std::move(Headers)});
    }
    // Whoever writes the database may write it in another order each time.
    llvm::sort(Result.Units, [](const SelectedUnit &L, const SelectedUnit &R) {
      return std::tie(L.Unit.File, L.Unit.Directory, L.Unit.Arguments) <
             std::tie(R.Unit.File, R.Unit.Directory, R.Unit.Arguments);
    });
    // Naming every file is the same as naming none.
    Result.WholeDatabase = Chosen.size() == Database.Units.size();
    return std::move(Result);
  }

  void addAll() {
    for (std::size_t I = 0; I != Database.Units.size(); ++I)
      Chosen[I].clear();
  }

private:
  static bool isHeader(StringRef Path) {
    StringRef Extension = sys::path::extension(Path);
    return Extension.empty() || Extension.starts_with(".h") || Extension == ".inc" || Extension == ".ipp" ||
           Extension == ".tpp" || Extension == ".txx" || Extension == ".inl";
  }

  void problem(StringRef Argument, const Twine &Why) {
    Result.Problems.push_back((Argument + ": error: " + Why).str());
  }

  void choose(std::size_t Index) { Chosen[Index].clear(); }

  void addDirectory(StringRef Argument, StringRef Path) {
    std::string Real = realPath(Path);
    bool Any = false;
    for (std::size_t I = 0; I != Database.Units.size(); ++I)
      if (isBelow(Database.Units[I].File, Path) || (Real != Path && isBelow(Database.Units[I].File, Real))) {
        choose(I);
        Any = true;
      }
    if (!Any)
      problem(Argument, "no file of " + Database.Path + " is in this folder");
  }

  bool addUnits(StringRef Path) {
    bool Any = false;
    for (std::size_t I = 0; I != Database.Units.size(); ++I)
      if (Database.Units[I].File == Path) {
        choose(I);
        Any = true;
      }
    return Any || addUnitsBehindLinks(Path);
  }

  /// The database may know the file by another name.
  bool addUnitsBehindLinks(StringRef Path) {
    if (RealFiles.empty())
      for (const CompileUnit &Unit : Database.Units)
        RealFiles.push_back(realPath(Unit.File));
    std::string Real = realPath(Path);
    bool Any = false;
    for (std::size_t I = 0; I != RealFiles.size(); ++I)
      if (RealFiles[I] == Real) {
        choose(I);
        Any = true;
      }
    return Any;
  }

  bool addHeader(StringRef Path) {
    if (!isHeader(Path))
      return false;
    std::size_t Index = findIncluder(Database, Filter, Path);
    if (Index == Database.Units.size())
      return false;
    auto [Entry, New] = Chosen.try_emplace(Index);
    // A unit that was named for itself reports this header too.
    if (New || !Entry->second.empty())
      Entry->second.push_back(Path.str());
    return true;
  }

  const CompileDatabase &Database;
  CommandFilter &Filter;
  std::map<std::size_t, std::vector<std::string>> Chosen; ///< in the database's order
  std::vector<std::string> RealFiles;
  Selection Result;
};

} // namespace

Selection select(const CompileDatabase &Database, CommandFilter &Filter, ArrayRef<std::string> Arguments) {
  Selector Chosen(Database, Filter);
  if (Arguments.empty())
    Chosen.addAll();
  for (const std::string &Argument : Arguments)
    Chosen.add(Argument);
  return Chosen.finish();
}

} // namespace threadbare::driver
