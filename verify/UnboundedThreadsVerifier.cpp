// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Does a place start threads without limit? No run can show that there is none; it can show that there were many at
// once and that nothing seemed to hold their number. Confirmed: at one moment there lived many (manyThreads()) of the
// threads started there; they were no fixed set, for some were started after others had ended; and their number did not
// level off, as it does under a limit.
#include "verify/Threads.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace llvm;

namespace threadbare::verify {
namespace {

class UnboundedThreadsVerifier : public Verifier {
public:
  bool takes(const Claim &C) const override { return C.Check == "threadbare-unbounded-threads"; }

  Expected<Verdict> judge(const Aim &A, const Run &Inert, Runner &R) const override {
    if (Error Why = checkLines(A, Inert, R.symbolizer()))
      return std::move(Why);
    Exercise E = exercise(A, Inert);
    unsigned Runs = 1;
    double Seconds = Inert.How.Seconds;
    std::vector<Frame> Stack;
    Crowd Most = most(A, E, Inert, R, Stack);
    if (Most.Peak < 2)
      return notExercised(A, E, Most, R);
    while (!Most.isUnbounded() && Seconds < R.settings().Budget) {
      Expected<Run> Again = R.run("probes=off:threads=1");
      if (!Again)
        return Again.takeError();
      ++Runs;
      Seconds += Again->How.Seconds;
      Crowd New = most(A, E, *Again, R, Stack);
      if (std::pair(New.isUnbounded(), New.Peak) > std::pair(Most.isUnbounded(), Most.Peak))
        Most = New;
    }
    Verdict V = Most.isUnbounded() ? confirmed(Most, Stack) : notReproduced(Most, Runs, Seconds, R);
    V.Evidence["started"] = std::int64_t(Most.Started);
    V.Evidence["peak"] = std::int64_t(Most.Peak);
    V.Evidence["levelsOff"] = Most.LevelsOff;
    V.Evidence["fixedSet"] = !Most.Replaced;
    V.Evidence["runs"] = Runs;
    V.Evidence["seconds"] = Seconds;
    return V;
  }

private:
  /// Of the process that had the most.
  static Crowd most(const Aim &A, const Exercise &E, const Run &Where, Runner &R, std::vector<Frame> &Stack) {
    std::vector<Thread> Threads = threadsOf(Where, R.symbolizer());
    std::map<std::int64_t, std::vector<const Thread *>> Processes;
    for (const Thread &T : Threads)
      if (leadsThrough(T.Stack, A.Of.Spots.front().At, E.Column)) {
        Processes[T.Process].push_back(&T);
        Stack = T.Stack;
      }
    Crowd Most;
    for (const auto &[Id, Theirs] : Processes)
      if (Crowd C = crowd(Theirs); std::pair(C.isUnbounded(), C.Peak) > std::pair(Most.isUnbounded(), Most.Peak))
        Most = C;
    return Most;
  }

  static Expected<Verdict> notExercised(const Aim &A, const Exercise &E, const Crowd &Most, const Runner &R) {
    if (!Most.Started && !R.hasProbes())
      return createStringError("no thread was started there; whether it ran at all, only probes could tell");
    Verdict V;
    V.Is = Outcome::NotExercised;
    if (!Most.Started && !E.Runs)
      V.Summary = didNotRun(A.Of, E);
    else
      V.Summary = formatv("{0} started there, never two at once: a test is missing that calls {1} many times at once",
                          Most.Started == 1 ? "1 thread was" : formatv("{0} threads were", Most.Started).str(),
                          functionsOf(A.Of));
    V.Evidence = json::Object{{"started", std::int64_t(Most.Started)}, {"peak", std::int64_t(Most.Peak)}};
    return V;
  }

  static Verdict notReproduced(const Crowd &C, unsigned Runs, double Seconds, const Runner &R) {
    Verdict V;
    V.Is = Outcome::NotReproduced;
    V.Summary = formatv("{0} threads, up to {1} at once", C.Started, C.Peak);
    if (C.Peak < manyThreads())
      V.Summary += formatv("; {0} would be many", manyThreads());
    else if (!C.Replaced)
      V.Summary += "; none was started after one had ended, so they may be a fixed set";
    else
      V.Summary += "; their number levelled off, so there seems to be a limit";
    V.Summary +=
        formatv(" ({0}, {1:f1} s, the budget is {2:f1} s)", counted(Runs, "run"), Seconds, R.settings().Budget);
    return V;
  }

  static Verdict confirmed(const Crowd &C, const std::vector<Frame> &Stack) {
    Verdict V;
    V.Is = Outcome::Confirmed;
    V.Summary = formatv("{0} threads were started there, up to {1} lived at once, and nothing held their number",
                        C.Started, C.Peak);
    V.Details.push_back("one of them was started here");
    append_range(V.Details, printShort(Stack));
    V.Evidence = json::Object{{"stacks", json::Array{json::Object{{"frames", toJson(Stack)}}}}};
    return V;
  }
};

} // namespace

std::unique_ptr<Verifier> makeUnboundedThreadsVerifier() { return std::make_unique<UnboundedThreadsVerifier>(); }

} // namespace threadbare::verify
