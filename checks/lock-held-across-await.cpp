// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which locks does a coroutine hold while it is suspended?
#include "checks/Paths.h"

namespace threadbare {
namespace {

class LockHeldAcrossAwait : public Check {
public:
  const CheckInfo &info() const override {
    static const CheckInfo Info{
        "lock-held-across-await",
        "a lock that threads wait for, held while the coroutine is suspended",
        "0.1",
        "warning",
        /*EnabledByDefault=*/true,
        "how long the lock was held while the coroutine was suspended, and who waited for it",
    };
    return Info;
  }

  void run(const Program &P, const FindingSink &Report) const override {
    for (const KeptLocks &K : P.keptLocks())
      Report(finding(P, K));
  }

private:
  Finding finding(const Program &P, const KeptLocks &K) const {
    Finding F;
    F.Check = "threadbare-" + info().Id;
    F.At = P.location(K.At);
    F.Function = P.name(K.At.In);
    F.Fingerprint = F.Function;
    for (const KeptLocks::Lock &L : K.Locks) {
      std::string Name = L.Name.empty() ? "a lock" : "'" + L.Name + "'";
      F.Message += (F.Message.empty() ? "" : " and ") + Name;
      F.Fingerprint += " " + L.Name;
      F.Notes.push_back({P.location(L.Taken), "'" + F.Function + "' takes " + Name + " here", false});
      F.Spots.push_back({"lock", P.location(L.Taken), calledFor(P, K.At.In)});
    }
    F.Message += std::string(K.Locks.size() == 1 ? " is" : " are") +
                 " held while this coroutine is suspended: threads that want " + (K.Locks.size() == 1 ? "it" : "them") +
                 " wait until what is awaited is there";
    F.Notes.push_back({F.At,
                       "instead: give it back before, for instance by a block of its own around what it protects; or "
                       "use an asynchronous mutex, for which coroutines wait",
                       true});
    return F;
  }
};

RegisterCheck Registered(std::make_unique<LockHeldAcrossAwait>());

} // namespace
} // namespace threadbare
