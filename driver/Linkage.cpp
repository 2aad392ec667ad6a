// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Linkage.h"

#include "checks/Check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <vector>

using namespace llvm;

namespace threadbare::driver {

std::uint64_t Linkage::hashOf(StringRef Stored) { return xxh3_64bits(Stored); }

void Linkage::add(UnitSummary Unit, std::uint64_t Hash) {
  std::pair Key(Unit.MainFile, Hash);
  Units.try_emplace(std::move(Key), std::move(Unit));
}

std::map<std::string, std::uint64_t> Linkage::ask(LinkOptions Options, report::Report &What,
                                                  function_ref<void(ArrayRef<Finding>)> BeforeJudging) {
  std::vector<const UnitSummary *> Linked;
  for (const auto &[Key, Unit] : Units)
    Linked.push_back(&Unit);
  Whole = link(std::move(Linked), std::move(Options));
  std::vector<Finding> Found;
  std::vector<report::Level> Levels;
  for (const auto &C : allChecks())
    if (Results.wants(checkName(C->info().Id)))
      C->run(*Whole, [&](Finding F) {
        Found.push_back(std::move(F));
        Levels.push_back(report::levelOf(C->info().Severity));
      });
  BeforeJudging(Found);
  for (auto [F, Level] : zip_equal(Found, Levels))
    if (auto Result = Results.judge(std::move(F), Level))
      What.Results.push_back(std::move(*Result));
  return silences(*Whole);
}

void nameFilesOnce(report::Report &What, function_ref<std::string(StringRef)> Behind) {
  std::map<std::string, std::string> Names; // what is behind a name -> the name to use
  for (report::Result &R : What.Results) {
    std::string &Name = Names.try_emplace(Behind(R.What.At.File), R.What.At.File).first->second;
    Name = std::min(Name, R.What.At.File);
  }
  for (report::Result &R : What.Results)
    R.What.At.File = Names[Behind(R.What.At.File)];
}

} // namespace threadbare::driver
