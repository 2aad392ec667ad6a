// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Threads.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <limits>
#include <map>
#include <thread>

using namespace llvm;

namespace threadbare::verify {
namespace {

constexpr std::int64_t NotEnded = std::numeric_limits<std::int64_t>::max();

/// Which thread of ours a thread of the kernel is at a time: numbers are used again.
class Bodies {
public:
  void begins(std::int64_t Process, std::int64_t Tid, std::int64_t At, std::size_t Index) {
    Begun[{Process, Tid}][At] = Index;
  }
  std::optional<std::size_t> at(std::int64_t Process, std::int64_t Tid, std::int64_t At) const {
    auto Found = Begun.find({Process, Tid});
    if (Found == Begun.end())
      return std::nullopt;
    auto Next = Found->second.upper_bound(At);
    if (Next == Found->second.begin())
      return std::nullopt;
    return std::prev(Next)->second;
  }

private:
  std::map<std::pair<std::int64_t, std::int64_t>, std::map<std::int64_t, std::size_t>> Begun;
};

class Reader {
public:
  Reader(const Run &R, Symbolizer &Names) : R(R), Names(Names) {}

  std::vector<Thread> read() {
    for (const json::Object &O : R.Trace)
      if (O.getString("event") == "thread")
        start(O);
    for (const json::Object &O : R.Trace) {
      auto Found = Indices.find({number(O, "pid"), number(O, "thread")});
      if (Found == Indices.end())
        continue;
      if (O.getString("event") == "body")
        Begun.begins(number(O, "pid"), number(O, "tid"), number(O, "at"), Found->second);
      else if (O.getString("event") == "ended")
        List[Found->second].End = number(O, "at");
    }
    for (const Blocked &B : Sightings::all(R, Names))
      if (auto Index = Begun.at(B.Process, B.Thread, B.Begin))
        waited(List[*Index], B);
    llvm::sort(List, [](const Thread &A, const Thread &B) { return A.Begin < B.Begin; });
    return std::move(List);
  }

private:
  void start(const json::Object &O) {
    Thread T;
    T.Process = number(O, "pid");
    T.Creator = number(O, "tid");
    T.Begin = number(O, "at");
    T.End = NotEnded;
    std::pair Way(T.Process, number(O, "way"));
    if (O.getArray("stack"))
      Stacks[Way] = Names.frames(O.getArray("stack"));
    T.Stack = Stacks[Way];
    Indices[{T.Process, number(O, "thread")}] = List.size();
    List.push_back(std::move(T));
  }

  static void waited(Thread &T, const Blocked &B) {
    if (!B.waited() || isIdle(B.Function) || B.Begin > T.End || B.Millis <= T.WaitedMillis)
      return;
    T.Waits = B.Function;
    T.WaitedMillis = B.Millis;
  }

  const Run &R;
  Symbolizer &Names;
  std::vector<Thread> List;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> Indices;
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<Frame>> Stacks; ///< by process and way
  Bodies Begun;
};

} // namespace

bool isIdle(StringRef Function) {
  return Function.starts_with("pthread_cond_") || Function.starts_with("epoll_") ||
         StringSwitch<bool>(Function).Cases("poll", "ppoll", "select", "pselect", true).Default(false);
}

bool Thread::hasEnded() const { return End != NotEnded; }

bool Thread::isOfCoroutine() const { return any_of(Stack, isResumption); }

std::vector<Thread> threadsOf(const Run &R, Symbolizer &Names) { return Reader(R, Names).read(); }

std::size_t manyThreads() { return std::max<std::size_t>(64, 8 * std::thread::hardware_concurrency()); }

/// How many lived after each start, by group: a group ends when none is left.
static std::vector<std::vector<std::size_t>> levels(const std::vector<const Thread *> &Threads, bool &Replaced) {
  std::vector<std::pair<std::int64_t, int>> Changes; // ends before beginnings
  for (const Thread *T : Threads) {
    Changes.push_back({T->Begin, 1});
    if (T->hasEnded())
      Changes.push_back({T->End, -1});
  }
  llvm::sort(Changes);
  std::vector<std::vector<std::size_t>> Groups;
  std::size_t Alive = 0;
  bool Ended = false;
  for (auto [At, Change] : Changes) {
    if (!Alive)
      Groups.emplace_back();
    Alive += Change;
    Ended |= Change < 0;
    Replaced |= Ended && Change > 0;
    if (Change > 0)
      Groups.back().push_back(Alive);
  }
  return Groups;
}

/// Under a limit, threads are started one by one as others end, and their number stays close to it; groups of one size
/// come to the same number again. Where nothing holds them, most starts are on the way up to a peak of its own.
Crowd crowd(const std::vector<const Thread *> &Threads) {
  Crowd C;
  std::vector<std::size_t> Peaks;
  std::vector<std::vector<std::size_t>> Groups = levels(Threads, C.Replaced);
  for (const std::vector<std::size_t> &Levels : Groups) {
    C.Started += Levels.size();
    Peaks.push_back(*max_element(Levels));
    C.Groups += Peaks.back() >= 2;
    C.Peak = std::max(C.Peak, Peaks.back());
  }
  auto IsNearPeak = [&](std::size_t Level) { return 4 * Level >= 3 * C.Peak; };
  std::size_t Near = 0, AtPeak = 0;
  for (const std::vector<std::size_t> &Levels : Groups) {
    Near += count_if(Levels, IsNearPeak);
    AtPeak += llvm::count(Levels, C.Peak);
  }
  auto IsSimilar = [&](std::size_t Peak) { return 2 * Peak >= C.Peak; }; // a busy machine starts them late
  C.LevelsOff = 2 * Near > C.Started || AtPeak > 1 || count_if(Peaks, IsSimilar) > 1;
  return C;
}

} // namespace threadbare::verify
