// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report/Report.h"

#include <algorithm>
#include <tuple>

namespace threadbare::report {

Level levelOf(const std::string &Severity) {
  if (Severity == "error")
    return Level::Error;
  return Severity == "note" ? Level::Note : Level::Warning;
}

std::size_t countFindings(const Report &What) {
  return std::count_if(What.Results.begin(), What.Results.end(),
                       [](const Result &R) { return !R.Suppressed && R.Severity != Level::Note; });
}

std::size_t countNotes(const Report &What) {
  return std::count_if(What.Results.begin(), What.Results.end(),
                       [](const Result &R) { return !R.Suppressed && R.Severity == Level::Note; });
}

void sortAndUnique(std::vector<Result> &Results) {
  auto Place = [](const Result &R) { return std::tie(R.What.At, R.What.Check); };
  // Of two findings at one place the graver one stays. Of equal ones the shorter path explains more; the rest makes the
  // choice the same in every run.
  auto Less = [&](const Result &L, const Result &R) {
    auto Cost = [](const Finding &F) { return F.Notes.size(); };
    return std::tuple(Place(L), L.Severity, Cost(L.What), std::tie(L.What.Message)) <
           std::tuple(Place(R), R.Severity, Cost(R.What), std::tie(R.What.Message));
  };
  std::sort(Results.begin(), Results.end(), Less);
  auto Same = [&](const Result &L, const Result &R) { return Place(L) == Place(R); };
  Results.erase(std::unique(Results.begin(), Results.end(), Same), Results.end());
  auto Key = [&](const Result &R) { return std::tuple(R.Severity >= Level::Remark, Place(R)); };
  std::sort(Results.begin(), Results.end(), [&](const Result &L, const Result &R) { return Key(L) < Key(R); });
}

} // namespace threadbare::report
