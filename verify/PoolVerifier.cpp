// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Does a function that looks asynchronous really occupy a thread for each call in flight? Confirmed: at least two calls
// were in flight at once, the body of each waited in a call that the runtime times, on a thread that never made one of
// the calls, and either every body had a thread of its own at the same time as another, or bodies stood in line for
// their turn while the others waited: then the number of those that waited at once is the ceiling.
#include "verify/Sightings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>
#include <set>

using namespace llvm;

namespace threadbare::verify {
namespace {

/// What happened in one process, in the order of time.
struct Happened {
  enum What { Called, Started, Waits, Returns };
  std::int64_t At;
  What Is;
  bool operator<(const Happened &O) const { return std::tie(At, Is) < std::tie(O.At, O.Is); }
};

struct Use {
  std::size_t Calls = 0, Bodies = 0, Waited = 0;
  std::size_t Threads = 0;  ///< that ran bodies which waited
  std::size_t AtOnce = 0;   ///< the most bodies that waited at one time
  std::size_t InFlight = 0; ///< the most calls that had not been finished, as far as can be seen
  bool Queued = false;      ///< calls stood in line while AtOnce bodies waited
  double LongestMillis = 0;
  std::vector<Frame> Stack;

  bool isConfirmed() const { return AtOnce >= 2 || (AtOnce == 1 && Queued); }
  bool isPerCall() const { return Threads == Waited && Waited >= 3; }
};

/// Counts what is in flight at each moment.
void sweep(std::vector<Happened> Events, Use &U) {
  llvm::sort(Events);
  auto Run = [&](auto Visit) {
    std::int64_t InLine = 0;
    std::size_t Waiting = 0;
    for (const Happened &E : Events) {
      InLine += E.Is == Happened::Called ? 1 : E.Is == Happened::Started ? -1 : 0;
      Waiting += E.Is == Happened::Waits ? 1 : E.Is == Happened::Returns ? -1 : 0;
      Visit(std::size_t(std::max<std::int64_t>(InLine, 0)), Waiting);
    }
  };
  Run([&](std::size_t InLine, std::size_t Waiting) {
    U.AtOnce = std::max(U.AtOnce, Waiting);
    U.InFlight = std::max(U.InFlight, InLine + Waiting);
  });
  Run([&](std::size_t InLine, std::size_t Waiting) { U.Queued |= Waiting && Waiting == U.AtOnce && InLine > 0; });
}

class PoolVerifier : public Verifier {
public:
  bool takes(const Claim &C) const override {
    return C.Check == "threadbare-async-over-thread-pool" && C.Spots.size() != 1;
  }

  Expected<Verdict> judge(const Aim &A, const Run &Inert, Runner &R) const override {
    if (!R.hasProbes())
      return createStringError("there are no probes in the program");
    if (Error Why = checkLines(A, Inert, R.symbolizer()))
      return std::move(Why);
    Exercise Calls = exercise({A.Of, {A.Sites[0]}}, Inert), Bodies = exercise({A.Of, {A.Sites[1]}}, Inert);
    if (Calls.Runs < 2 || !Bodies.Runs)
      return notExercised(A, Calls, Bodies, 0);
    Use Best;
    unsigned Runs = 0;
    double Seconds = 0;
    do {
      Expected<Run> Traced = R.run(options(A));
      if (!Traced)
        return Traced.takeError();
      ++Runs;
      Seconds += Traced->How.Seconds;
      for (Use &U : uses(A, Bodies, *Traced, R))
        if (std::tuple(U.isConfirmed(), U.AtOnce, U.InFlight) >=
            std::tuple(Best.isConfirmed(), Best.AtOnce, Best.InFlight))
          Best = std::move(U);
    } while (!Best.isConfirmed() && Seconds < R.settings().Budget);
    Verdict V = Best.isConfirmed()  ? confirmed(A, Best)
                : Best.InFlight < 2 ? notExercised(A, Calls, Bodies, Best.InFlight)
                                    : notReproduced(Best, Runs, Seconds, R);
    V.Evidence["runs"] = Runs;
    V.Evidence["seconds"] = Seconds;
    return V;
  }

private:
  static std::string options(const Aim &A) {
    return formatv("probes=trace:arm={0},{1}:block=1:exact=1:threshold_us=1000", A.Sites[0], A.Sites[1]).str();
  }

