// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lock that a coroutine takes, holds while it is suspended, and gives back when it goes on. What is taken inside a
// segment is remembered by its thread. What is still there when the segment ends moves on, into the view of all
// threads: who waits for it then, and whoever gives it back, finds it there. It is told when the same coroutine gives
// it back, for then nobody else was to have it meanwhile; or when the thread that should go on with the coroutine waits
// for the lock itself, which nothing can end.
#include "Locks.h"
#include "Evidence.h"
#include "Segments.h"
#include "Ticks.h"

#include "Options.h"

#include <atomic>
#include <cerrno>

namespace threadbare::rt {

bool WatchesLocks = false;

namespace {

struct Held {
  std::atomic<const void *> Lock{nullptr}; ///< null: free
  std::atomic<bool> Over{false};           ///< the coroutine has been suspended
  std::uint64_t Segment;                   ///< its number
  unsigned Depth;                          ///< taken so many times more
  const void *Frame;
  std::uint32_t Tid;
  std::uint64_t Taken, Suspended; ///< nanoseconds
  Stack From;
  std::atomic<unsigned> Waiters{0};
  std::atomic<bool> WaiterTold{false}; ///< the two below are there
  std::uint64_t WaitsSince;
  Stack Waiter;
};

constexpr unsigned Most = 256;
Held All[Most];
std::atomic<unsigned> HeldOver{0}; ///< how many of them are held by coroutines that are suspended
std::atomic<unsigned> Looked{0};

/// What this thread's segments hold.
constexpr unsigned MostHere = 16;
thread_local Held *Here[MostHere];
thread_local unsigned Count = 0;

struct Prepare {
  Prepare() { WatchesLocks = options().Locks; }
} Prepared;

unsigned slotOf(const void *Lock) { return (reinterpret_cast<std::uintptr_t>(Lock) >> 4) * 0x9e3779b1u % Most; }

Held *take(const void *Lock) {
  for (unsigned Try = 0; Try < 16; ++Try) {
    Held &H = All[(slotOf(Lock) + Try) % Most];
    const void *Free = nullptr;
    if (H.Lock.compare_exchange_strong(Free, Lock, std::memory_order_acquire))
      return &H;
  }
  return nullptr;
}

void release(Held &H) {
  if (H.Over.exchange(false))
    --HeldOver;
  H.Waiters = 0;
  H.WaiterTold = false;
  H.Lock.store(nullptr, std::memory_order_release);
}

Held *findHeldOver(const void *Lock) {
  if (!HeldOver.load(std::memory_order_acquire))
    return nullptr;
  for (unsigned Try = 0; Try < 16; ++Try)
    if (Held &H = All[(slotOf(Lock) + Try) % Most]; H.Lock == Lock && H.Over.load(std::memory_order_acquire))
      return &H;
  return nullptr;
}

Held **findHere(const void *Lock) {
  for (unsigned I = 0; I < Count; ++I)
    if (Here[I]->Lock.load(std::memory_order_relaxed) == Lock)
      return &Here[I];
  return nullptr;
}

void say(const Held &H, std::uint64_t Resumed, bool Deadlock) {
  std::uint64_t Now = now();
  Line Said("held");
  Said.add("tid", H.Tid).add("by", threadId()).add("at", Now).add("ns", Now - H.Taken);
  Said.add("suspended", Resumed - H.Suspended).add("deadlock", Deadlock).add("stack", H.From);
  if (unsigned Waiters = H.Waiters; Waiters && H.WaiterTold.load(std::memory_order_acquire))
    Said.add("waiters", Waiters).add("waited", Now - H.WaitsSince).add("waiter_stack", H.Waiter);
  Said.write();
}

/// To unwind at every lock would cost too much where they are many.
bool isLookedAt() {
  unsigned N = Looked.fetch_add(1, std::memory_order_relaxed);
  return N < 20'000 || N % 64 == 0;
}

__attribute__((noinline)) void remember(const void *Lock, const Segment &S) {
  Held *H = take(Lock);
  if (!H)
    return;
  int Saved = errno;
  H->From.capture();
  errno = Saved;
  H->Segment = S.Number;
  H->Depth = 0;
  H->Tid = threadId();
  H->Taken = now();
  Here[Count++] = H;
}

} // namespace

void lockTaken(const void *Lock) {
  const Segment *S = currentSegment();
  if (!S)
    return;
  if (Held **Known = findHere(Lock))
    ++(*Known)->Depth;
  else if (Count < MostHere && isLookedAt())
    remember(Lock, *S);
}

void lockGivenBack(const void *Lock) {
  if (Held **Known = findHere(Lock)) {
    if ((*Known)->Depth) {
      --(*Known)->Depth;
      return;
    }
    release(**Known);
    *Known = Here[--Count];
    return;
  }
  Held *H = findHeldOver(Lock);
  if (!H)
    return;
  const Segment *S = currentSegment();
  if (S && S->Frame == H->Frame)
    say(*H, now() - nanoseconds(ticks() - S->Begun), /*Deadlock=*/false);
  release(*H);
}

void lockIsWaitedFor(const void *Lock, bool Forever) {
  Held *H = findHeldOver(Lock);
  if (!H)
    return;
  int Saved = errno;
  if (++H->Waiters == 1) {
    H->WaitsSince = now();
    H->Waiter.capture();
    H->WaiterTold.store(true, std::memory_order_release);
  }
  if (Forever && H->Tid == threadId())
    say(*H, now(), /*Deadlock=*/true);
  errno = Saved;
}

void segmentEnds(const Segment &S) {
  for (unsigned I = 0; I < Count;) {
    Held *H = Here[I];
    if (H->Segment != S.Number) {
      ++I;
      continue;
    }
    H->Frame = S.Frame;
    H->Suspended = now();
    H->Over.store(true, std::memory_order_release);
    ++HeldOver;
    Here[I] = Here[--Count];
  }
}

} // namespace threadbare::rt
