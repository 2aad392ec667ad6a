// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "model/Finding.h"

#include <functional>
#include <memory>
#include <vector>

namespace threadbare {

class Program;

/// Receives findings in any order; the caller sorts and removes what is said twice.
using FindingSink = std::function<void(Finding)>;

/// A question to the whole program. A check never sees an AST: if it needs a fact that summaries lack, the fact is
/// added to the model and the extractor, for all checks.
class Check {
public:
  virtual ~Check() = default;
  virtual const CheckInfo &info() const = 0;
  virtual void run(const Program &P, const FindingSink &Report) const = 0;
};

/// Every check that is linked in, ordered by id.
const std::vector<std::unique_ptr<Check>> &allChecks();

/// Registers a check from a static object in its own source file: nobody keeps a list by hand.
struct RegisterCheck {
  explicit RegisterCheck(std::unique_ptr<Check> C);
};

} // namespace threadbare
