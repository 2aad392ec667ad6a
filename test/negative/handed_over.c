// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Objects that change hands through a queue, and new objects from an allocator of the project's own.
// RUN: %marks --checks=-*,threadbare-* %s
#include <pthread.h>
#include <stdlib.h>

// An object that a worker gets where its queue has room, and otherwise its owner keeps.
struct object {
  int references;
};
struct job {
  void (*handler)(void *);
  void *data;
};

static struct job queue[64];
static int head, tail;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void handed_over_or_done_here(struct object *o) {
  if (--o->references == 0)
    free(o);
}
static void release(void *o) { handed_over_or_done_here(o); }

static int has_room(void) {
  pthread_mutex_lock(&mutex);
  int room = head - tail < 64;
  pthread_mutex_unlock(&mutex);
  return room;
}
static int try_to_hand_over(struct object *o) {
  if (!has_room())
    return -1;
  pthread_mutex_lock(&mutex);
  queue[head % 64].handler = release;
  queue[head % 64].data = o;
  head++;
  pthread_mutex_unlock(&mutex);
  return 0;
}
static void *work(void *unused) {
  (void)unused;
  for (;;) {
    pthread_mutex_lock(&mutex);
    struct job next = queue[tail % 64];
    int none = head == tail;
    if (!none)
      tail++;
    pthread_mutex_unlock(&mutex);
    if (!none)
      next.handler(next.data);
  }
}
static void drop(struct object *o) {
  if (try_to_hand_over(o) == 0)
    return;
  release(o);
}

// A new object each time, from the project's own allocator.
struct state {
  long n;
};
static void *allocate(size_t size) {
  void *p = malloc(size);
  if (!p)
    abort();
  return p;
}
static void *new_object_from_wrapper(void *arg) {
  struct state *s = arg;
  s->n++;
  return NULL;
}

int main(void) {
  pthread_t worker, threads[4];
  pthread_create(&worker, NULL, work, NULL);
  struct object *o = calloc(1, sizeof *o);
  o->references = 1;
  drop(o);
  for (int i = 0; i < 4; i++) {
    struct state *s = allocate(sizeof *s);
    s->n = 0;
    pthread_create(&threads[i], NULL, new_object_from_wrapper, s);
  }
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
  pthread_join(worker, NULL);
}
