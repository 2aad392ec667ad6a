// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libevent: callbacks run on the thread that dispatches the base. These are libevent's own declarations.
// RUN: %marks %s
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
struct event_base;
struct event;
struct timeval;
struct bufferevent;
struct evconnlistener;
struct sockaddr;
typedef int evutil_socket_t;
typedef void (*event_callback_fn)(evutil_socket_t, short, void *);
struct event_base *event_base_new(void);
int event_base_dispatch(struct event_base *);
int event_base_loop(struct event_base *, int);
void event_base_free(struct event_base *);
struct event *event_new(struct event_base *, evutil_socket_t, short, event_callback_fn, void *);
int event_add(struct event *, const struct timeval *);
int event_base_once(struct event_base *, evutil_socket_t, short, event_callback_fn, void *, const struct timeval *);
#define EV_PERSIST 0x10
#define evtimer_new(b, cb, arg) event_new((b), -1, 0, (cb), (arg))
static long ticks, own, guarded;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void on_tick(evutil_socket_t fd, short what, void *arg) {
  (void)fd;
  (void)what;
  (void)arg;
  ticks++; // expect: unsynchronized-shared-counter
  own++;
  pthread_mutex_lock(&mutex);
  guarded++;
  pthread_mutex_unlock(&mutex);
}
static void *dispatch(void *arg) {
  event_base_dispatch((struct event_base *)arg);
  return NULL;
}
static void global_bad(void) {
  struct event_base *base = event_base_new();
  struct event *tick = event_new(base, -1, EV_PERSIST, on_tick, NULL);
  event_add(tick, NULL);
  pthread_t t;
  pthread_create(&t, NULL, dispatch, base);
  for (int i = 0; i < 100; i++) {
    ticks++; // expect: unsynchronized-shared-counter
    pthread_mutex_lock(&mutex);
    guarded++;
    pthread_mutex_unlock(&mutex);
  }
  pthread_join(t, NULL);
  own++;
  event_base_free(base);
}
struct server {
  struct event_base *base;
  long requests;
  long mine;
  pthread_t thread;
};
static void on_request(evutil_socket_t fd, short what, void *arg) {
  struct server *s = arg;
  (void)fd;
  (void)what;
  s->requests++; // expect: unsynchronized-shared-counter
  s->mine++;
}
static void *serve(void *arg) {
  struct server *s = arg;
  event_base_dispatch(s->base);
  return NULL;
}
static void member_bad(void) {
  struct server *s = calloc(1, sizeof *s);
  s->base = event_base_new();
  event_add(event_new(s->base, 3, EV_PERSIST, on_request, s), NULL);
  pthread_create(&s->thread, NULL, serve, s);
  s->requests += 2; // expect: unsynchronized-shared-counter
  pthread_join(s->thread, NULL);
  s->mine++;
}
static long alone;
static void on_alone(evutil_socket_t fd, short what, void *arg) {
  (void)fd;
  (void)what;
  (void)arg;
  alone++;
}
static void one_thread_ok(void) {
  struct event_base *base = event_base_new();
  event_add(event_new(base, -1, EV_PERSIST, on_alone, NULL), NULL);
  event_add(evtimer_new(base, on_alone, NULL), NULL);
  alone++;
  event_base_dispatch(base);
  alone++;
}
static long in_loop;
static void on_loop(evutil_socket_t fd, short what, void *arg) {
  (void)fd;
  (void)what;
  (void)arg;
  in_loop++;
}
static void on_other(evutil_socket_t fd, short what, void *arg) {
  (void)fd;
  (void)what;
  (void)arg;
  in_loop++;
}
static void two_callbacks_one_loop_ok(void) {
  struct event_base *base = event_base_new();
  event_add(event_new(base, -1, EV_PERSIST, on_loop, NULL), NULL);
  event_add(event_new(base, -1, EV_PERSIST, on_other, NULL), NULL);
  pthread_t t;
  pthread_create(&t, NULL, dispatch, base);
  pthread_join(t, NULL);
}
static long two;
static void on_a(evutil_socket_t fd, short what, void *arg) {
  (void)fd;
  (void)what;
  (void)arg;
  two++; // expect: unsynchronized-shared-counter
}
static void on_b(evutil_socket_t fd, short what, void *arg) {
  (void)fd;
  (void)what;
  (void)arg;
  two++; // expect: unsynchronized-shared-counter
}
static void two_loops_bad(void) {
  struct event_base *x = event_base_new(), *y = event_base_new();
  event_add(event_new(x, -1, EV_PERSIST, on_a, NULL), NULL);
  event_add(event_new(y, -1, EV_PERSIST, on_b, NULL), NULL);
  pthread_t a, b;
  pthread_create(&a, NULL, dispatch, x);
  pthread_create(&b, NULL, dispatch, y);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
}
struct worker {
  pthread_t t;
  struct event_base *base;
  long handled;
};
static void on_work(evutil_socket_t fd, short what, void *arg) {
  struct worker *w = arg;
  (void)fd;
  (void)what;
  w->handled++;
}
static void *work(void *arg) {
  struct worker *w = arg;
  event_base_dispatch(w->base);
  return NULL;
}
static void workers_ok(void) {
  struct worker w[4];
  for (int i = 0; i < 4; i++) {
    w[i].base = event_base_new();
    w[i].handled = 0;
    event_add(event_new(w[i].base, -1, EV_PERSIST, on_work, &w[i]), NULL);
    pthread_create(&w[i].t, NULL, work, &w[i]);
  }
  long sum = 0;
  for (int i = 0; i < 4; i++) {
    pthread_join(w[i].t, NULL);
    sum += w[i].handled;
  }
}
int main(void) {
  global_bad();
  member_bad();
  one_thread_ok();
  two_callbacks_one_loop_ok();
  two_loops_bad();
  workers_ok();
}
