// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver/Linkage.h"

#include "checks/Check.h"

#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <vector>

using namespace llvm;

namespace threadbare::driver {

void Linkage::add(UnitSummary Unit, StringRef Stored) {
  std::pair Key(Unit.MainFile, xxh3_64bits(Stored));
  Units.try_emplace(std::move(Key), std::move(Unit));
}

std::map<std::string, std::uint64_t> Linkage::ask(LinkOptions Options, report::Report &What) {
  std::vector<const UnitSummary *> Linked;
  for (const auto &[Key, Unit] : Units)
    Linked.push_back(&Unit);
  auto Program = link(std::move(Linked), std::move(Options));
  for (const auto &C : allChecks()) {
    if (!Results.wants(checkName(C->info().Id)))
      continue;
    C->run(*Program, [&](Finding F) {
      if (auto Result = Results.judge(std::move(F), report::levelOf(C->info().Severity)))
        What.Results.push_back(std::move(*Result));
    });
  }
  return silences(*Program);
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
