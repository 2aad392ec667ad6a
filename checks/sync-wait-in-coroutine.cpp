// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where does a coroutine wait synchronously for something that another thread, or its own loop, has to do?
#include "checks/Paths.h"

#include "llvm/ADT/Twine.h"

namespace threadbare {
namespace {

class SyncWaitInCoroutine : public Check {
public:
  const CheckInfo &info() const override {
    static const CheckInfo Info{
        "sync-wait-in-coroutine",
        "a synchronous wait for an asynchronous result, in a coroutine that runs on an event loop",
        "0.1",
        "warning",
        /*EnabledByDefault=*/true,
        "the loop makes no progress while the wait lasts, measured by interposing it",
    };
    return Info;
  }

  void run(const Program &P, const FindingSink &Report) const override {
    reportBlockedLoops(
        P, info(), BlockingCategory::SyncWait,
        [](llvm::StringRef Callee) {
          return ("'" + llvm::Twine(Callee) +
                  "' waits synchronously in a coroutine: the loop that might complete what it waits for " +
                  "stands still")
              .str();
        },
        Report);
  }
};

RegisterCheck Registered(std::make_unique<SyncWaitInCoroutine>());

} // namespace
} // namespace threadbare
