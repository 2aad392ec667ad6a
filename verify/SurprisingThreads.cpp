// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Surprises.h"
#include "verify/Threads.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

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

/// The threads of one place in the user's code.
struct Place {
  std::string Caller, Callee, Signature;
  bool OfCoroutine = false;
  bool CalleeHasSource = true;
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

  bool isUnknown() const { return OfCoroutine && !CalleeHasSource && !isKnownToStartThreads(Callee); }
};

/// What the threads of a function that the analysis does not know are, in the words of a threadbare.yaml.
void teach(const Place &P, const Crowd &C, Surprise &S) {
  S.Function = P.Callee;
  std::string Seen =
      formatv("# seen to start {0}, called by '{1}'\n- name: {2}\n", counted(C.Started, "thread"), P.Caller, P.Callee);
  if (std::optional<unsigned> Callable = callableParameter(P.Signature)) {
    S.List = "functions";
    S.Lesson = Seen + formatv("  spawns: [{{on: thread, callable: {0}}]\n", *Callable).str();
    return;
  }
  const Thread *Waits = P.longestWait();
  S.List = "fake-async";
  S.Lesson = Seen + formatv("  kind: {0}\n  how: {1}\n",
                            C.Replaced       ? "thread-per-call"
                            : C.Started == 1 ? "own-thread"
                                             : "pool",
                            Waits ? "its threads wait in '" + Waits->Waits + "'" : "it starts threads")
                        .str();
}

std::optional<Surprise> tell(const Location &At, const Place &P) {
  Crowd C = P.most();
  const Thread *Waits = P.longestWait();
  Surprise S{At, {}, {}, {}, {}, {}};
  if (C.isUnbounded()) {
    S.What = formatv("'{0}' started {1}, up to {2} lived at once, and nothing held their number", P.Caller,
                     counted(C.Started, "thread"), C.Peak);
  } else if (P.OfCoroutine && (P.isUnknown() || Waits || C.Groups >= 3)) {
    S.What = formatv("'{0}' started {1} in a coroutine", P.Callee.empty() ? P.Caller : P.Callee,
                     counted(C.Started, "thread"));
    if (C.Groups >= 3)
      S.What += formatv(", in {0} groups that each ended before the next", C.Groups);
  } else {
    return std::nullopt;
  }
  if (Waits)
    S.What += formatv("; {0} waited for {1:f1} ms in '{2}'", C.Started == 1 ? "it" : "one of them", Waits->WaitedMillis,
                      Waits->Waits);
  if (P.isUnknown())
    teach(P, C, S);
  else
    S.Remark = "it is known to start threads; no finding speaks of it";
  return S;
}

} // namespace

std::vector<Surprise> surprisingThreads(const Run &R, ArrayRef<Claim> Claims, Symbolizer &Names) {
  std::vector<Thread> Threads = threadsOf(R, Names);
  std::map<std::pair<Location, std::string>, Place> Places;
  for (const Thread &T : Threads) {
    CallOut Call = callOut(T.Stack);
    if (!Call.Caller || isClaimed(T.Stack, Claims))
      continue;
    Place &P = Places[{Call.Caller->At, nameOf(Call.Callee)}];
    P.Caller = nameOf(Call.Caller);
    P.Callee = nameOf(Call.Callee);
    P.Signature = Call.Callee ? Call.Callee->Function : "";
    P.CalleeHasSource = !Call.Callee || Call.Callee->At.Line;
    P.OfCoroutine |= T.isOfCoroutine();
    P.Processes[T.Process].push_back(&T);
  }
  std::vector<Surprise> Result;
  for (const auto &[Key, P] : Places)
    if (std::optional<Surprise> S = tell(Key.first, P))
      Result.push_back(std::move(*S));
  return Result;
}

} // namespace threadbare::verify
