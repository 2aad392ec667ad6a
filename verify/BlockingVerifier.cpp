// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Does a call in a coroutine really stop the thread that runs it? Confirmed: a call that the runtime times took longer
// than the threshold, at the flagged place or below it, inside a coroutine's resumption, and the kernel says that the
// thread gave the processor up of its own accord. On a busy machine, time alone would be no evidence.
#include "verify/Sightings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

using namespace llvm;

namespace threadbare::verify {
namespace {

/// Longer than this is blocking; shorter is not worth a finding.
constexpr double ThresholdMillis = 1;
/// A wait that lasts so long and does not end is a deadlock, as far as a run can tell.
constexpr unsigned HangMillis = 1500;

std::string options(bool Hangs) {
  std::string Text = formatv("probes=off:block=1:exact=1:threshold_us={0}", unsigned(ThresholdMillis * 1000));
  return Hangs ? Text + formatv(":hang_ms={0}", HangMillis).str() : Text;
}

class BlockingVerifier : public Verifier {
public:
  bool takes(const Claim &C) const override {
    return C.Check == "threadbare-blocking-call-in-coroutine" || C.Check == "threadbare-sync-wait-in-coroutine";
  }

  Expected<Verdict> judge(const Aim &A, const Run &Inert, Runner &R) const override {
    Exercise E = exercise(A, Inert);
    Sightings Seen(A.Of.Spots.front(), E.Column, R.symbolizer());
    auto InCoroutine = [&](const Run &Where) {
      std::vector<Blocked> Found = Seen.in(Where);
      erase_if(Found, [](const Blocked &B) { return !B.InResumption; });
      return Found;
    };
    Tries T;
    std::vector<Blocked> Confirmed;
    auto Take = [&](const Run &Tried) {
      ++T.Runs;
      T.Seconds += Tried.How.Seconds;
      for (Blocked &B : InCoroutine(Tried))
        if (B.waited())
          Confirmed.push_back(std::move(B));
        else
          ++T.Preempted;
    };
    // The first run asked the kernel as well, and stalled nobody: what it saw counts.
    Take(Inert);
    if (Error Why = checkLines(A, Inert, R.symbolizer()))
      return std::move(Why);
    if (Confirmed.empty() && !T.Preempted && !E.Runs && !Inert.How.TimedOut)
      return unseen(A, E, R);
    while (Confirmed.empty() && T.Seconds < R.settings().Budget) {
      Expected<Run> Again = R.run(options(Inert.How.TimedOut));
      if (!Again)
        return Again.takeError();
      Take(*Again);
    }
    if (Confirmed.empty() && !E.Runs && !T.Preempted)
      return unseen(A, E, R);
    return Confirmed.empty() ? notReproduced(E, T, R) : confirmed(E, T, std::move(Confirmed));
  }

private:
  struct Tries {
    unsigned Runs = 0, Preempted = 0;
    double Seconds = 0;
  };

  static Expected<Verdict> unseen(const Aim &A, const Exercise &E, const Runner &R) {
    if (!R.hasProbes())
      return createStringError("nothing blocked there for %g ms or more; whether it ran at all, only probes could tell",
                               ThresholdMillis);
    Verdict V;
    V.Is = Outcome::NotExercised;
    V.Summary = didNotRun(A.Of, E);
    V.Evidence = json::Object{{"calls", 0}};
    return V;
  }

  static json::Object numbers(const Exercise &E, const Tries &T) {
    return json::Object{{"calls", E.Runs},
                        {"runs", T.Runs},
                        {"seconds", T.Seconds},
                        {"thresholdMillis", ThresholdMillis},
                        {"preempted", T.Preempted}};
  }

  static Verdict notReproduced(const Exercise &E, const Tries &T, const Runner &R) {
    Verdict V;
    V.Is = Outcome::NotReproduced;
    V.Summary =
        formatv("ran {0}; nothing waited there for {1:f0} ms in a resumed coroutine in {2} ({3:f1} s, the "
                "budget is {4:f1} s)",
                counted(E.Runs, "time"), ThresholdMillis, counted(T.Runs, "run"), T.Seconds, R.settings().Budget);
    V.Evidence = numbers(E, T);
    return V;
  }

  static Verdict confirmed(const Exercise &E, const Tries &T, std::vector<Blocked> Found) {
    llvm::sort(Found, [](const Blocked &A, const Blocked &B) { return A.Millis < B.Millis; });
    const Blocked &Median = Found[Found.size() / 2], &Longest = Found.back();
    double Lag = 0;
    for (const Blocked &B : Found)
      Lag = std::max(Lag, B.Lag);
    Verdict V;
    V.Is = Outcome::Confirmed;
    if (!Longest.Ended)
      V.Summary = formatv("'{0}' had not returned after {1:f0} ms, and the loop made no progress: a deadlock",
                          Longest.Function, Longest.Millis);
    else
      V.Summary =
          formatv("'{0}' stopped the thread {1}, for {2}{3:f1} ms; the loop was up to {4:f1} ms late", Longest.Function,
                  counted(Found.size(), "time"),
                  Found.size() == 1 ? "" : formatv("{0:f1} ms (median) to ", Median.Millis).str(), Longest.Millis, Lag);
    V.Details.push_back(formatv("thread {0} stood still for {1:f1} ms in '{2}'{3}", Longest.Thread, Longest.Millis,
                                Longest.Function, Longest.Ended ? "" : " and longer"));
    append_range(V.Details, printShort(Longest.Stack));
    V.Evidence = numbers(E, T);
    V.Evidence["function"] = Longest.Function;
    V.Evidence["blocked"] = std::int64_t(Found.size());
    V.Evidence["medianMillis"] = Median.Millis;
    V.Evidence["maximumMillis"] = Longest.Millis;
    V.Evidence["lagMillis"] = Lag;
    V.Evidence["processorMillis"] = Longest.Processor;
    V.Evidence["deadlock"] = !Longest.Ended;
    V.Evidence["stacks"] = json::Array{json::Object{{"thread", Longest.Thread}, {"frames", toJson(Longest.Stack)}}};
    return V;
  }
};

} // namespace

std::unique_ptr<Verifier> makeBlockingVerifier() { return std::make_unique<BlockingVerifier>(); }

} // namespace threadbare::verify
