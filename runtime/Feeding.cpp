// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who fed a pool? A thread that waits at a condition variable, and goes on after a coroutine has signalled it, was woken
// by that coroutine; what the thread waits for next, until it waits at one again, is told with the coroutine's way. A
// thread that was busy when it was signalled is missed.
#include "Feeding.h"
#include "Options.h"
#include "Segments.h"
#include "Ticks.h"
#include "Ways.h"

#include <atomic>
#include <cerrno>

namespace threadbare::rt {

bool FollowsThreads = false;

namespace {

/// The last signal that a coroutine gave. Two threads may write one at a time, and a reader then sees half of each: the
/// worst of it is a wrong way to the same condition variable.
struct Signal {
  std::atomic<const void *> Condition{nullptr};
  std::atomic<std::uint64_t> At{0}; ///< ticks
  std::atomic<std::uint64_t> Way{0};
};

constexpr unsigned Most = 256;
Signal Last[Most];
std::atomic<bool> Any{false}; ///< a coroutine has ever given one
std::atomic<unsigned> Looked{0};
Ways Known;
thread_local std::uint64_t WokenBy = 0;

struct Prepare {
  Prepare() { FollowsThreads = options().Threads; }
} Prepared;

Signal &slotOf(const void *Condition) {
  return Last[(reinterpret_cast<std::uintptr_t>(Condition) >> 4) * 0x9e3779b1u % Most];
}

__attribute__((noinline)) void remember(const void *Condition) {
  int Saved = errno;
  Stack From;
  From.capture();
  if (Way *W = Known.find(From)) {
    std::uint64_t Name = W->Hash >> 1; // JSON's readers take integers for signed
    if (isTold(++W->Count, 2))
      Line("wakes").add("way", Name).add("tid", threadId()).add("at", now()).add("stack", From).write();
    Signal &S = slotOf(Condition);
    S.Condition = Condition;
    S.Way = Name;
    S.At = ticks();
    Any = true;
  }
  errno = Saved;
}

} // namespace

void wakes(const void *Condition) {
  const Segment *S = currentSegment();
  if (!S || S->IsRamp)
    return;
  unsigned N = Looked.fetch_add(1, std::memory_order_relaxed); // unwinding at each would cost too much
  if (N < 20'000 || N % 64 == 0)
    remember(Condition);
}

void wasWoken(const void *Condition, std::uint64_t Since) {
  if (!Any.load(std::memory_order_relaxed))
    return;
  Signal &S = slotOf(Condition);
  WokenBy = S.Condition == Condition && S.At > Since && !currentSegment() ? S.Way.load() : 0;
}

std::uint64_t wokenBy() { return WokenBy; }

} // namespace threadbare::rt
