// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-* %s
/* Event loops, each run by one thread of its own. What is registered for a new client in one loop's table is called by
   that loop's thread and by no other. Nothing is to be reported. */
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

struct loop;
typedef void handler(struct loop *l, int fd, void *data);
struct event {
  int mask;
  handler *on_read;
  void *data;
};
struct loop {
  int size;
  struct event *events;
};
struct client {
  int pending;
};
struct worker {
  pthread_t thread;
  struct loop *loop;
};

void *own_malloc(size_t size);

static struct worker **workers;
static int threads;

int loop_watch(struct loop *l, int fd, handler *proc, void *data) {
  struct event *e = &l->events[fd];
  e->on_read = proc;
  e->data = data;
  return 0;
}
void loop_run(struct loop *l) {
  for (;;)
    for (int fd = 0; fd < l->size; fd++) {
      struct event *e = &l->events[fd];
      if (e->mask & 1)
        e->on_read(l, fd, e->data);
    }
}

static void on_reply(struct loop *l, int fd, void *data) {
  (void)l, (void)fd;
  struct client *c = data;
  c->pending--;
}
struct client *create(int worker, int fd) {
  struct client *c = own_malloc(sizeof *c);
  loop_watch(workers[worker]->loop, fd, on_reply, c);
  return c;
}

static void *run(void *arg) {
  struct worker *w = arg;
  loop_run(w->loop);
  return NULL;
}
static void start(void) {
  for (int i = 0; i < threads; i++)
    pthread_create(&workers[i]->thread, NULL, run, workers[i]);
  for (int i = 0; i < threads; i++)
    pthread_join(workers[i]->thread, NULL);
}
void benchmark(void) {
  start(); /* without a function around start(), nothing is reported */
}
