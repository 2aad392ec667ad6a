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

// ---- order that OpenMP makes ----------------------------------------------------------------------------------------

static int packages = 100, produced, consumed, before_barrier, beside, of_thread;
#pragma omp threadprivate(of_thread)

double barriers_ok(int n) {
  double total = 0, mean = 0;
#pragma omp parallel
  {
#pragma omp for
    for (int i = 0; i < n; i++)
      of_thread++;
#pragma omp critical
    total += of_thread;
#pragma omp barrier
#pragma omp single
    {
      total -= 1;
      mean = total / n;
    }
#pragma omp critical
    before_barrier++;
#pragma omp barrier
#pragma omp master
    before_barrier--;
  }
  return mean;
}

void no_barrier_bad(void) {
#pragma omp parallel
  {
#pragma omp single nowait
    beside++; // expect: unsynchronized-shared-counter
#pragma omp critical
    beside--; // expect: unsynchronized-shared-counter
  }
}

void sections_ok(void) {
  int size = 0;
#pragma omp parallel sections shared(size) firstprivate(packages)
  {
#pragma omp section
    while (packages) {
#pragma omp critical
      {
        size++;
        packages--;
        produced++;
      }
    }
#pragma omp section
    while (packages) {
#pragma omp critical
      {
        size--;
        packages--;
        consumed++;
      }
    }
  }
}

void loops_ok(double *sums, int n, int grid[100][100]) {
  int i, j, k = 0;
#pragma omp parallel for ordered(2)
  for (i = 1; i < 100; i++)
    for (j = 1; j < 100; j++) {
      grid[i][j] += 1;
#pragma omp ordered depend(sink : i - 1, j) depend(sink : i, j - 1)
#pragma omp ordered depend(source)
    }
#pragma omp parallel
#pragma omp single
#pragma omp taskloop collapse(2)
  for (i = 0; i < 100; i++)
    for (j = 0; j < 100; j++)
      grid[i][j] += 1;
#pragma omp parallel for linear(k)
  for (i = 0; i < n; i++) {
    sums[k] += i;
    k++;
  }
}

int tasks_ok(void) {
  int x = 0, y = 0;
#pragma omp parallel
#pragma omp single
  {
#pragma omp task depend(inout : x) shared(x)
    x++;
#pragma omp task depend(inout : x) shared(x)
    x++;
    for (int i = 0; i < 10; i++) {
#pragma omp task shared(y) if (0)
      y++;
    }
  }
  return x + y;
}

int tasks_bad(void) {
  int x = 0;
#pragma omp parallel
#pragma omp single
  {
#pragma omp task shared(x)
    x++; // expect: unsynchronized-shared-counter
#pragma omp task shared(x)
    x++; // expect: unsynchronized-shared-counter
  }
  return x;
}
