// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which threads are started where, and how long each lives: with threads=1, each start is told with its stack, and the
// begin and the end of the thread's body. A thread costs a hundred times what a line does.
#include "Interpose.h"
#include "Options.h"
#include "Ways.h"

#include <pthread.h>

namespace threadbare::rt {
namespace {

using Body = void *(void *);

/// What a thread is given to run, until it begins: then the place is free for the next. No malloc: it may be the
/// program's own.
struct Start {
  std::atomic<bool> Taken{false};
  Body *Run;
  void *Argument;
  Way *From;
  std::uint64_t Number;
  bool Told;
};
Start Starts[4096];

/// The thread that is ending, as its key's value has to be a pointer.
struct Ending {
  Way *From;
  std::uint64_t Number;
  bool Told;
};
thread_local Ending Mine;

Ways Known;
std::atomic<std::uint64_t> Numbers{0};
bool Follows = false;
pthread_key_t AtEnd;

void ends(void *) {
  if (Mine.Told)
    Line("ended").add("thread", Mine.Number).add("at", now()).write();
  if (Mine.From)
    --Mine.From->Live;
}

struct Prepare {
  Prepare() {
    if (!options().Threads || pthread_key_create(&AtEnd, ends) != 0)
      return;
    Follows = true;
    pthread_atfork(nullptr, nullptr, [] {
      Known.forget();
      Mine = {};
    });
  }
} Prepared;

Start *take() {
  static std::atomic<unsigned> Next{0};
  for (unsigned Try = 0; Try < 64; ++Try) {
    Start &S = Starts[Next.fetch_add(1, std::memory_order_relaxed) % 4096];
    if (!S.Taken.exchange(true, std::memory_order_acquire))
      return &S;
  }
  return nullptr;
}

void *run(void *Given) {
  Start *S = static_cast<Start *>(Given);
  Body *Run = S->Run;
  void *Argument = S->Argument;
  Mine = {S->From, S->Number, S->Told};
  S->Taken.store(false, std::memory_order_release);
  pthread_setspecific(AtEnd, &Mine);
  if (Mine.Told)
    Line("body").add("thread", Mine.Number).add("tid", threadId()).add("at", now()).write();
  return Run(Argument);
}

/// The first of each way with their stacks.
void tell(const Start &S, const Stack &From, std::uint64_t Count, std::uint64_t Live, std::uint64_t At) {
  Line Said("thread");
  Said.add("thread", S.Number).add("tid", threadId()).add("at", At).add("count", Count).add("live", Live);
  if (S.From)
    Said.add("way", S.From->Hash >> 1); // JSON's readers take integers for signed
  if (Count <= 8)
    Said.add("stack", From);
  Said.write();
}

template <class Create> __attribute__((noinline)) int follow(Body *Run, void *Argument, Create Real) {
  int Saved = errno;
  Stack From;
  From.capture();
  errno = Saved;
  Start *S = take();
  if (!S)
    return Real(Run, Argument);
  S->Run = Run;
  S->Argument = Argument;
  S->From = Known.find(From);
  S->Number = ++Numbers;
  std::uint64_t Count = S->From ? ++S->From->Count : 1, Live = S->From ? ++S->From->Live : 1, At = now();
  S->Told = isTold(Count, 2000);
  Start Copy{{}, Run, Argument, S->From, S->Number, S->Told};
  int Failed = Real(run, S);
  if (Failed) {
    if (Copy.From)
      --Copy.From->Live;
    S->Taken.store(false, std::memory_order_release);
  } else if (Copy.Told) {
    tell(Copy, From, Count, Live, At);
  }
  return Failed;
}

} // namespace
} // namespace threadbare::rt

THREADBARE_EXPORT int pthread_create(pthread_t *T, const pthread_attr_t *A, void *(*F)(void *), void *Argument) {
  using namespace threadbare::rt;
  static auto *Real = next<int(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)>("pthread_create");
  if (!Follows || Silent)
    return Real(T, A, F, Argument);
  return follow(F, Argument, [&](void *(*Run)(void *), void *Given) { return Real(T, A, Run, Given); });
}
