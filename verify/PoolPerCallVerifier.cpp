// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Does every call of a function make a pool of its own? Confirmed: the place ran at least three times in one process,
// and each time the thread that ran it started threads there, or below it.
#include "verify/Threads.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace llvm;

namespace threadbare::verify {
namespace {

constexpr std::size_t FewestCalls = 3;

struct Calls {
  std::size_t All = 0;
  std::size_t WithThreads = 0; ///< calls that started some
  std::size_t Threads = 0;
  std::size_t Most = 0; ///< that one call started
  std::vector<Frame> Stack;

  bool areConfirmed() const { return All >= FewestCalls && WithThreads == All; }
};

class PoolPerCallVerifier : public Verifier {
public:
  bool takes(const Claim &C) const override { return C.Check == "threadbare-pool-per-call"; }

  Expected<Verdict> judge(const Aim &A, const Run &Inert, Runner &R) const override {
    if (!R.hasProbes())
      return createStringError("there are no probes in the program");
    if (Error Why = checkLines(A, Inert, R.symbolizer()))
      return std::move(Why);
    Exercise E = exercise(A, Inert);
    if (E.Runs < std::int64_t(FewestCalls))
      return notExercised(A, E, E.Runs);
    Calls Best;
    unsigned Runs = 0;
    double Seconds = 0;
    do {
      Expected<Run> Traced = R.run(formatv("probes=trace:arm={0}:threads=1", A.Sites.front()).str());
      if (!Traced)
        return Traced.takeError();
      ++Runs;
      Seconds += Traced->How.Seconds;
      Calls New = callsIn(A, E, *Traced, R);
      if (std::pair(New.areConfirmed(), New.All) >= std::pair(Best.areConfirmed(), Best.All))
        Best = std::move(New);
    } while (!Best.areConfirmed() && Seconds < R.settings().Budget);
    Verdict V = Best.areConfirmed()      ? confirmed(Best)
                : Best.All < FewestCalls ? notExercised(A, E, Best.All)
                                         : notReproduced(Best, Runs, Seconds, R);
    V.Evidence["calls"] = std::int64_t(Best.All);
    V.Evidence["callsWithThreads"] = std::int64_t(Best.WithThreads);
    V.Evidence["threads"] = std::int64_t(Best.Threads);
    V.Evidence["runs"] = Runs;
    V.Evidence["seconds"] = Seconds;
    return V;
  }

private:
  /// Of the process that called most.
  static Calls callsIn(const Aim &A, const Exercise &E, const Run &Traced, Runner &R) {
    struct Process {
      std::map<std::int64_t, std::map<std::int64_t, std::size_t>> Started; ///< threads, by caller and time of the call
      Calls Of;
    };
    std::map<std::int64_t, Process> Processes;
    for (const json::Object &O : Traced.Trace)
      if (O.getString("event") == "call" && number(O, "site") == A.Sites.front()) {
        Process &P = Processes[number(O, "pid")];
        P.Started[number(O, "tid")][number(O, "at")] = 0;
        ++P.Of.All;
      }
    for (Thread &T : threadsOf(Traced, R.symbolizer())) {
      Process &P = Processes[T.Process];
      std::map<std::int64_t, std::size_t> &Caller = P.Started[T.Creator];
      auto Next = Caller.upper_bound(T.Begin);
      if (Next == Caller.begin() || !leadsThrough(T.Stack, A.Of.Spots.front().At, E.Column))
        continue;
      ++std::prev(Next)->second;
      P.Of.Stack = std::move(T.Stack);
    }
    Calls Best;
    for (auto &[Id, P] : Processes) {
      for (const auto &[Tid, Caller] : P.Started)
        for (const auto &[At, Threads] : Caller) {
          P.Of.WithThreads += Threads != 0;
          P.Of.Threads += Threads;
          P.Of.Most = std::max(P.Of.Most, Threads);
        }
      if (std::pair(P.Of.areConfirmed(), P.Of.All) > std::pair(Best.areConfirmed(), Best.All))
        Best = std::move(P.Of);
    }
    return Best;
  }

  static Verdict notExercised(const Aim &A, const Exercise &E, std::int64_t Calls) {
    Verdict V;
    V.Is = Outcome::NotExercised;
    if (!E.HasProbes)
      V.Summary = "no program that ran has a call there (" + functionsOf(A.Of) + ")";
    else if (!Calls)
      V.Summary = "did not run: a test is missing that calls " + functionsOf(A.Of);
    else
      V.Summary = formatv("ran {0}: a test is missing that calls {1} {2} times", counted(Calls, "time"),
                          functionsOf(A.Of), FewestCalls);
    V.Evidence = json::Object{{"calls", Calls}};
    return V;
  }

  static Verdict notReproduced(const Calls &C, unsigned Runs, double Seconds, const Runner &R) {
    Verdict V;
    V.Is = Outcome::NotReproduced;
    V.Summary = formatv("of {0} {1} started threads, in {2} ({3:f1} s, the budget is {4:f1} s)", counted(C.All, "call"),
                        C.WithThreads, counted(Runs, "run"), Seconds, R.settings().Budget);
    return V;
  }

  static Verdict confirmed(const Calls &C) {
    Verdict V;
    V.Is = Outcome::Confirmed;
    V.Summary = formatv("each of {0} calls started threads of its own: {1} in all, up to {2} for one call", C.All,
                        C.Threads, C.Most);
    V.Details.push_back("one of them was started here");
    append_range(V.Details, printShort(C.Stack));
    V.Evidence = json::Object{{"mostForOneCall", std::int64_t(C.Most)},
                              {"stacks", json::Array{json::Object{{"frames", toJson(C.Stack)}}}}};
    return V;
  }
};

} // namespace

std::unique_ptr<Verifier> makePoolPerCallVerifier() { return std::make_unique<PoolPerCallVerifier>(); }

} // namespace threadbare::verify
