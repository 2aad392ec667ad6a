// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Counting: how often each thread runs each probed place, and lost updates as they happen without any stall. A store
// that replaces a value other than the one its own expression has read overwrites somebody's update. What changes
// between that look and the store is not seen, so the count is a lower bound.
#include "Evidence.h"
#include "Hooks.h"
#include "Options.h"

#include <atomic>
#include <pthread.h>
#include <sys/mman.h>

namespace threadbare::rt {
namespace {

struct Count {
  std::uint64_t Reads, Writes, Lost;
  std::uint64_t Said; ///< reads and writes when the last line was written
  std::uint64_t sum() const { return Reads + Writes; }
};

/// One for each thread, never freed: a thread that ends hands its numbers over in lines.
struct ThreadCounts {
  ThreadCounts *Next;
  std::uint32_t Tid;
  Count Of[Options::MaxSites];
};

std::atomic<ThreadCounts *> All{nullptr};
thread_local ThreadCounts *Mine = nullptr;
pthread_key_t AtThreadEnd;

void say(const ThreadCounts &T, std::uint32_t Site, Count &C) {
  if (C.Said == C.sum())
    return;
  C.Said = C.sum();
  Line Said("count");
  Said.add("tid", T.Tid).add("site", Site).add("reads", C.Reads).add("writes", C.Writes).add("lost", C.Lost).write();
}

void sayAll(ThreadCounts &T) {
  for (std::uint32_t Site = 0; Site < Options::MaxSites; ++Site)
    say(T, Site, T.Of[Site]);
}

/// Pages come zeroed and only when they are touched. No malloc: the probed place may be in the program's own.
ThreadCounts *mine() {
  if (Mine)
    return Mine;
  void *Pages = mmap(nullptr, sizeof(ThreadCounts), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (Pages == MAP_FAILED)
    return nullptr;
  Mine = static_cast<ThreadCounts *>(Pages);
  Mine->Tid = threadId();
  Mine->Next = All.load(std::memory_order_relaxed);
  while (!All.compare_exchange_weak(Mine->Next, Mine, std::memory_order_release))
    ;
  pthread_setspecific(AtThreadEnd, Mine);
  return Mine;
}

/// A forked child starts with no counts of its own.
void forget() {
  All = nullptr;
  Mine = nullptr;
}

struct Lifetime {
  Lifetime() {
    if (options().Probes != Mode::Count)
      return;
    pthread_key_create(&AtThreadEnd, [](void *T) { sayAll(*static_cast<ThreadCounts *>(T)); });
    pthread_atfork(nullptr, nullptr, forget);
  }
  ~Lifetime() {
    for (ThreadCounts *T = All; T; T = T->Next)
      sayAll(*T);
  }
} TheLifetime;

} // namespace

void traceHook(void *, Probe *P, std::uint64_t) {
  static std::atomic<unsigned> Written{0};
  if (Written.fetch_add(1, std::memory_order_relaxed) < 5000) // a line costs as much as several system calls
    Line("call").add("site", P->Site).add("tid", threadId()).add("at", now()).write();
}

void countHook(void *Address, Probe *P, std::uint64_t Loaded) {
  ThreadCounts *T = mine();
  if (!T || P->Site >= Options::MaxSites)
    return;
  Count &C = T->Of[P->Site];
  if (P->Kind & Updates && valueAt(Address, P->Size) != Loaded)
    ++C.Lost;
  ++(P->Kind & Writes ? C.Writes : C.Reads);
  // Powers of four: a process that is killed has said what order of magnitude it reached.
  if (C.sum() >= C.Said * 4)
    say(*T, P->Site, C);
}

} // namespace threadbare::rt
