// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Does a coroutine really keep a lock while it is suspended? Confirmed: the lock was taken at the flagged place or
// below it, was still held when the coroutine was suspended, and was given back by the same coroutine after it was
// resumed; or the thread that took it came to wait for it itself. What lies between is known from hooks in the program.
#include "verify/Holds.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace threadbare::verify {

namespace {

class LockVerifier : public Verifier {
public:
  bool takes(const Claim &C) const override { return C.Check == "threadbare-lock-held-across-await"; }

  Expected<Verdict> judge(const Aim &A, const Run &Inert, Runner &R) const override {
    if (!R.hasProbes())
      return createStringError("there are no probes in the program, and without them nobody knows when a coroutine is "
                               "suspended");
    if (Error Why = checkLines(A, Inert, R.symbolizer()))
      return std::move(Why);
    Exercise E = exercise(A, Inert);
    Tries T;
    std::vector<Hold> Found = holdsAt(A, E, Inert, R, T);
    if (Found.empty() && !E.Runs && !Inert.How.TimedOut)
      return unseen(A, E);
    while (Found.empty() && T.Seconds < R.settings().Budget) {
      Expected<Run> Again = R.run("probes=off:locks=1");
      if (!Again)
        return Again.takeError();
      Found = holdsAt(A, E, *Again, R, T);
    }
    Verdict V = Found.empty() ? notReproduced(E, T, R) : confirmed(std::move(Found));
    V.Evidence["acquisitions"] = E.Runs;
    V.Evidence["runs"] = T.Runs;
    V.Evidence["seconds"] = T.Seconds;
    return V;
  }

private:
  struct Tries {
    unsigned Runs = 0;
    double Seconds = 0;
  };

  static std::vector<Hold> holdsAt(const Aim &A, const Exercise &E, const Run &Where, Runner &R, Tries &T) {
    ++T.Runs;
    T.Seconds += Where.How.Seconds;
    std::vector<Hold> Found = holdsOf(Where, R.symbolizer());
    erase_if(Found, [&](const Hold &H) { return !leadsThrough(H.Stack, A.Of.Spots.front().At, E.Column); });
    return Found;
  }

  static Verdict unseen(const Aim &A, const Exercise &E) {
    Verdict V;
    V.Is = Outcome::NotExercised;
    V.Summary = didNotRun(A.Of, E);
    V.Evidence = json::Object{{"acquisitions", 0}};
    return V;
  }

  static Verdict notReproduced(const Exercise &E, const Tries &T, const Runner &R) {
    Verdict V;
    V.Is = Outcome::NotReproduced;
    V.Summary = formatv("taken {0}, and never held while the coroutine was suspended in {1} ({2:f1} s, the budget is "
                        "{3:f1} s)",
                        counted(E.Runs, "time"), counted(T.Runs, "run"), T.Seconds, R.settings().Budget);
    return V;
  }

  static Verdict confirmed(std::vector<Hold> Found) {
    llvm::sort(Found, [](const Hold &A, const Hold &B) {
      return std::tie(A.Deadlock, A.SuspendedMillis) < std::tie(B.Deadlock, B.SuspendedMillis);
    });
    const Hold &Median = Found[Found.size() / 2], &Longest = Found.back();
    auto Contended = max_element(Found, [](const Hold &A, const Hold &B) { return A.WaitedMillis < B.WaitedMillis; });
    Verdict V;
    V.Is = Outcome::Confirmed;
    if (Longest.Deadlock)
      V.Summary = "the coroutine was suspended with it, and the thread that had taken it then waited for it itself";
    else
      V.Summary =
          formatv("held while the coroutine was suspended, {0}, for {1}{2:f1} ms", counted(Found.size(), "time"),
                  Found.size() == 1 ? "" : formatv("{0:f1} ms (median) to ", Median.SuspendedMillis).str(),
                  Longest.SuspendedMillis);
    if (Contended->Waiters && !Longest.Deadlock)
      V.Summary += formatv("; {0} waited for it, for up to {1:f1} ms", counted(Contended->Waiters, "thread"),
                           Contended->WaitedMillis);
    V.Details.push_back(formatv("thread {0} took it", Longest.Thread));
    append_range(V.Details, printShort(Longest.Stack));
    json::Array Stacks{json::Object{{"thread", Longest.Thread}, {"frames", toJson(Longest.Stack)}}};
    if (Contended->Waiters) {
      V.Details.push_back("who waited for it");
      append_range(V.Details, printShort(Contended->Waiter));
      Stacks.push_back(json::Object{{"frames", toJson(Contended->Waiter)}});
    }
    std::int64_t Moved = count_if(Found, [](const Hold &H) { return H.Thread != H.GivenBackBy; });
    V.Evidence = json::Object{{"held", std::int64_t(Found.size())},
                              {"medianMillis", Median.SuspendedMillis},
                              {"maximumMillis", Longest.SuspendedMillis},
                              {"waiters", Contended->Waiters},
                              {"waitedMillis", Contended->WaitedMillis},
                              {"givenBackByAnotherThread", Moved},
                              {"deadlock", Longest.Deadlock},
                              {"stacks", std::move(Stacks)}};
    return V;
  }
};

} // namespace

std::unique_ptr<Verifier> makeLockVerifier() { return std::make_unique<LockVerifier>(); }

} // namespace threadbare::verify
