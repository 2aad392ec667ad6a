// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking calls that wait for another thread. libstdc++'s futures, semaphores, latches and atomic waits are
// syscall(SYS_futex); its threads, mutexes and condition variables are pthread's.
#include "Feeding.h"
#include "Interpose.h"
#include "Locks.h"
#include "Ticks.h"

#include <cstdarg>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

BLOCKS(int, pthread_join, (pthread_t T, void **R), (T, R))
BLOCKS(int, pthread_timedjoin_np, (pthread_t T, void **R, const timespec *E), (T, R, E))
BLOCKS(int, pthread_clockjoin_np, (pthread_t T, void **R, clockid_t C, const timespec *E), (T, R, C, E))
BLOCKS(int, pthread_barrier_wait, (pthread_barrier_t * B), (B))

/// Pools and loops of several threads wait for work in these.
#define AWAITS(Name, Parameters, Arguments)                                                                            \
  THREADBARE_EXPORT int Name Parameters {                                                                              \
    static auto *Real = threadbare::rt::next<int Parameters>(#Name);                                                   \
    std::uint64_t Begin = threadbare::rt::FollowsThreads ? threadbare::rt::ticks() : 0;                                \
    int Result = threadbare::rt::timed(#Name, [&] { return Real Arguments; });                                         \
    if (threadbare::rt::FollowsThreads)                                                                                \
      threadbare::rt::wasWoken(C, Begin);                                                                              \
    threadbare::rt::loopWoke();                                                                                        \
    return Result;                                                                                                     \
  }
AWAITS(pthread_cond_wait, (pthread_cond_t * C, pthread_mutex_t *M), (C, M))
AWAITS(pthread_cond_timedwait, (pthread_cond_t * C, pthread_mutex_t *M, const timespec *E), (C, M, E))
AWAITS(pthread_cond_clockwait, (pthread_cond_t * C, pthread_mutex_t *M, clockid_t K, const timespec *E), (C, M, K, E))

#define WAKES(Name)                                                                                                    \
  THREADBARE_EXPORT int Name(pthread_cond_t *C) {                                                                      \
    static auto *Real = threadbare::rt::next<int(pthread_cond_t *)>(#Name);                                            \
    if (threadbare::rt::FollowsThreads)                                                                                \
      threadbare::rt::wakes(C);                                                                                        \
    return Real(C);                                                                                                    \
  }
WAKES(pthread_cond_signal)
WAKES(pthread_cond_broadcast)

BLOCKS(int, sem_timedwait, (sem_t * S, const timespec *E), (S, E))
BLOCKS(int, sem_clockwait, (sem_t * S, clockid_t C, const timespec *E), (S, C, E))

/// Who has it is of interest only if a coroutine goes to sleep with it.
static int taken(const void *Lock, int Failed) {
  if (threadbare::rt::WatchesLocks && !Failed)
    threadbare::rt::lockTaken(Lock);
  return Failed;
}

/// Nobody asked for anything: locks are taken too often for more than that question.
static bool isIdle() { return !threadbare::rt::Watching && !threadbare::rt::WatchesLocks; }

/// Locks that are free are taken without looking at the clock.
#define LOCKS(Name, Try, Forever, Type, Parameters, Arguments)                                                         \
  THREADBARE_EXPORT int Name Parameters {                                                                              \
    static auto *Real = threadbare::rt::next<int Parameters>(#Name);                                                   \
    if (isIdle())                                                                                                      \
      return Real Arguments;                                                                                           \
    static auto *RealTry = threadbare::rt::next<int(Type *)>(#Try);                                                    \
    if (int Failed = RealTry(L); Failed != EBUSY)                                                                      \
      return taken(L, Failed);                                                                                         \
    if (threadbare::rt::WatchesLocks)                                                                                  \
      threadbare::rt::lockIsWaitedFor(L, Forever);                                                                     \
    return taken(L, threadbare::rt::timed(#Name, [&] { return Real Arguments; }));                                     \
  }

LOCKS(pthread_mutex_lock, pthread_mutex_trylock, true, pthread_mutex_t, (pthread_mutex_t * L), (L))
LOCKS(pthread_mutex_timedlock, pthread_mutex_trylock, false, pthread_mutex_t, (pthread_mutex_t * L, const timespec *E),
      (L, E))
LOCKS(pthread_mutex_clocklock, pthread_mutex_trylock, false, pthread_mutex_t,
      (pthread_mutex_t * L, clockid_t C, const timespec *E), (L, C, E))
LOCKS(pthread_rwlock_rdlock, pthread_rwlock_tryrdlock, true, pthread_rwlock_t, (pthread_rwlock_t * L), (L))
LOCKS(pthread_rwlock_wrlock, pthread_rwlock_trywrlock, true, pthread_rwlock_t, (pthread_rwlock_t * L), (L))

#define TRIES(Name, Type)                                                                                              \
  THREADBARE_EXPORT int Name(Type *L) {                                                                                \
    static auto *Real = threadbare::rt::next<int(Type *)>(#Name);                                                      \
    return taken(L, Real(L));                                                                                          \
  }
TRIES(pthread_mutex_trylock, pthread_mutex_t)
TRIES(pthread_rwlock_tryrdlock, pthread_rwlock_t)
TRIES(pthread_rwlock_trywrlock, pthread_rwlock_t)

#define UNLOCKS(Name, Type)                                                                                            \
  THREADBARE_EXPORT int Name(Type *L) {                                                                                \
    static auto *Real = threadbare::rt::next<int(Type *)>(#Name);                                                      \
    if (threadbare::rt::WatchesLocks)                                                                                  \
      threadbare::rt::lockGivenBack(L);                                                                                \
    return Real(L);                                                                                                    \
  }
UNLOCKS(pthread_mutex_unlock, pthread_mutex_t)
UNLOCKS(pthread_rwlock_unlock, pthread_rwlock_t)

THREADBARE_EXPORT int sem_wait(sem_t *S) {
  static auto *Real = threadbare::rt::next<int(sem_t *)>("sem_wait");
  if (isIdle())
    return Real(S);
  static auto *Try = threadbare::rt::next<int(sem_t *)>("sem_trywait");
  int Saved = errno;
  if (Try(S) == 0)
    return 0;
  errno = Saved;
  return threadbare::rt::timed("sem_wait", [&] { return Real(S); });
}

/// Hands on six arguments, whatever the call takes: the kernel looks at no more than it needs.
THREADBARE_EXPORT long syscall(long Number, ...) {
  va_list List;
  va_start(List, Number);
  long A[6];
  for (long &Argument : A)
    Argument = va_arg(List, long);
  va_end(List);
  static auto *Real = threadbare::rt::next<long(long, ...)>("syscall");
  auto Call = [&] { return Real(Number, A[0], A[1], A[2], A[3], A[4], A[5]); };
  if (Number != SYS_futex)
    return Call();
  long Operation = A[1] & FUTEX_CMD_MASK;
  if (Operation != FUTEX_WAIT && Operation != FUTEX_WAIT_BITSET && Operation != FUTEX_LOCK_PI)
    return Call();
  return threadbare::rt::timed("futex", Call);
}
