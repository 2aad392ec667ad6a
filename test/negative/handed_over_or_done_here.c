// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-* %s
/* A function that hands an object over only where there is room, and says by its result whether it did: who is told that
   it did not works on the object itself, and nobody else does. Nothing is to be reported. */
#include <pthread.h>
#include <stdlib.h>

enum { OK = 0, ERR = -1 };
struct object {
  int refcount;
  long length;
};
struct job {
  void (*handler)(void *);
  void *data;
};

static struct job queue[64];
static int head, tail, stop;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void release(struct object *o) {
  if (--o->refcount == 0)
    free(o);
}
static void release_void(void *o) { release(o); }

static int full(void) {
  pthread_mutex_lock(&mutex);
  int is = head - tail == 64;
  pthread_mutex_unlock(&mutex);
  return is;
}
static void push(void (*handler)(void *), void *data) {
  pthread_mutex_lock(&mutex);
  queue[head % 64].handler = handler;
  queue[head % 64].data = data;
  head++;
  pthread_mutex_unlock(&mutex);
}

static int try_offload(struct object *o) {
  if (full())
    return ERR;
  push(release_void, o);
  return OK;
}

static void *work(void *unused) {
  (void)unused;
  for (;;) {
    pthread_mutex_lock(&mutex);
    if (head == tail) {
      int done = stop;
      pthread_mutex_unlock(&mutex);
      if (done)
        return NULL;
      continue;
    }
    struct job next = queue[tail % 64];
    tail++;
    pthread_mutex_unlock(&mutex);
    next.handler(next.data);
  }
}

static void drop(struct object *o) {
  if (try_offload(o) == OK)
    return;
  release(o);
}
static void drop_too(struct object *o) {
  if (try_offload(o) == OK) {
    /* the worker's now */
  } else if (o->length > 100) {
    release(o);
  }
}
static int postponed(struct object *o) { return o->length > 10 && try_offload(o) == OK; } /* readQueryFromClient's way */
static void drop_later(struct object *o) {
  if (postponed(o))
    return;
  release(o);
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, NULL);
  for (int i = 0; i < 1000; i++) {
    struct object *o = calloc(1, sizeof *o);
    o->refcount = 1;
    drop(o);
    o = calloc(1, sizeof *o);
    o->refcount = 2;
    drop_too(o);
    o = calloc(1, sizeof *o);
    o->refcount = 3;
    drop_later(o);
  }
  pthread_mutex_lock(&mutex);
  stop = 1;
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, NULL);
}
