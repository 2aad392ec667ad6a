// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Includes.h"
#include "driver/Paths.h"

#include "clang/Tooling/DependencyScanning/DependencyScanningService.h"
#include "clang/Tooling/DependencyScanning/DependencyScanningTool.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <numeric>

using namespace llvm;
using namespace clang::tooling::dependencies;

namespace threadbare::driver {
namespace {

enum Likelihood { SameStem, NamesIt, Other };

Likelihood likelihood(const CompileUnit &Unit, StringRef Header) {
  if (sys::path::stem(Unit.File) == sys::path::stem(Header))
    return SameStem;
  auto Text = MemoryBuffer::getFile(Unit.File);
  return Text && (*Text)->getBuffer().contains(sys::path::filename(Header)) ? NamesIt : Other;
}

/// The prerequisites of a make rule, unescaped: spaces are written "\ ", lines end in "\".
std::vector<std::string> prerequisites(StringRef Rule) {
  std::vector<std::string> Files;
  std::string Current;
  auto Finish = [&] {
    if (!Current.empty())
      Files.push_back(std::exchange(Current, ""));
  };
  Rule = Rule.substr(Rule.find(": ") + 2);
  for (std::size_t I = 0; I < Rule.size(); ++I) {
    char C = Rule[I];
    if (C == '\\' && I + 1 < Rule.size() && (Rule[I + 1] == ' ' || Rule[I + 1] == '#'))
      Current += Rule[++I];
    else if (C == '$' && I + 1 < Rule.size() && Rule[I + 1] == '$')
      Current += Rule[++I];
    else if (C == '\\' && I + 1 < Rule.size() && Rule[I + 1] == '\n')
      Finish();
    else if (C == ' ' || C == '\n')
      Finish();
    else
      Current += C;
  }
  Finish();
  return Files;
}

} // namespace

std::size_t findIncluder(const CompileDatabase &Database, CommandFilter &Filter, StringRef Header) {
  std::vector<std::pair<Likelihood, std::size_t>> Order;
  for (const auto &[Index, Unit] : enumerate(Database.Units))
    Order.emplace_back(likelihood(Unit, Header), Index);
  llvm::sort(Order);

  // Only the preprocessor runs, on sources that are reduced to their directives, and each header is read once.
  DependencyScanningService Service(ScanningMode::DependencyDirectivesScan, ScanningOutputFormat::Make);
  DependencyScanningTool Scanner(Service);
  std::string Real = realPath(Header);
  for (const auto &[Likely, Index] : Order) {
    const CompileUnit &Unit = Database.Units[Index];
    Expected<std::string> Rule = Scanner.getDependencyFile(Filter(Unit), Unit.Directory);
    if (!Rule) {
      consumeError(Rule.takeError()); // it fails again, and loudly, when it is read
      continue;
    }
    auto IsHeader = [&](const std::string &File) {
      std::string Path = absolutePath(File, Unit.Directory);
      return Path == Header || (sys::path::filename(Path) == sys::path::filename(Header) && realPath(Path) == Real);
    };
    if (any_of(prerequisites(*Rule), IsHeader))
      return Index;
  }
  return Database.Units.size();
}

} // namespace threadbare::driver
