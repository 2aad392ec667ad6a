// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenMP, from C.
// expect-flags: -fopenmp
// RUN: %marks %s
#include <omp.h>

static int global_bad;

void region_bad(void) {
#pragma omp parallel
  global_bad++; // expect: unsynchronized-shared-counter
}

int loop_bad(const int *v, int n) {
  int sum = 0, last = 0;
#pragma omp parallel for
  for (int i = 0; i < n; i++)
    sum += v[i]; // expect: unsynchronized-shared-counter
  last++;
  return sum + last;
}

int loop_ok(const int *v, int n) {
  int reduced = 0, atomic = 0, critical = 0, mine = 0;
#pragma omp parallel for reduction(+ : reduced) firstprivate(mine)
  for (int i = 0; i < n; i++) {
    reduced += v[i];
    mine++;
#pragma omp atomic
    atomic += v[i];
#pragma omp critical
    critical += v[i];
  }
  return reduced + atomic + critical + mine;
}

int single_ok(void) {
  int once = 0, first = 0;
#pragma omp parallel
  {
#pragma omp single
    once++;
#pragma omp master
    first++;
  }
  return once + first;
}

void slots_ok(int *counts) {
#pragma omp parallel
  counts[omp_get_thread_num()]++;
}

int lock_ok(void) {
  int n = 0;
  omp_lock_t lock;
  omp_init_lock(&lock);
#pragma omp parallel
  {
    omp_set_lock(&lock);
    n++;
    omp_unset_lock(&lock);
  }
  omp_destroy_lock(&lock);
  return n;
}

int sections_bad(void) {
  int n = 0;
#pragma omp parallel sections
  {
#pragma omp section
    n++; // expect: unsynchronized-shared-counter
#pragma omp section
    n++; // expect: unsynchronized-shared-counter
  }
  return n;
}
