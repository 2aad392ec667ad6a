// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Soft watchpoints at the flagged accesses alone, after KCSAN (Linux, kernel/kcsan), aimed as RaceFuzzer aims (K. Sen,
// "Race directed random testing of concurrent programs", PLDI 2008). Before such an access a thread publishes the
// address and stalls. Another thread that comes to the same address meanwhile, one of the two writing, races beyond
// doubt: the first is between everything that happened before its access and the access, and nothing can have ordered
// the two. So no lock that a program invents, and no join, can cause a false alarm.
#include "Evidence.h"
#include "Hooks.h"
#include "Options.h"

#include <atomic>
#include <cstring>
#include <time.h>
#include <unistd.h>

namespace threadbare::rt {
namespace {

/// One stalled thread. State holds a generation and what became of it, so that a visitor who read the fields of one
/// stall can never be taken for a visitor of the next.
struct alignas(64) Watch {
  enum : std::uint64_t { Open = 0, Visited = 1, Told = 2, Closed = 3, Bits = 3 };
  std::atomic<std::uint64_t> State{Closed};
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
std::atomic<std::uint64_t> NextTrap{0}; ///< when, by the monotonic clock

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
    std::uint64_t State = W.State.load(std::memory_order_acquire);
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
  }
}

/// Few at first and then fewer: a hot place has to be tried late as well, when the other thread is there.
bool mayTrap() {
  if (Trapped.load(std::memory_order_relaxed) >= options().Traps || random() & 1)
    return false;
  return now() >= NextTrap.load(std::memory_order_relaxed);
}

void planNext(unsigned Done) {
  std::uint64_t Gap = 0; // nanoseconds
  if (Done >= 10) {
    Gap = 500'000;
    for (unsigned I = 10; I < Done && Gap < 50'000'000; ++I)
      Gap += Gap / 5;
  }
  NextTrap.store(now() + Gap, std::memory_order_relaxed);
}

void stall() {
  std::uint64_t Longest = std::uint64_t(options().StallMicros) * 1000, Shortest = Longest / 5;
  std::uint64_t Nanoseconds = Shortest + random() % (Longest - Shortest + 1);
  timespec Rest{time_t(Nanoseconds / 1'000'000'000), long(Nanoseconds % 1'000'000'000)};
  // The raw call: our own interposed nanosleep is for the program's sleeps. A signal only ends the stall early.
  clock_nanosleep(CLOCK_MONOTONIC, 0, &Rest, nullptr);
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
void report(const Watch &W, bool Visited, const Stack &Mine, Seen Value) {
  const Probe &A = *W.Place.load();
  Line Said(Visited ? "race" : "trap");
  Said.add("site", A.Site).add("kind", A.Kind).add("tid", W.Tid.load());
  Said.addSigned("before", asSigned(Value.Before, A.Size)).addSigned("after", asSigned(Value.After, A.Size));
  Said.add("overwrites", Value.Overwrites);
  if (Visited) {
    const Probe &B = *W.Visitor;
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
  unsigned Done = ++Trapped;
  Stack Mine;
  Mine.capture();
  W->Address = reinterpret_cast<std::uintptr_t>(Address);
  W->Place = &P;
  W->Tid = threadId();
  W->Pid = getpid();
  Seen Value{valueAt(Address, P.Size), 0, false};
  std::uint64_t State = (W->State.load() | Watch::Bits) + 1; // the next generation, open
  W->State.store(State, std::memory_order_release);
  ++Stalled;
  stall();
  --Stalled;
  bool Visited = !W->State.compare_exchange_strong(State, State | Watch::Closed);
  while (Visited && (W->State.load(std::memory_order_acquire) & Watch::Bits) != Watch::Told)
    ;
  Value.After = valueAt(Address, P.Size);
  Value.Overwrites = (P.Kind & Updates) && Value.After != Loaded;
  report(*W, Visited, Mine, Value);
  W->State.fetch_or(Watch::Closed);
  planNext(Done);
  W->Taken.store(false, std::memory_order_release);
}

} // namespace

std::uint64_t valueAt(const void *Address, std::uint32_t Size) {
  std::uint64_t Value = 0;
  std::memcpy(&Value, Address, Size < 8 ? Size : 8);
  return Value;
}

void trapHook(void *Address, Probe *P, std::uint64_t Loaded) {
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
