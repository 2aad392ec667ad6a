// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Surprises.h"
#include "verify/Holds.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace llvm;

namespace threadbare::verify {
namespace {

StringRef categoryOf(StringRef Waits) {
  return StringSwitch<StringRef>(Waits)
      .Cases("nanosleep", "clock_nanosleep", "usleep", "sleep", "sleep")
      .Cases("recv", "recvfrom", "recvmsg", "send", "sendto", "sendmsg", "connect", "network")
      .Cases("accept", "accept4", "poll", "ppoll", "select", "epoll_wait", "network")
      .Cases("getaddrinfo", "getnameinfo", "gethostbyname", "dns")
      .Cases("system", "popen", "pclose", "wait", "waitpid", "waitid", "process")
      .Cases("fsync", "fdatasync", "fopen", "fopen64", "open", "open64", "openat", "openat64", "file-io")
      .Cases("read", "pread", "pread64", "write", "pwrite", "pwrite64", "fread", "fwrite", "file-io")
      .Default("blocking");
}

/// One place in the user's code from which a resumed coroutine's thread was stopped.
struct Stop {
  std::string Caller, Callee, Waits;
  unsigned Times = 0;
  double LongestMillis = 0;
};

Surprise tell(const Location &At, const Stop &S) {
  Surprise Told{At, {}, {}, {}, {}, {}};
  Told.What = formatv("'{0}' stopped the coroutine's thread {1}, for up to {2:f1} ms, in '{3}'",
                      S.Callee.empty() ? "a function without a name" : S.Callee, counted(S.Times, "time"),
                      S.LongestMillis, S.Waits);
  if (S.Callee.empty() || S.Callee == S.Waits || StringRef(S.Callee).starts_with("std::") ||
      StringRef(S.Callee).starts_with("__gthread")) {
    Told.Remark = "it is known to block; the way to it was not seen";
    return Told;
  }
  Told.Function = S.Callee;
  Told.List = "blocking";
  Told.Lesson = formatv("# seen to wait up to {0:f1} ms in '{1}', called by '{2}'\n- name: {3}\n  category: {4}\n",
                        S.LongestMillis, S.Waits, S.Caller, S.Callee, categoryOf(S.Waits));
  return Told;
}

void addStops(const Run &R, ArrayRef<Claim> Claims, Symbolizer &Names, std::vector<Surprise> &Result) {
  std::map<std::pair<Location, std::string>, Stop> Found;
  for (const Blocked &B : Sightings::all(R, Names)) {
    if (!B.InResumption || !B.waited() || isClaimed(B.Stack, Claims))
      continue;
    CallOut Call = callOut(B.Stack);
    if (!Call.Caller)
      continue;
    Stop New{nameOf(Call.Caller), Call.Callee ? nameOf(Call.Callee) : B.Function, B.Function};
    Stop &S = Found.try_emplace({Call.Caller->At, New.Callee}, New).first->second;
    ++S.Times;
    S.LongestMillis = std::max(S.LongestMillis, B.Millis);
  }
  for (const auto &[Place, S] : Found)
    Result.push_back(tell(Place.first, S));
}

/// Coroutines that computed: no blocking call, but the loop waits all the same.
void addHogs(const Run &R, Symbolizer &Names, std::vector<Surprise> &Result) {
  struct Hog {
    std::string Function;
    std::vector<double> Millis;
    double LagMillis = 0;
  };
  std::map<Location, Hog> Found;
  for (const json::Object &O : R.Trace) {
    if (O.getString("event") != "hog")
      continue;
    std::vector<Frame> Place = Names.frames(O.getArray("stack"));
    auto Own = find_if(Place, isOwn);
    if (Own == Place.end())
      continue;
    Hog &H = Found[Own->At];
    H.Function = nameOf(&*Own);
    H.Millis.push_back(number(O, "processor") / 1e6);
    H.LagMillis = std::max({H.LagMillis, number(O, "ns") / 1e6, number(O, "lag") / 1e6});
  }
  for (auto &[At, H] : Found) {
    llvm::sort(H.Millis);
    std::string Range =
        H.Millis.size() == 1 ? "" : formatv("{0:f1} ms (median) to ", H.Millis[H.Millis.size() / 2]).str();
    Result.push_back({At,
                      formatv("'{0}' computed {1}, for {2}{3:f1} ms of processor time, from here until it was "
                              "suspended; the loop was up to {4:f1} ms late",
                              H.Function, counted(H.Millis.size(), "time"), Range, H.Millis.back(), H.LagMillis),
                      "nothing blocks: do it in parts, or in a pool", "", "", ""});
  }
}

void addHolds(const Run &R, ArrayRef<Claim> Claims, Symbolizer &Names, std::vector<Surprise> &Result) {
  struct Place {
    std::string Function;
    unsigned Times = 0;
    double LongestMillis = 0, WaitedMillis = 0;
    bool Deadlock = false;
  };
  std::map<Location, Place> Found;
  for (const Hold &H : holdsOf(R, Names)) {
    CallOut Call = callOut(H.Stack);
    if (!Call.Caller || isClaimed(H.Stack, Claims))
      continue;
    Place &P = Found[Call.Caller->At];
    P.Function = nameOf(Call.Caller);
    ++P.Times;
    P.LongestMillis = std::max(P.LongestMillis, H.SuspendedMillis);
    P.WaitedMillis = std::max(P.WaitedMillis, H.WaitedMillis);
    P.Deadlock |= H.Deadlock;
  }
  for (const auto &[At, P] : Found) {
    std::string What = formatv("'{0}' was suspended {1} with a lock that it had taken here, for up to {2:f1} ms",
                               P.Function, counted(P.Times, "time"), P.LongestMillis);
    if (P.Deadlock)
      What += "; its own thread then waited for it";
    else if (P.WaitedMillis > 0)
      What += formatv("; another thread waited for it, for up to {0:f1} ms", P.WaitedMillis);
    Result.push_back({At, What, "who wants the lock meanwhile waits for whatever the coroutine awaits", "", "", ""});
  }
}

} // namespace

CallOut callOut(const std::vector<Frame> &Stack) {
  auto Own = find_if(Stack, isOwn);
  if (Own == Stack.end())
    return {};
  return {&*Own, Own == Stack.begin() ? nullptr : &*std::prev(Own)};
}

std::string nameOf(const Frame *F) { return F ? qualifiedName(F->Function) : ""; }

std::vector<Surprise> surprises(const Run &R, ArrayRef<Claim> Claims, Symbolizer &Names) {
  std::vector<Surprise> Result;
  addStops(R, Claims, Names, Result);
  append_range(Result, surprisingThreads(R, Claims, Names));
  addHogs(R, Names, Result);
  addHolds(R, Claims, Names, Result);
  return Result;
}

} // namespace threadbare::verify
