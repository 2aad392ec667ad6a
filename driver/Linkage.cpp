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

/// All that decides what is found: equal texts mean equal findings.
std::string Linkage::describe(const LinkOptions &Options) const {
  std::string Text = Options.ClosedWorld ? "closed" : "open";
  for (const auto &C : allChecks())
    if (std::string Name = checkName(C->info().Id); Results.wants(Name))
      appendToKey(Text, Name);
  for (const auto &[Key, Unit] : Units) {
    appendToKey(Text, Key.first);
    appendToKey(Text, std::to_string(Key.second));
  }
  return Text;
}

ProgramFindings Linkage::find(LinkOptions Options) {
  std::string Description;
  if (Known) {
    Description = describe(Options);
    if (std::optional<ProgramFindings> Earlier = Known->find(Description))
      return std::move(*Earlier);
  }
  std::vector<const UnitSummary *> Linked;
  for (const auto &[Key, Unit] : Units)
    Linked.push_back(&Unit);
  Whole = link(std::move(Linked), std::move(Options));
  ProgramFindings Findings;
  for (const auto &C : allChecks())
    if (Results.wants(checkName(C->info().Id)))
      C->run(*Whole, [&](Finding F) { Findings.Found.push_back(std::move(F)); });
  Findings.Silences = silences(*Whole);
  if (Known)
    Known->store(Description, Findings);
  return Findings;
}

std::map<std::string, std::uint64_t> Linkage::ask(LinkOptions Options, report::Report &What,
                                                  function_ref<void(ArrayRef<Finding>)> BeforeJudging) {
  std::map<std::string, report::Level> Levels;
  for (const auto &C : allChecks())
    Levels[checkName(C->info().Id)] = report::levelOf(C->info().Severity);
  ProgramFindings Findings = find(std::move(Options));
  BeforeJudging(Findings.Found);
  for (Finding &F : Findings.Found) {
    report::Level Level = Levels[F.Check];
    if (auto Result = Results.judge(std::move(F), Level))
      What.Results.push_back(std::move(*Result));
  }
  return std::move(Findings.Silences);
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
