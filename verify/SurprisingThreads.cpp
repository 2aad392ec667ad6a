// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Surprises.h"
#include "verify/Threads.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>
#include <set>

using namespace llvm;

namespace threadbare::verify {
namespace {

/// What the analysis knows of itself. That a name is missing here costs a line too many in a threadbare.yaml.
bool isKnownToStartThreads(StringRef Callee) {
  static constexpr StringLiteral Known[] = {
      "std::", "__gthread", "boost::", "asio::", "tbb::", "pthread_", "uv_", "g_", "GOMP_", "Q"};
  return Callee.empty() || any_of(Known, [&](StringRef Prefix) { return Callee.starts_with(Prefix); });
}

/// Which parameter is something to call, in "acme::run(int, std::function<void ()>)"; none in a C function's name.
std::optional<unsigned> callableParameter(StringRef Demangled) {
  auto [Name, Rest] = Demangled.split('(');
  unsigned Index = 0, Depth = 0;
  std::string Type;
  for (char C : Rest) {
    bool Ends = !Depth && (C == ',' || C == ')');
    if (Ends) {
      StringRef T = StringRef(Type).trim();
      if (T.contains("(*)(") || (T.contains("function<") && (T.starts_with("std::") || T.starts_with("boost::"))))
        return Index;
      ++Index;
      Type.clear();
      continue;
    }
    Depth += C == '(' || C == '<' ? 1 : C == ')' || C == '>' ? -1 : 0;
    Type += C;
  }
  return std::nullopt;
}

/// Its source was not read, and no catalog of ours has it.
bool isUnknown(const CallOut &Call) {
  return Call.Callee && !Call.Callee->At.Line && !isKnownToStartThreads(nameOf(Call.Callee));
}

/// A function that the analysis does not know, in the words of a threadbare.yaml. \p On is what runs the callable that
/// it is given; \p Kind and \p How are what it is if it is given none.
void teach(const CallOut &Call, StringRef Seen, StringRef On, StringRef Kind, StringRef How, Surprise &S) {
  S.Function = nameOf(Call.Callee);
  S.Lesson = formatv("# seen to {0}, called by '{1}'\n- name: {2}\n", Seen, nameOf(Call.Caller), S.Function);
  if (std::optional<unsigned> Callable = callableParameter(Call.Callee->Function)) {
    S.List = "functions";
    S.Lesson += formatv("  spawns: [{{on: {0}, callable: {1}}]\n", On, *Callable);
  } else {
    S.List = "fake-async";
    S.Lesson += formatv("  kind: {0}\n  how: {1}\n", Kind, How);
  }
}

/// The threads of one place in the user's code.
struct Place {
  CallOut Call;
  bool OfCoroutine = false;
  std::map<std::int64_t, std::vector<const Thread *>> Processes;

  const Thread *longestWait() const {
    const Thread *Longest = nullptr;
    for (const auto &[Id, Threads] : Processes)
      for (const Thread *T : Threads)
        if (T->WaitedMillis > 0 && (!Longest || T->WaitedMillis > Longest->WaitedMillis))
          Longest = T;
    return Longest;
  }

  Crowd most() const {
    Crowd Most;
    for (const auto &[Id, Threads] : Processes)
      if (Crowd C = crowd(Threads); std::pair(C.isUnbounded(), C.Started) > std::pair(Most.isUnbounded(), Most.Started))
        Most = C;
    return Most;
  }

