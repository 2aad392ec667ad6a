// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Queues of C: a ring of functions and arguments, a list that is filled at its end, and requests that are nodes
// themselves.
#define _GNU_SOURCE
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef void (*done_fn)(void *user, long result);
struct request {
  const char *path;
  done_fn done;
  void *user;
};
static struct request *new_request(const char *path, done_fn done, void *user) {
  struct request *r = malloc(sizeof *r);
  r->path = path;
  r->done = done;
  r->user = user;
  return r;
}
static void size_job(void *arg) {
  struct request *r = arg;
  struct stat st;
  r->done(r->user, stat(r->path, &st) == 0 ? (long)st.st_size : -1);
  free(r);
}
static void length_job(void *arg) {
  struct request *r = arg;
  r->done(r->user, (long)strlen(r->path));
  free(r);
}

/* ---- a ring */
typedef void (*job_fn)(void *arg);
struct job {
  job_fn run;
  void *arg;
};
struct ring {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  struct job jobs[64];
  unsigned head, tail;
};
static struct ring ring = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, {{0}}, 0, 0};
static struct job take(struct ring *q) {
  pthread_mutex_lock(&q->lock);
  while (q->head == q->tail)
    pthread_cond_wait(&q->wake, &q->lock);
  struct job j = q->jobs[q->head++ % 64];
  pthread_mutex_unlock(&q->lock);
  return j;
}
static void *ring_worker(void *arg) {
  for (;;) {
    struct job j = take(arg);
    j.run(j.arg);
  }
  return NULL;
}
void ring_push_ok(struct ring *q, job_fn run, void *arg) {
  pthread_mutex_lock(&q->lock);
  q->jobs[q->tail % 64] = (struct job){run, arg};
  q->tail++;
  pthread_mutex_unlock(&q->lock);
  pthread_cond_signal(&q->wake);
}
void size_by_ring_bad(const char *path, done_fn done, void *user) { // expect: async-over-thread-pool; note: stat
  ring_push_ok(&ring, size_job, new_request(path, done, user));
}
void length_by_ring_ok(const char *text, done_fn done, void *user) {
  ring_push_ok(&ring, length_job, new_request(text, done, user));
}

/* ---- a list with a tail, whose pointer is passed to the workers */
struct node {
  struct node *next;
  job_fn run;
  void *arg;
};
struct pool {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  struct node *first, *last;
  pthread_t threads[2];
};
static struct node *pool_take(struct pool *p) {
  pthread_mutex_lock(&p->lock);
  while (!p->first)
    pthread_cond_wait(&p->wake, &p->lock);
  struct node *n = p->first;
  p->first = n->next;
  if (!p->first)
    p->last = NULL;
  pthread_mutex_unlock(&p->lock);
  return n;
}
static void *pool_worker(void *arg) {
  struct pool *p = arg;
  for (struct node *n; (n = pool_take(p)) != NULL; free(n))
    n->run(n->arg);
  return NULL;
}
struct pool *pool_new(void) {
  struct pool *p = calloc(1, sizeof *p);
  for (int i = 0; i < 2; ++i)
    pthread_create(&p->threads[i], NULL, pool_worker, p);
  return p;
}
void pool_add_ok(struct pool *p, job_fn run, void *arg) {
  struct node *n = malloc(sizeof *n);
  n->run = run;
  n->arg = arg;
  n->next = NULL;
  pthread_mutex_lock(&p->lock);
  if (p->last)
    p->last->next = n;
  else
    p->first = n;
  p->last = n;
  pthread_mutex_unlock(&p->lock);
  pthread_cond_signal(&p->wake);
}
void size_by_pool_bad(struct pool *p, const char *path, done_fn done, void *user) { // FN_: not found yet
  pool_add_ok(p, size_job, new_request(path, done, user));
}
void length_by_pool_ok(struct pool *p, const char *text, done_fn done, void *user) {
  pool_add_ok(p, length_job, new_request(text, done, user));
}

/* ---- requests that are nodes */
struct work {
  void (*fn)(struct work *);
  void (*done)(struct work *, int status);
  struct work *next;
  char host[64];
};
static struct work *todo;
static pthread_mutex_t todo_lock = PTHREAD_MUTEX_INITIALIZER;
static void *todo_worker(void *arg) {
  (void)arg;
  for (;;) {
    pthread_mutex_lock(&todo_lock);
    struct work *w = todo;
    if (w)
      todo = w->next;
    pthread_mutex_unlock(&todo_lock);
    if (w)
      w->fn(w);
  }
  return NULL;
}
static void put(struct work *w) {
  pthread_mutex_lock(&todo_lock);
  w->next = todo;
  todo = w;
  pthread_mutex_unlock(&todo_lock);
}
static void wait_a_second(struct work *w) {
  sleep(1);
  w->done(w, 0);
}
static void reverse(struct work *w) {
  for (size_t i = 0, n = strlen(w->host); i < n / 2; ++i) {
    char c = w->host[i];
    w->host[i] = w->host[n - 1 - i];
    w->host[n - 1 - i] = c;
  }
  w->done(w, 0);
}
void later_bad(struct work *w, void (*done)(struct work *, int)) { // expect: async-over-thread-pool; note: sleep
  w->fn = wait_a_second;
  w->done = done;
  put(w);
}
void reverse_ok(struct work *w, void (*done)(struct work *, int)) {
  w->fn = reverse;
  w->done = done;
  put(w);
}

int main(void) {
  pthread_t t, u;
  pthread_create(&t, NULL, ring_worker, &ring);
  pthread_create(&u, NULL, todo_worker, NULL);
  pthread_join(t, NULL);
  return 0;
}