  /// One for each process.
  static std::vector<Use> uses(const Aim &A, const Exercise &Bodies, const Run &R, Runner &Names) {
    struct Process {
      Use Of;
      std::vector<Happened> Events;
      std::set<std::int64_t> Callers, Workers;
    };
    std::map<std::int64_t, Process> Processes;
    for (const json::Object &O : R.Trace) {
      if (O.getString("event") != "call")
        continue;
      Process &P = Processes[number(O, "pid")];
      bool IsCall = number(O, "site") == A.Sites[0];
      ++(IsCall ? P.Of.Calls : P.Of.Bodies);
      P.Events.push_back({number(O, "at"), IsCall ? Happened::Called : Happened::Started});
      if (IsCall)
        P.Callers.insert(number(O, "tid"));
    }
    for (Blocked &B : Sightings(A.Of.Spots[1], Bodies.Column, Names.symbolizer()).in(R)) {
      Process &P = Processes[B.Process];
      // What waits on a caller's own thread is no hidden thread.
      if (!B.waited() || !B.Ended || P.Callers.count(B.Thread))
        continue;
      ++P.Of.Waited;
      P.Workers.insert(B.Thread);
      P.Events.push_back({B.Begin, Happened::Waits});
      P.Events.push_back({B.End, Happened::Returns});
      if (B.Millis >= P.Of.LongestMillis) {
        P.Of.LongestMillis = B.Millis;
        P.Of.Stack = std::move(B.Stack);
      }
    }
    std::vector<Use> Result;
    for (auto &[Id, P] : Processes) {
      P.Of.Threads = P.Workers.size();
      sweep(std::move(P.Events), P.Of);
      Result.push_back(std::move(P.Of));
    }
    return Result;
  }

  static Verdict notExercised(const Aim &A, const Exercise &Calls, const Exercise &Bodies, std::size_t InFlight) {
    Verdict V;
    V.Is = Outcome::NotExercised;
    std::string Function = "'" + A.Of.Spots[0].Function + "'";
    if (!Calls.HasProbes || !Bodies.HasProbes)
      V.Summary = "no program that ran has a call there (" + Function + ")";
    else if (Calls.Runs == 0)
      V.Summary = "did not run: a test is missing that calls " + Function;
    else
      V.Summary = "ran " + counted(Calls.Runs, "time") + ", and never twice at once: a test is missing that calls " +
                  Function + " again before the first call is done";
    V.Evidence = json::Object{{"calls", Calls.Runs}, {"bodies", Bodies.Runs}, {"inFlight", std::int64_t(InFlight)}};
    return V;
  }

  static json::Object numbers(const Use &U) {
    return json::Object{{"calls", std::int64_t(U.Calls)},   {"bodies", std::int64_t(U.Bodies)},
                        {"waited", std::int64_t(U.Waited)}, {"threads", std::int64_t(U.Threads)},
                        {"atOnce", std::int64_t(U.AtOnce)}, {"inFlight", std::int64_t(U.InFlight)},
                        {"longestMillis", U.LongestMillis}};
  }

  static Verdict notReproduced(const Use &U, unsigned Runs, double Seconds, const Runner &R) {
    Verdict V;
    V.Is = Outcome::NotReproduced;
    V.Summary = formatv("{0}, up to {1} in flight; {2} waited for 1 ms or longer on another thread in {3} ({4:f1} s, "
                        "the budget is {5:f1} s)",
                        counted(U.Calls, "call"), U.InFlight, U.Waited ? "never two of them" : "none",
                        counted(Runs, "run"), Seconds, R.settings().Budget);
    V.Evidence = numbers(U);
    return V;
  }

  static Verdict confirmed(const Aim &A, const Use &U) {
    Verdict V;
    V.Is = Outcome::Confirmed;
    if (U.isPerCall())
      V.Summary = formatv("a thread for each call: {0} for {1}, up to {2} of them waiting at once", U.Threads,
                          counted(U.Calls, "call"), U.AtOnce);
    else if (U.Queued)
      V.Summary = formatv("the ceiling is {0}: of {1} up to {2} were in flight, and {0} waited at once in {3}",
                          U.AtOnce, counted(U.Calls, "call"), U.InFlight, counted(U.Threads, "thread"));
    else
      V.Summary = formatv("{0} of {1} waited at once, each in a thread of its own; the ceiling was not reached",
                          U.AtOnce, counted(U.Calls, "call"));
    V.Details.push_back(formatv("one of them waited for {0:f1} ms", U.LongestMillis));
    append_range(V.Details, printShort(U.Stack));
    V.Evidence = numbers(U);
    V.Evidence["threadPerCall"] = U.isPerCall();
    if (U.Queued && !U.isPerCall())
      V.Evidence["ceiling"] = std::int64_t(U.AtOnce);
    V.Evidence["stacks"] = json::Array{json::Object{{"frames", toJson(U.Stack)}}};
    return V;
  }
};

} // namespace

std::unique_ptr<Verifier> makePoolVerifier() { return std::make_unique<PoolVerifier>(); }

} // namespace threadbare::verify
