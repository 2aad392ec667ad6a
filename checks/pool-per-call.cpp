// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which pools of threads live only as long as one call?
#include "checks/Paths.h"

namespace threadbare {
namespace {

class PoolPerCall : public Check {
public:
  const CheckInfo &info() const override {
    static const CheckInfo Info{
        "pool-per-call",           "a pool of threads that is made anew for each call", "0.1", "warning",
        /*EnabledByDefault=*/true, "threads started for each call of the place",
    };
    return Info;
  }

  void run(const Program &P, const FindingSink &Report) const override {
    for (const ShortPool &S : P.shortPools())
      Report(finding(P, S));
  }

private:
  Finding finding(const Program &P, const ShortPool &S) const {
    Finding F;
    F.Check = "threadbare-" + info().Id;
    F.At = P.location(S.Made);
    F.Function = P.name(S.Made.In);
    F.Fingerprint = F.Function;
    bool InLoop = P.isInLoop(S.Made);
    F.Message = std::string("this pool lives as long as one ") + (InLoop ? "round of the loop" : "call") +
                ": its threads are started and joined each time";
    if (S.Repeats.In != NoFunction)
      F.Notes.push_back({P.location(S.Repeats),
                         "'" + P.name(S.Repeats.In) + "' calls '" + calleeOf(P, {S.Repeats}, 0) + "' in a loop here",
                         false});
    F.Spots = {{"pool", F.At, calledFor(P, S.Made.In)}};
    F.Notes.push_back(
        {F.At, "instead: make the pool once, where the program starts, and hand it to whoever needs it", true});
    return F;
  }
};

RegisterCheck Registered(std::make_unique<PoolPerCall>());

} // namespace
} // namespace threadbare