  bool teaches() const { return OfCoroutine && isUnknown(Call); }
};

StringRef kindOf(const Crowd &C) { return C.Replaced ? "thread-per-call" : C.Started == 1 ? "own-thread" : "pool"; }

std::optional<Surprise> tell(const Place &P) {
  Crowd C = P.most();
  const Thread *Waits = P.longestWait();
  Surprise S{P.Call.Caller->At, {}, {}, {}, {}, {}};
  std::string Threads = counted(C.Started, "thread");
  if (C.isUnbounded()) {
    S.What = formatv("'{0}' started {1}, up to {2} lived at once, and nothing held their number", nameOf(P.Call.Caller),
                     Threads, C.Peak);
  } else if (P.OfCoroutine && (P.teaches() || Waits || C.Groups >= 3)) {
    S.What =
        formatv("'{0}' started {1} in a coroutine", nameOf(P.Call.Callee ? P.Call.Callee : P.Call.Caller), Threads);
    if (C.Groups >= 3)
      S.What += formatv(", in {0} groups that each ended before the next", C.Groups);
  } else {
    return std::nullopt;
  }
  if (Waits)
    S.What += formatv("; {0} waited for {1:f1} ms in '{2}'", C.Started == 1 ? "it" : "one of them", Waits->WaitedMillis,
                      Waits->Waits);
  if (P.teaches())
    teach(P.Call, "start " + Threads, "thread", kindOf(C),
          Waits ? "its threads wait in '" + Waits->Waits + "'" : "it starts threads", S);
  else
    S.Remark = "it is known to start threads; no finding speaks of it";
  return S;
}

void addStarted(const std::vector<Thread> &Threads, ArrayRef<Claim> Claims, std::vector<Surprise> &Result) {
  std::map<std::pair<Location, std::string>, Place> Places;
  for (const Thread &T : Threads) {
    CallOut Call = callOut(T.Stack);
    if (!Call.Caller || isClaimed(T.Stack, Claims))
      continue;
    Place &P = Places[{Call.Caller->At, nameOf(Call.Callee)}];
    P.Call = Call;
    P.OfCoroutine |= T.isOfCoroutine();
    P.Processes[T.Process].push_back(&T);
  }
  for (const auto &[Key, P] : Places)
    if (std::optional<Surprise> S = tell(P))
      Result.push_back(std::move(*S));
}

/// What one place of a coroutine woke.
struct Feeding {
  CallOut Call;
  std::set<std::int64_t> Threads;
  unsigned Times = 0;
  double LongestMillis = 0;
  std::string Waits;
};

Surprise tell(const Feeding &F) {
  Surprise S{F.Call.Caller->At, {}, {}, {}, {}, {}};
  bool One = F.Threads.size() == 1;
  std::string Threads = One ? "a thread" : counted(F.Threads.size(), "thread");
  S.What = formatv("'{0}' woke {1} for a coroutine, which waited {2}, for up to {3:f1} ms, in '{4}'",
                   nameOf(F.Call.Callee), Threads, counted(F.Times, "time"), F.LongestMillis, F.Waits);
  teach(F.Call, "wake " + Threads, "pool", One ? "own-thread" : "pool", "its threads wait in '" + F.Waits + "'", S);
  return S;
}

/// A pool that was there before: a coroutine wakes its threads, and they wait for something else than work.
void addFed(const Run &R, ArrayRef<Claim> Claims, Symbolizer &Names, std::vector<Surprise> &Result) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<Frame>> Ways; // by process
  for (const json::Object &O : R.Trace)
    if (O.getString("event") == "wakes")
      Ways.try_emplace({number(O, "pid"), number(O, "way")}, Names.frames(O.getArray("stack")));
  std::map<std::pair<Location, std::string>, Feeding> Places;
  for (const Blocked &B : Sightings::all(R, Names)) {
    auto Way = Ways.find({B.Process, B.WokenBy});
    if (Way == Ways.end() || !B.waited() || isIdle(B.Function))
      continue;
    CallOut Call = callOut(Way->second);
    if (!Call.Caller || !isUnknown(Call) || isClaimed(Way->second, Claims))
      continue;
    Feeding &F = Places[{Call.Caller->At, nameOf(Call.Callee)}];
    F.Call = Call;
    F.Threads.insert(B.Thread);
    ++F.Times;
    if (B.Millis <= F.LongestMillis)
      continue;
    F.LongestMillis = B.Millis;
    F.Waits = B.Function;
  }
  for (const auto &[Key, F] : Places)
    Result.push_back(tell(F));
}

} // namespace

std::vector<Surprise> surprisingThreads(const Run &R, ArrayRef<Claim> Claims, Symbolizer &Names) {
  std::vector<Surprise> Result;
  addStarted(threadsOf(R, Names), Claims, Result);
  addFed(R, Claims, Names, Result);
  return Result;
}

} // namespace threadbare::verify
