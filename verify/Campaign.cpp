// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Campaign.h"
#include "verify/Holds.h"
#include "verify/Surprises.h"
#include "verify/Threads.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

using namespace llvm;

namespace threadbare::verify {
namespace {

/// The program's own preloads stay, behind ours.
std::string preload(StringRef Runtime) {
  std::optional<std::string> Theirs = sys::Process::GetEnv("LD_PRELOAD");
  return Theirs && !Theirs->empty() ? (Runtime + ":" + *Theirs).str() : Runtime.str();
}

const Verifier *verifierFor(const Claim &C) {
  auto Found = find_if(verifiers(), [&](const auto &V) { return V->takes(C); });
  return Found == verifiers().end() ? nullptr : Found->get();
}

/// What aims at nothing, and sees what it can.
constexpr StringLiteral InertOptions = "probes=count:block=1:exact=1:threads=1:hogs=1:locks=1";

class Campaign {
public:
  Campaign(ArrayRef<Claim> Claims, const Settings &S, const Listener &L) : Claims(Claims), S(S), L(L) {}

  Error run() {
    aim();
    if (Aims.empty())
      return Error::success();
    Expected<ProbedBuild> Build = ProbedBuild::create(S.Build, Places);
    if (!Build) {
      NoProbes = toString(Build.takeError());
      L.Note(NoProbes);
    }
    Runner R(S, Build ? &*Build : nullptr);
    Expected<Run> Inert = R.run(InertOptions);
    if (!Inert)
      return Inert.takeError();
    if (std::string Why = Inert->How.complaint(); !Why.empty())
      L.Note("the command " + Why + "; what it did until then counts. Its output ends: " + R.log());
    if (Inert->Trace.empty())
      L.Note("no process of the command took the runtime along: is the program static, or started with a clean "
             "environment?");
    noteLeft(*Inert);
    for (const Aim &A : Aims)
      L.Done(A.Of, judge(A, *Inert, R));
    L.Surprised(surprises(*Inert, Claims, R.symbolizer()));
    return Error::success();
  }

private:
  /// Programs that were started in a way that leaves the runtime behind.
  void noteLeft(const Run &Inert) {
    std::set<std::string> Programs;
    for (const json::Object &O : Inert.Trace)
      if (O.getString("event") == "left")
        Programs.insert("'" + O.getString("program").value_or("").str() + "'");
    if (!Programs.empty())
      L.Note("started with an environment that leaves the runtime behind, so nothing was seen of what it did: " +
             join(Programs, ", "));
  }

  void aim() {
    for (const Claim &C : Claims) {
      if (!verifierFor(C)) {
        L.Done(C, {std::nullopt, "there is no measurement for this kind of finding yet", {}, {}});
        continue;
      }
      if (C.Spots.empty()) {
        L.Done(
            C,
            {std::nullopt, "the findings do not say where to measure; write them again with this threadbare", {}, {}});
        continue;
      }
      Aim A{C, {}};
      for (std::size_t I = 0; I < C.Spots.size(); ++I) {
        const Spot &P = C.Spots[I];
        // Two threads in the same code: a second probe would count each access twice.
        if (any_of(ArrayRef(C.Spots).take_front(I), [&](const Spot &O) { return O.Role == P.Role && O.At == P.At; }))
          continue;
        A.Sites.push_back(Places.size());
        Places.push_back({unsigned(Places.size()), P});
      }
      Aims.push_back(std::move(A));
    }
  }

  Verdict judge(const Aim &A, const Run &Inert, Runner &R) {
    Expected<Verdict> V = verifierFor(A.Of)->judge(A, Inert, R);
    if (!V)
      return {std::nullopt, toString(V.takeError()), {}, {}};
    return std::move(*V);
  }

  ArrayRef<Claim> Claims;
  const Settings &S;
  const Listener &L;
  std::vector<Aim> Aims;
  std::vector<ProbedPlace> Places;
  std::string NoProbes; ///< why there are none
};

} // namespace

Expected<Run> Runner::run(StringRef Options) {
  std::string Folder = S.Build.Scratch + "/run" + utostr(++Number);
  if (std::error_code E = sys::fs::create_directories(Folder))
    return createStringError(Folder + ": error: " + E.message());
  Expected<std::string> Allow = allowOption();
  if (!Allow)
    return Allow.takeError();
  Command C;
  C.Words = S.Command;
  C.Log = Folder + "/output";
  C.Seconds = S.Timeout;
  C.Environment = {{"LD_PRELOAD", preload(S.Runtime)},
                   {"THREADBARE_OPTIONS", ("evidence=" + Folder + ":" + Options + *Allow).str()}};
  if (Build)
    Build->enter(C);
  Expected<Ended> How = verify::run(C);
  if (!How && !isInterrupted())
    return createStringError("the command cannot be started: " + toString(How.takeError()));
  if (!How)
    return How.takeError();
  Run Result{*How, readTrace(Folder)};
  dropAllowed(Result.Trace);
  return Result;
}

/// A copy: the user's file may be somewhere else in the command's eyes, and have a ':' in its name.
Expected<std::string> Runner::allowOption() const {
  if (S.Allow.empty())
    return "";
  std::string Path = S.Build.Scratch + "/allow";
  std::error_code E;
  raw_fd_ostream OS(Path, E);
  if (E)
    return createStringError(Path + ": error: " + E.message());
  S.Allow.write(OS);
  return ":allow=" + Path;
}

void Runner::dropAllowed(std::vector<json::Object> &Trace) {
  if (S.Allow.empty())
    return;
  erase_if(Trace, [&](const json::Object &O) {
    return (O.getString("event") == "block" || O.getString("event") == "hang") &&
           any_of(symbolizer().frames(O.getArray("stack")), [&](const Frame &F) { return S.Allow.allows(F); });
  });
}

std::string Runner::log() const {
  auto Buffer = MemoryBuffer::getFile(S.Build.Scratch + "/run" + utostr(Number) + "/output");
  if (!Buffer)
    return "";
  StringRef Text = (*Buffer)->getBuffer().trim();
  return Text.empty() ? "(nothing)" : Text.rsplit('\n').second.empty() ? Text.str() : Text.rsplit('\n').second.str();
}

const std::vector<std::unique_ptr<Verifier>> &verifiers() {
  static const auto All = [] {
    std::vector<std::unique_ptr<Verifier>> List;
    List.push_back(makeCounterVerifier());
    List.push_back(makeBlockingVerifier());
    List.push_back(makePoolVerifier());
    List.push_back(makeLockVerifier());
    List.push_back(makeUnboundedThreadsVerifier());
    List.push_back(makePoolPerCallVerifier());
    return List;
  }();
  return All;
}

Expected<std::vector<Surprise>> learn(const Settings &S, const Listener &L) {
  Expected<ProbedBuild> Build = ProbedBuild::create(S.Build, {});
  if (!Build)
    L.Note("the program is run as it is, with the lines that it knows: " + toString(Build.takeError()));
  Runner R(S, Build ? &*Build : nullptr);
  Expected<Run> Seen = R.run(InertOptions);
  if (!Seen)
    return Seen.takeError();
  if (std::string Why = Seen->How.complaint(); !Why.empty())
    L.Note("the command " + Why + "; what it did until then counts. Its output ends: " + R.log());
  return surprises(*Seen, {}, R.symbolizer());
}

Error verify(ArrayRef<Claim> Claims, const Settings &S, const Listener &L) { return Campaign(Claims, S, L).run(); }

} // namespace threadbare::verify
