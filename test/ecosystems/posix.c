// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// POSIX threads, from C.
// RUN: %marks %s
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct account {
  pthread_mutex_t lock;
  long balance;
  long visits;
};

static void deposit(struct account *a, long amount) {
  pthread_mutex_lock(&a->lock);
  a->balance += amount;
  pthread_mutex_unlock(&a->lock);
  a->visits++; // expect: unsynchronized-shared-counter
}

static void *teller(void *argument) {
  struct account *a = argument;
  for (int i = 0; i < 100; i++)
    deposit(a, i);
  return NULL;
}

static void two_tellers(void) {
  struct account a = {PTHREAD_MUTEX_INITIALIZER, 0, 0};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++)
    pthread_create(&threads[i], NULL, teller, &a);
  for (int i = 0; i < 2; i++)
    pthread_join(threads[i], NULL);
  a.visits++;
}

// Allocated once, shared by two.
static void *allocated(void *argument) {
  long *n = argument;
  (*n)++; // expect: unsynchronized-shared-counter
  return NULL;
}
static void shared_heap(void) {
  long *n = calloc(1, sizeof *n);
  pthread_t a, b;
  pthread_create(&a, NULL, allocated, n);
  pthread_create(&b, NULL, allocated, n);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
  free(n);
}

// One each.
static void *owned_ok(void *argument) {
  long *n = argument;
  (*n)++;
  return NULL;
}
static void own_heap(void) {
  pthread_t threads[2];
  long *each[2];
  for (int i = 0; i < 2; i++) {
    each[i] = calloc(1, sizeof(long));
    pthread_create(&threads[i], NULL, owned_ok, each[i]);
  }
  for (int i = 0; i < 2; i++) {
    pthread_join(threads[i], NULL);
    free(each[i]);
  }
}

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static int written_ok, written_bad;
static void *writer(void *argument) {
  pthread_rwlock_wrlock(&rw);
  written_ok++;
  pthread_rwlock_unlock(&rw);
  pthread_rwlock_rdlock(&rw);
  written_bad++; // expect: unsynchronized-shared-counter
  pthread_rwlock_unlock(&rw);
  return argument;
}
static void writers(void) {
  pthread_t a, b;
  pthread_create(&a, NULL, writer, NULL);
  pthread_create(&b, NULL, writer, NULL);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
}

// Atomics, and the builtins.
static _Atomic int atomic_ok;
static int builtin_ok;
static _Thread_local int own_ok;
static void *atomically(void *argument) {
  atomic_ok++;
  __atomic_fetch_add(&builtin_ok, 1, __ATOMIC_RELAXED);
  __sync_fetch_and_add(&builtin_ok, 1);
  own_ok++;
  return argument;
}
static void atomics(void) {
  pthread_t a, b;
  pthread_create(&a, NULL, atomically, NULL);
  pthread_create(&b, NULL, atomically, NULL);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
}

// Detached: nothing orders the creator's access after it.
static int detached_bad;
static void *runs_on(void *argument) {
  detached_bad++; // expect: unsynchronized-shared-counter
  return argument;
}
static int detach(void) {
  pthread_t t;
  pthread_create(&t, NULL, runs_on, NULL);
  pthread_detach(t);
  return detached_bad;
}

int main(void) {
  two_tellers();
  shared_heap();
  own_heap();
  writers();
  atomics();
  return detach();
}
