// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines that compute for long between two suspensions. Time alone would accuse whoever is preempted, so what
// counts is the thread's processor time. To ask for it costs as much as a short segment; so it is asked for once in a
// millisecond at most, and what the thread may have used between that question and the segment's begin, all of the
// time that passed, is taken off. What is told is a lower bound.
#include "Segments.h"
#include "Blocking.h"
#include "Locks.h"
#include "Options.h"
#include "Ticks.h"
#include "Ways.h"

#include <time.h>

namespace threadbare::rt {
namespace {

constexpr std::uint64_t QuestionEvery = 1'000'000; // ticks, so nanoseconds or more often

bool Hogs = false;
std::uint64_t Least = 0; ///< nanoseconds
Ways Known;

/// The segments that this thread is in, the innermost last.
constexpr unsigned Deepest = 32;
thread_local Segment *Chain[Deepest];
thread_local unsigned Depth = 0;
thread_local std::uint64_t Numbers = 0;

/// The last question for processor time, by ticks(), and its answer in nanoseconds.
thread_local std::uint64_t AskedAt = 0, AskedProcessor = 0;

std::uint64_t processorTime() {
  timespec T;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &T);
  return std::uint64_t(T.tv_sec) * 1'000'000'000 + T.tv_nsec;
}

__attribute__((noinline)) void judge(Segment &S, std::uint64_t End) {
  std::uint64_t Time = nanoseconds(End - S.Begun);
  std::uint64_t Other = S.AskedProcessor + nanoseconds(S.Begun - S.AskedAt) + S.Within, Used = processorTime();
  if (Used < Other + Least || Time < Least)
    return;
  Used -= Other;
  for (unsigned I = 0; I < Depth; ++I)
    Chain[I]->Within += Used;
  Stack Place;
  Place.Frames[0] = const_cast<void *>(S.Place);
  Place.Size = 1;
  Way *W = Known.find(Place);
  std::uint64_t Count = W ? ++W->Count : 1;
  if (!isTold(Count, 2000))
    return;
  Line Said("hog");
  Said.add("tid", threadId()).add("at", now()).add("ns", Time).add("processor", Used).add("count", Count);
  Said.add("lag", loopLag()).add("stack", Place).write();
}

/// What an exception has left without saying so lies deeper in the stack than who is here now.
void leaveUpTo(const Segment *S) {
  while (Depth && Chain[Depth - 1] < S)
    --Depth;
}

void begins(Segment *S) {
  S->Place = __builtin_return_address(0);
  S->Within = 0;
  S->Number = ++Numbers;
  leaveUpTo(S);
  if (Depth < Deepest)
    Chain[Depth++] = S;
  S->Begun = ticks();
  if (!Hogs)
    return;
  if (S->Begun - AskedAt > QuestionEvery) {
    AskedAt = S->Begun;
    AskedProcessor = processorTime();
  }
  S->AskedAt = AskedAt;
  S->AskedProcessor = AskedProcessor;
}

void ends(Segment *S) {
  leaveUpTo(S);
  if (Depth && Chain[Depth - 1] == S)
    --Depth;
  if (Silent)
    return;
  if (WatchesLocks)
    segmentEnds(*S);
  if (Hogs && !S->IsRamp)
    if (std::uint64_t End = ticks(); End - S->Begun >= Least)
      judge(*S, End);
}

} // namespace

const Segment *currentSegment() { return Depth ? Chain[Depth - 1] : nullptr; }

} // namespace threadbare::rt

using namespace threadbare::rt;

extern "C" __attribute__((visibility("default"))) void threadbare_register_segments_v1(SegmentHooks *First,
                                                                                       std::uint64_t Count) {
  if (!options().Hogs && !options().Locks && !options().Threads)
    return;
  Hogs = options().Hogs;
  Least = std::uint64_t(options().HogMicros) * 1000;
  for (std::uint64_t I = 0; I < Count; ++I)
    First[I] = {begins, ends};
  static bool Said = false;
  if (!Said)
    Line("segments").write();
  Said = true;
}
