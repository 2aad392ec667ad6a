// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which calls in a coroutine that runs on an event loop can block the loop's thread, directly or at the end of a chain
// of calls?
#include "checks/Paths.h"

#include "llvm/ADT/Twine.h"

namespace threadbare {
namespace {

class BlockingCallInCoroutine : public Check {
public:
  const CheckInfo &info() const override {
    static const CheckInfo Info{
        "blocking-call-in-coroutine",
        "a call that can block its thread, in a coroutine that runs on an event loop",
        "0.1",
        "warning",
        /*EnabledByDefault=*/true,
        "the loop's lag while the call runs, measured by interposing what blocks",
    };
    return Info;
  }

  void run(const Program &P, const FindingSink &Report) const override {
    reportBlockedLoops(
        P, info(), BlockingCategory::Blocking,
        [](llvm::StringRef Callee) {
          return ("'" + llvm::Twine(Callee) + "' blocks the thread that runs this coroutine").str();
        },
        Report);
  }
};

RegisterCheck Registered(std::make_unique<BlockingCallInCoroutine>());

} // namespace
} // namespace threadbare
