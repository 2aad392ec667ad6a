// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Sieve.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

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

Location spell(const UnitSummary &Unit, const Place &P) { return {Unit.string(P.File).str(), P.Line, P.Column}; }

} // namespace

void Sieve::addUnit(const SelectedUnit &Selected, const UnitSummary &Summary) {
  const FileConfig &Settings = Configuration.of(Selected.Unit->File);
  if (Selected.OnlyHeaders.empty())
    for (const auto &Entry : filesOf(Summary)) {
      bool IsMainFile = Entry.getKey() == Summary.MainFile;
      if (IsMainFile || Settings.reportsHeader(Entry.getKey()))
        ReportedFiles[Entry.getKey()].push_back({&Settings, IsMainFile});
    }
  // Somebody who names a header wants to see its findings, whatever the filter says.
  for (const std::string &Header : Selected.OnlyHeaders)
    ReportedFiles[Header].push_back({&Settings, false});
  for (std::size_t I = 0; I + 1 < Summary.Expansions.size(); I += 2)
    MacroUses[spell(Summary, Summary.Expansions[I])].push_back(spell(Summary, Summary.Expansions[I + 1]));
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

  SmallVector<Location, 2> Places{F.At};
  if (auto Macro = MacroUses.find(F.At); Macro != MacroUses.end())
    append_range(Places, Macro->second);
  if (Comments.silences(F.Check, Places))
    return std::nullopt;

  bool AsError = any_of(Units, [&](const Membership &M) { return Enables(M) && M.Settings->warningAsError(F.Check); });
  return report::Result{std::move(F), AsError ? report::Level::Error : Severity,
                        AsError && Severity != report::Level::Error};
}

} // namespace threadbare::driver
