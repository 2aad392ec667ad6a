// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-* %s
/* A handler that is registered in two places, always with the one main loop, counts on the one thread that runs that
   loop. That other threads run loops of their own, through the same function, does not make one queue of all tables. Nothing is to be reported. */
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
static long passed_on;
static struct loop *main_loop;
static int stopped;

/* Registered with main_loop alone, by whoever wants it to go on. */
static void on_pipe(struct loop *l, int fd, void *data) {
  (void)l, (void)fd, (void)data;
  passed_on++;
}
void go_on(int fd) {
  if (stopped)
    loop_watch(main_loop, fd, on_pipe, NULL);
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
int main(void) {
  main_loop = calloc(1, sizeof *main_loop);
  loop_watch(main_loop, 1, on_pipe, NULL);
  go_on(2);
  if (threads)
    start();
  else
    loop_run(main_loop);
}
