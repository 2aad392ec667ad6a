// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checks/Check.h"

#include <algorithm>
#include <string>

namespace threadbare {
namespace {

// Constructed on first use: checks register themselves from static objects, in no defined order.
std::vector<std::unique_ptr<Check>> &registry() {
  static std::vector<std::unique_ptr<Check>> Checks;
  return Checks;
}

} // namespace

RegisterCheck::RegisterCheck(std::unique_ptr<Check> C) {
  auto &Checks = registry();
  auto At = std::lower_bound(
      Checks.begin(), Checks.end(), C,
      [](const std::unique_ptr<Check> &L, const std::unique_ptr<Check> &R) { return L->info().Id < R->info().Id; });
  Checks.insert(At, std::move(C));
}

const std::vector<std::unique_ptr<Check>> &allChecks() { return registry(); }

} // namespace threadbare
