// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which numbers are counted by code that two threads can run at the same time, without a lock in common?
#include "checks/Paths.h"

#include "llvm/ADT/StringExtras.h"

namespace threadbare {
namespace {

class UnsynchronizedSharedCounter : public Check {
public:
  const CheckInfo &info() const override {
    static const CheckInfo Info{
        "unsynchronized-shared-counter",
        "a number that several threads count up or down without synchronisation",
        "0.1",
        "warning",
        /*EnabledByDefault=*/true,
        "updates lost in an unprobed run, and traps at both accesses",
    };
    return Info;
  }

  void run(const Program &P, const FindingSink &Report) const override {
    for (const Race &R : P.races())
      Report(finding(P, R));
  }

private:
  /// "started by 'main'", and the calls from there to the access.
  static void tell(const Program &P, const RaceSide &S, llvm::StringRef Who, Finding &F) {
    if (S.Start)
      F.Notes.push_back({P.location(*S.Start), (Who + " starts here, in '" + P.name(S.Start->In) + "'").str(), false});
    // Steps up to the start belong to the thread's creator.
    bool InThread = !S.Start;
    for (std::size_t I = 0; I + 1 < S.Path.size(); ++I) {
      const PathStep &Step = S.Path[I];
      if (!InThread) {
        InThread = S.Start->In == Step.In && S.Start->Operation == Step.Operation;
        if (!InThread)
          continue;
        continue;
      }
      std::string Callee = calleeOf(P, S.Path, I);
      F.Notes.push_back({P.location(Step), "'" + P.name(Step.In) + "' calls '" + Callee + "'", false});
    }
  }

  static std::string holding(const RaceSide &S) {
    if (S.Holds.empty())
      return "holding no lock";
    return "holding only '" + llvm::join(S.Holds, "', '") + "'";
  }

  Finding finding(const Program &P, const Race &R) const {
    Finding F;
    F.Check = "threadbare-" + info().Id;
    PathStep At{R.Reported.In, R.Reported.Operation}, Other{R.Other.In, R.Other.Operation};
    F.At = P.location(At);
    F.Function = P.name(At.In);
    F.Fingerprint = F.Function + "/" + R.Variable;
    F.Spots = {{R.ReportedIsRead ? "read" : "change", F.At, calledFor(P, At.In)}};
    if (R.ReportedIsRead)
      F.Message = "'" + R.Variable + "' is read here without the lock that those who count it hold";
    else
      F.Message = "'" + R.Variable + "' is changed by several threads at once: updates get lost";
    tell(P, R.Reported, "the thread", F);
    std::string Place = "'" + P.name(At.In) + "' " + (R.ReportedIsRead ? "reads" : "changes") + " '" + R.Variable +
                        "', " + holding(R.Reported);
    F.Notes.push_back({F.At, std::move(Place), false});
    if (R.SelfParallel) {
      F.Notes.push_back({R.Reported.Start ? P.location(*R.Reported.Start) : F.At,
                         "the same code runs on several threads at once", false});
    } else {
      tell(P, R.Other, R.Other.Start ? "the other thread" : "meanwhile", F);
      bool Reads = static_cast<AccessKind>(P.operation(Other).Sub) == AccessKind::Read;
      F.Spots.push_back({Reads ? "read" : "change", P.location(Other), calledFor(P, Other.In)});
      F.Notes.push_back({P.location(Other),
                         std::string(R.Other.Start ? "and" : "and the thread that started it:") + " '" +
                             P.name(Other.In) + "' " + (Reads ? "reads" : "changes") + " it meanwhile, " +
                             holding(R.Other),
                         false});
    }
    F.Notes.push_back({F.At,
                       "instead: make it a 'std::atomic', let each thread count for itself, or hold one mutex at every "
                       "access",
                       true});
    return F;
  }
};

RegisterCheck Registered(std::make_unique<UnsynchronizedSharedCounter>());

} // namespace
} // namespace threadbare
