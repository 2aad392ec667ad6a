// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Soft watchpoints at the flagged accesses alone, after KCSAN (Linux, kernel/kcsan), aimed as RaceFuzzer aims (K. Sen,
// "Race directed random testing of concurrent programs", PLDI 2008). Before such an access a thread publishes the
// address and stalls. Another thread that comes to the same address meanwhile, one of the two writing, races beyond
// doubt: the first is between everything that happened before its access and the access, and nothing can have ordered
// the two. So no lock that a program invents, and no join, can cause a false alarm.
#include "Blocking.h"
#include "Hooks.h"
#include "Options.h"

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstring>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace threadbare::rt {
namespace {

/// One stalled thread. State holds a generation and what became of it, so that a visitor who read the fields of one
/// stall can never be taken for a visitor of the next.
struct alignas(64) Watch {
  enum : std::uint32_t { Open = 0, Visited = 1, Told = 2, Closed = 3, Bits = 3 };
  std::atomic<std::uint32_t> State{Closed}; ///< a futex: the kernel's are of 32 bits
  std::atomic<bool> Taken{false};
  std::atomic<std::uintptr_t> Address{0};
  std::atomic<const Probe *> Place{nullptr};
  std::atomic<std::uint32_t> Tid{0};
  std::atomic<pid_t> Pid{0}; ///< a forked child inherits watches whose threads it has not got
  // Of the first visitor, valid in state Told.
  const Probe *Visitor;
  std::uint32_t VisitorTid;
  Stack VisitorStack;
};

Watch Watches[8];
std::atomic<int> Stalled{0};
std::atomic<unsigned> Trapped{0};
std::atomic<unsigned> Met{0};           ///< stalls in which somebody came
constexpr unsigned Enough = 10;         ///< of these: one is proof, the rest says how often
constexpr unsigned AtOnce = 10;         ///< stalls that do not wait for their time
std::atomic<std::uint64_t> NextTrap{0}; ///< when, by the monotonic clock
std::atomic<std::uint32_t> FirstThread{0};
std::atomic<bool> Several{false}; ///< another one has come to an armed place

thread_local std::uint64_t Random = 0;
thread_local unsigned SinceLook = 0;

std::uint64_t random() {
  if (!Random)
    Random = (options().Seed * 0x9e3779b97f4a7c15u) ^ (std::uint64_t(threadId()) << 20) ^ now() ^ 1;
  Random ^= Random << 13; // xorshift64, G. Marsaglia 2003
  Random ^= Random >> 7;
  Random ^= Random << 17;
  return Random;
}

bool overlap(std::uintptr_t A, std::uint32_t SizeA, std::uintptr_t B, std::uint32_t SizeB) {
  return A < B + SizeB && B < A + SizeA;
}

bool conflict(const Probe &A, const Probe &B) { return ((A.Kind | B.Kind) & Writes) && !(A.Kind & B.Kind & Atomic); }

void visit(std::uintptr_t Address, const Probe &P) {
  for (Watch &W : Watches) {
    std::uint32_t State = W.State.load(std::memory_order_acquire);
    if ((State & Watch::Bits) != Watch::Open)
      continue;
    const Probe &Place = *W.Place;
    if (W.Tid == threadId() || W.Pid != getpid() || !overlap(Address, P.Size, W.Address, Place.Size) ||
        !conflict(P, Place))
      continue;
    // Succeeds only while that very stall goes on: now both threads stand before their accesses.
    if (!W.State.compare_exchange_strong(State, State | Watch::Visited))
      continue;
    W.Visitor = &P;
    W.VisitorTid = threadId();
    W.VisitorStack.capture();
    W.State.store(State | Watch::Told, std::memory_order_release);
    syscall(SYS_futex, &W.State, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }
}

/// What is run by one thread alone, as in a test before the one that matters, must not use up the stalls.
void noteThread() {
  std::uint32_t Nobody = 0;
  if (!FirstThread.compare_exchange_strong(Nobody, threadId()) && Nobody != threadId())
    Several = true;
}

/// Many at first and then fewer: a hot place has to be tried late as well, when the other thread is there.
bool mayTrap() {
  unsigned Done = Trapped.load(std::memory_order_relaxed);
  if (Done >= options().Traps || random() & 1 || (Done >= AtOnce && !Several.load(std::memory_order_relaxed)))
    return false;
  return now() >= NextTrap.load(std::memory_order_relaxed);
}

/// In the end a thread stalls for less than a hundredth of its time.
void planNext(unsigned Done) {
  std::uint64_t Gap = 0, Longest = std::uint64_t(options().StallMicros) * 100'000; // nanoseconds
  if (Done >= AtOnce) {
    Gap = Longest / 100;
    for (unsigned I = AtOnce; I < Done && Gap < Longest; ++I)
      Gap += Gap / 5;
  }
  NextTrap.store(now() + Gap, std::memory_order_relaxed);
}

timespec asTime(std::uint64_t Nanoseconds) {
  return {time_t(Nanoseconds / 1'000'000'000), long(Nanoseconds % 1'000'000'000)};
}

/// True if somebody came; then it has also been long enough for their access. A signal only ends it early.
bool stall(Watch &W, std::uint32_t Open) {
  // By raw calls: those that we stand in for are the program's.
  std::uint64_t Longest = std::uint64_t(options().StallMicros) * 1000, Shortest = Longest / 5;
  timespec Time = asTime(Shortest + random() % (Longest - Shortest + 1));
  ++Silent;
  syscall(SYS_futex, &W.State, FUTEX_WAIT_PRIVATE, Open, &Time, nullptr, 0);
  --Silent;
  std::uint32_t State = Open;
  if (W.State.compare_exchange_strong(State, Open | Watch::Closed))
    return false;
  while ((W.State.load(std::memory_order_acquire) & Watch::Bits) != Watch::Told)
    ;
  Time = asTime(Shortest / 2);
  syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &Time, nullptr);
  return true;
}

struct Seen {
  std::uint64_t Before, After;
  bool Overwrites; ///< the access is a store that replaces what another thread stored during the stall
};

/// JSON's readers take integers for signed.
std::int64_t asSigned(std::uint64_t Value, std::uint32_t Size) {
  unsigned Unused = Size < 8 ? 64 - 8 * Size : 0;
  return static_cast<std::int64_t>(Value << Unused) >> Unused;
}

/// Said whether or not somebody came: the verdict "not reproduced" states how often it was tried.
void report(const Watch &W, bool Visited, Seen Value) {
  const Probe &A = *W.Place.load();
  Line Said(Visited ? "race" : "trap");
  Said.add("site", A.Site).add("kind", A.Kind).add("tid", W.Tid.load());
  Said.addSigned("before", asSigned(Value.Before, A.Size)).addSigned("after", asSigned(Value.After, A.Size));
  Said.add("overwrites", Value.Overwrites);
  if (Visited) {
    const Probe &B = *W.Visitor;
    Stack Mine;
    Mine.capture();
    Said.add("other_site", B.Site).add("other_kind", B.Kind).add("other_tid", W.VisitorTid);
    Said.add("address", W.Address.load()).add("size", A.Size).add("stack", Mine).add("other_stack", W.VisitorStack);
  }
  Said.write();
}

Watch *take() {
  for (Watch &W : Watches)
    if (!W.Taken.exchange(true, std::memory_order_acquire))
      return &W;
  return nullptr;
}

__attribute__((noinline)) void trap(void *Address, const Probe &P, std::uint64_t Loaded) {
  Watch *W = take();
  if (!W)
    return;
  int Saved = errno;
  unsigned Done = ++Trapped;
  W->Address = reinterpret_cast<std::uintptr_t>(Address);
  W->Place = &P;
  W->Tid = threadId();
  W->Pid = getpid();
  Seen Value{valueAt(Address, P.Size), 0, false};
  std::uint32_t State = (W->State.load() | Watch::Bits) + 1; // the next generation, open
  W->State.store(State, std::memory_order_release);
  ++Stalled;
  bool Visited = stall(*W, State);
  --Stalled;
  Met += Visited;
  Value.After = valueAt(Address, P.Size);
  Value.Overwrites = (P.Kind & Updates) && Value.After != Loaded;
  report(*W, Visited, Value);
  W->State.fetch_or(Watch::Closed);
  planNext(Done);
  W->Taken.store(false, std::memory_order_release);
  errno = Saved;
}

} // namespace

std::uint64_t valueAt(const void *Address, std::uint32_t Size) {
  std::uint64_t Value = 0;
  std::memcpy(&Value, Address, Size < 8 ? Size : 8);
  return Value;
}

void trapHook(void *Address, Probe *P, std::uint64_t Loaded) {
  if (Met.load(std::memory_order_relaxed) >= Enough) {
    __atomic_store_n(&P->Run, nullptr, __ATOMIC_RELAXED); // the program goes on at its own speed
    return;
  }
  if (!Several.load(std::memory_order_relaxed))
    noteThread();
  if (Stalled.load(std::memory_order_relaxed))
    visit(reinterpret_cast<std::uintptr_t>(Address), *P);
  if (P->Kind & Atomic)
    return; // checks and never stalls, as KCSAN does
  // A place that runs often is looked at now and then.
  if (++SinceLook > 1000 && SinceLook % 64)
    return;
  if (mayTrap())
    trap(Address, *P, Loaded);
}

} // namespace threadbare::rt
