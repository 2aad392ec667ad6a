// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Sieve.h"
#include "driver/Paths.h"
#include "driver/TestCode.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

#include <algorithm>

using namespace llvm;

namespace threadbare::driver {
namespace {

/// The files in which anything stands that could be reported.
StringSet<> filesOf(const UnitSummary &Unit) {
  StringSet<> Files;
  std::vector<bool> Seen(Unit.Strings.size());
  auto Add = [&](const Place &P) {
    if (P.isValid() && !Seen[P.File]) {
      Seen[P.File] = true;
      Files.insert(Unit.string(P.File));
    }
  };
  for (const Function &F : Unit.Functions)
    Add(F.At);
  for (const Op &O : Unit.Ops)
    Add(O.At);
  for (const Symbol &S : Unit.Symbols)
    Add(S.At);
  Files.insert(Unit.MainFile);
  return Files;
}

} // namespace

void Sieve::addUnit(const FileConfig &Settings, ArrayRef<std::string> OnlyHeaders, const UnitSummary &Summary) {
  AllSettings.insert(&Settings);
  // Generated files and others that stand elsewhere do not make a folder of tests a project.
  auto IsProduct = [&](StringRef File) { return isBelow(File, Root) && !isTest(File); };
  HasProduct |= OnlyHeaders.empty() ? IsProduct(Summary.MainFile) : any_of(OnlyHeaders, IsProduct);
  if (OnlyHeaders.empty())
    for (const auto &Entry : filesOf(Summary)) {
      bool IsMainFile = Entry.getKey() == Summary.MainFile;
      if (IsMainFile || Settings.reportsHeader(Entry.getKey()))
        ReportedFiles[Entry.getKey()].push_back({&Settings, IsMainFile});
    }
  // Somebody who names a header wants to see its findings, whatever the filter says.
  for (const std::string &Header : OnlyHeaders)
    ReportedFiles[Header].push_back({&Settings, false});
  Comments.addUnit(Summary);
}

bool Sieve::isTest(StringRef File) const { return isBelow(File, Root) && isTestCode(File.drop_front(Root.size())); }

bool Sieve::wants(StringRef Check) const {
  return any_of(AllSettings, [&](const FileConfig *Settings) { return Settings->enables(Check); });
}

std::optional<report::Result> Sieve::judge(Finding F, report::Level Severity) {
  auto File = ReportedFiles.find(F.At.File);
  if (File == ReportedFiles.end())
    return std::nullopt;
  ArrayRef<Membership> Units = File->second;
  // A source file that others include is judged by its own settings.
  auto Own = find_if(Units, [](const Membership &M) { return M.IsMainFile; });
  if (Own != Units.end())
    Units = ArrayRef(*Own);
  auto Enables = [&](const Membership &M) { return M.Settings->enables(F.Check); };
  if (none_of(Units, Enables))
    return std::nullopt;

  auto WantsRemark = [&](const Membership &M) { return !Enables(M) || M.Settings->remarksOnTests(); };
  if (HasProduct && isTest(F.At.File) && all_of(Units, WantsRemark))
    Severity = std::max(Severity, report::Level::Remark);
  auto WantsError = [&](const Membership &M) { return Enables(M) && M.Settings->warningAsError(F.Check); };
  bool AsError = Severity < report::Level::Remark && any_of(Units, WantsError);
  report::Result Result;
  Result.Suppressed = Comments.silences(F.Check, F.At);
  Result.Severity = AsError ? report::Level::Error : Severity;
  Result.WarningAsError = AsError && Severity != report::Level::Error;
  Result.What = std::move(F);
  return Result;
}

} // namespace threadbare::driver
