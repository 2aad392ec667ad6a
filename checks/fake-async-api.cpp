// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which calls look asynchronous, by a library's word, and are a thread or a blocking call underneath?
#include "checks/Paths.h"

#include "llvm/ADT/StringSwitch.h"

namespace threadbare {
namespace {

class FakeAsyncApi : public Check {
public:
  const CheckInfo &info() const override {
    static const CheckInfo Info{
        "fake-async-api",
        "a call that is documented as asynchronous and is a thread, or a blocking call, underneath",
        "0.1",
        "note",
        /*EnabledByDefault=*/true,
        "not measured on their own: 'threadbare verify' lists threads that coroutines start, and 'threadbare learn' "
        "writes what it sees of a library without source",
    };
    return Info;
  }

  void run(const Program &P, const FindingSink &Report) const override {
    P.forEachFakeCall([&](const FakeCallSite &S) { Report(finding(P, S)); });
  }

private:
  Finding finding(const Program &P, const FakeCallSite &S) const {
    const UnitSummary &U = *S.Unit;
    std::string Callee = U.string(S.Call->Callee).str();
    llvm::StringRef Kind = U.string(S.Call->Kind);
    Finding F;
    F.Check = "threadbare-" + info().Id;
    F.At = P.location(U, S.Call->At);
    F.Function = S.In == NoFunction ? "" : P.name(S.In);
    F.Fingerprint = F.Function + " " + Callee;
    F.Message = "'" + Callee + "' looks asynchronous, and " +
                llvm::StringSwitch<std::string>(Kind)
                    .Case("thread-per-call", "starts a thread for each call")
                    .Case("own-thread", "has one thread do all of it")
                    .Case("inline-sync", "does its work before it returns")
                    .Default("hands its work to a pool of threads");
    if (llvm::StringRef How = U.string(S.Call->How); !How.empty())
      F.Notes.push_back({F.At, How.str(), false});
    F.Notes.push_back({F.At,
                       llvm::StringSwitch<std::string>(Kind)
                           .Case("thread-per-call", "instead: limit how many run at once, for each is a thread")
                           .Case("own-thread", "instead: expect one at a time, behind a slow one all others wait")
                           .Case("inline-sync", "instead: call it where a thread may wait, in a pool")
                           .Default("instead: expect as many at once as the pool has threads, behind slow ones all "
                                    "others wait"),
                       true});
    return F;
  }
};

RegisterCheck Registered(std::make_unique<FakeAsyncApi>());

} // namespace
} // namespace threadbare
