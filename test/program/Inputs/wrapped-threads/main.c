// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "worker.h"

#include <stddef.h>
#include <stdio.h>

static gate_t *gate;

// ---- a global -----------------------------------------------------------------------------------------------------

static int open_count, guarded_count;

static void count_bad(void *ignored) {
  for (int i = 0; i < 1000; i++)
    open_count = open_count + 1; // expect: unsynchronized-shared-counter
}
static void count_ok(void *ignored) {
  gate_enter(gate);
  for (int i = 0; i < 1000; i++)
    guarded_count = guarded_count + 1;
  gate_leave(gate);
}

static void global_bad(void) {
  worker_t *a = NULL, *b = NULL;
  if (!worker_start(count_bad, NULL, &a))
    a = NULL;
  if (!worker_start(count_bad, NULL, &b))
    b = NULL;
  if (a && worker_wait(a))
    worker_free(a);
  if (b && worker_wait(b))
    worker_free(b);
  printf("%d\n", open_count);
}
static void global_ok(void) {
  worker_t *a = NULL, *b = NULL;
  if (!gate_make(&gate))
    return;
  if (!worker_start(count_ok, NULL, &a))
    a = NULL;
  if (!worker_start(count_ok, NULL, &b))
    b = NULL;
  if (a && worker_wait(a))
    worker_free(a);
  if (b && worker_wait(b))
    worker_free(b);
  gate_free(gate);
  printf("%d\n", guarded_count);
}

// ---- by reference -------------------------------------------------------------------------------------------------

static void add_bad(void *given) {
  int *n = (int *)given;
  *n = *n + 1; // expect: unsynchronized-shared-counter
}
static void add_guarded_ok(void *given) {
  int *n = (int *)given;
  gate_enter(gate);
  *n = *n + 1;
  gate_leave(gate);
}
static void add_alone_ok(void *given) {
  int *n = (int *)given;
  *n = *n + 1;
}

static void reference_bad(void) {
  worker_t *a = NULL, *b = NULL;
  int n = 0;
  if (!worker_start(add_bad, &n, &a))
    a = NULL;
  if (!worker_start(add_bad, &n, &b))
    b = NULL;
  if (a && worker_wait(a))
    worker_free(a);
  if (b && worker_wait(b))
    worker_free(b);
  printf("%d\n", n);
}
static void reference_ok(void) {
  worker_t *a = NULL, *b = NULL;
  int n = 0, left = 0, right = 0;
  if (!gate_make(&gate))
    return;
  if (worker_start(add_guarded_ok, &n, &a) && worker_start(add_guarded_ok, &n, &b)) {
    worker_wait(a);
    worker_wait(b);
  }
  // A variable for each.
  if (worker_start(add_alone_ok, &left, &a) && worker_start(add_alone_ok, &right, &b)) {
    worker_wait(a);
    worker_wait(b);
  }
  gate_free(gate);
  printf("%d %d %d\n", n, left, right);
}

// One after the other.
static void add_in_turn_ok(void *given) {
  int *n = (int *)given;
  *n += 1;
}
static void in_turn_ok(void) {
  worker_t *w = NULL;
  int n = 0;
  if (worker_start(add_in_turn_ok, &n, &w))
    worker_wait(w);
  if (worker_start(add_in_turn_ok, &n, &w))
    worker_wait(w);
  printf("%d\n", ++n);
}

int main(void) {
  global_bad();
  global_ok();
  reference_bad();
  reference_ok();
  in_turn_ok();
}
