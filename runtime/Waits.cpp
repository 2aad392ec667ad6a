// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A deadlock is a call that never comes back to tell of itself. Each thread leaves its stack in a slot when it goes to
// wait, and a thread of ours reads the slots. That costs an unwinding for each call, so it is done in a run that is
// made for it.
#include "Waits.h"
#include "Allowed.h"
#include "Blocking.h"
#include "Evidence.h"
#include "Options.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

namespace threadbare::rt {
namespace {

struct Slot {
  std::atomic<std::uint64_t> Since{0}; ///< 0: the thread is not in a call
  std::uint64_t Told = 0;              ///< the Since that was written last
  const char *Function;
  std::uint32_t Tid;
  Stack Frames;
  Slot *Next;
};

std::atomic<Slot *> All{nullptr};
thread_local Slot *Mine = nullptr;

/// 'S': it waits; 'R': it runs, or could.
char stateOf(std::uint32_t Tid) {
  char Path[64], Text[256] = {};
  std::snprintf(Path, sizeof Path, "/proc/self/task/%u/stat", Tid);
  int File = open(Path, O_RDONLY | O_CLOEXEC);
  if (File < 0)
    return '?';
  (void)!read(File, Text, sizeof Text - 1);
  close(File);
  const char *Name = std::strrchr(Text, ')');
  return Name && Name[1] ? Name[2] : '?';
}

void look() {
  for (Slot *S = All.load(std::memory_order_acquire); S; S = S->Next) {
    std::uint64_t Since = S->Since.load(std::memory_order_acquire);
    if (!Since || S->Told == Since || now() - Since < std::uint64_t(options().HangMillis) * 1'000'000)
      continue;
    if (stateOf(S->Tid) != 'S' || isAllowed(S->Frames))
      continue;
    Line Said("hang");
    Said.add("function", S->Function).add("tid", S->Tid).add("ns", now() - Since).add("stack", S->Frames);
    if (S->Since.load(std::memory_order_acquire) != Since)
      continue; // it came back while we were reading
    S->Told = Since;
    Said.write();
  }
}

void *watch(void *) {
  ++Silent; // it reads files
  for (;;) {
    timespec Rest{0, 50'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &Rest, nullptr);
    look();
  }
}

struct Start {
  Start() {
    if (!options().HangMillis)
      return;
    sigset_t Every, Old;
    sigfillset(&Every); // signals are for the program's own threads
    pthread_sigmask(SIG_BLOCK, &Every, &Old);
    pthread_t Thread;
    ++Silent; // it is none of the program's
    if (pthread_create(&Thread, nullptr, watch, nullptr) == 0)
      pthread_detach(Thread);
    --Silent;
    pthread_sigmask(SIG_SETMASK, &Old, nullptr);
  }
} Started;

} // namespace

void beginWait(const char *Function) {
  if (!options().HangMillis)
    return;
  if (!Mine) {
    void *Pages = mmap(nullptr, sizeof(Slot), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (Pages == MAP_FAILED)
      return;
    Mine = static_cast<Slot *>(Pages);
    Mine->Tid = threadId();
    Mine->Next = All.load(std::memory_order_relaxed);
    while (!All.compare_exchange_weak(Mine->Next, Mine, std::memory_order_release))
      ;
  }
  Mine->Function = Function;
  Mine->Frames.capture();
  Mine->Since.store(now(), std::memory_order_release);
}

void endWait() {
  if (Mine)
    Mine->Since.store(0, std::memory_order_release);
}

} // namespace threadbare::rt
