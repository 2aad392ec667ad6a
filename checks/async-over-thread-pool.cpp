// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which functions present themselves as asynchronous and hand a blocking call to a thread or a pool?
#include "checks/Paths.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

namespace threadbare {
namespace {

class AsyncOverThreadPool : public Check {
public:
  const CheckInfo &info() const override {
    static const CheckInfo Info{
        "async-over-thread-pool",
        "an asynchronous function whose body hands a blocking call to a thread or a pool",
        "0.1",
        "warning",
        /*EnabledByDefault=*/true,
        "threads started or occupied for each call, and the ceiling on calls in flight",
    };
    return Info;
  }

  void run(const Program &P, const FindingSink &Report) const override {
    llvm::DenseSet<FunctionIndex> Known;
    for (const HiddenThread &T : P.hiddenThreads())
      Known.insert(T.Function);
    for (const HiddenThread &T : P.hiddenThreads())
      if (!isFarFrom(T, Known))
        Report(finding(P, T));
  }

private:
  /// One finding for one cause: where a function that is reported itself hands the work over, whoever calls that one
  /// wraps it and is worth a finding too. Those behind more calls asked for something larger, of which it is a part.
  static bool isFarFrom(const HiddenThread &T, const llvm::DenseSet<FunctionIndex> &Known) {
    return llvm::any_of(llvm::drop_begin(T.HandOver, std::min<std::size_t>(2, T.HandOver.size())),
                        [&](PathStep S) { return S.In != T.Function && Known.contains(S.In); });
  }

  Finding finding(const Program &P, const HiddenThread &T) const {
    Finding F;
    F.Check = "threadbare-" + info().Id;
    F.At = P.location(P.unit(T.Function), P.function(T.Function).At);
    F.Function = P.name(T.Function);
    F.Fingerprint = fingerprint(P, T.Function, T.Blocks.Steps);
    bool Thread = T.On == ExecutorKind::Thread;
    F.Message = "'" + F.Function + "' looks asynchronous, but hands a blocking call to " +
                (Thread ? "a thread of its own for each call" : "a pool of threads");
    for (std::size_t I = 0; I < T.HandOver.size(); ++I) {
      bool Last = I + 1 == T.HandOver.size();
      bool Moves = P.operation(T.HandOver[I]).Kind == OpKind::Await;
      std::string Text =
          Moves  ? "'" + P.name(T.HandOver[I].In) + "' goes on in a pool from here"
          : Last ? "'" + P.name(T.HandOver[I].In) + "' hands the work to a " + (Thread ? "thread" : "pool") + " here"
                 : "'" + P.name(T.HandOver[I].In) + "' calls '" + calleeOf(P, T.HandOver, I) + "'";
      F.Notes.push_back({P.location(T.HandOver[I]), std::move(Text), false});
    }
    addSteps(P, T.Blocks, 0, F);
    if (!T.HandOver.empty() && !T.Blocks.Steps.empty()) {
      PathStep Gives = T.HandOver.front(), Waits = T.Blocks.Steps.front();
      F.Spots = {{"hand-over", P.location(Gives), calledFor(P, T.Function)},
                 {"body", P.location(Waits), calledFor(P, Waits.In)}};
    }
    std::string Advice =
        Thread ? "instead: use the operation's own asynchronous form, or say in the name that it blocks a thread"
               : "instead: use the operation's own asynchronous form; otherwise the pool's size is the limit on calls "
                 "in flight, which its callers must know";
    F.Notes.push_back({F.At, std::move(Advice), true});
    return F;
  }
};

RegisterCheck Registered(std::make_unique<AsyncOverThreadPool>());

} // namespace
} // namespace threadbare
