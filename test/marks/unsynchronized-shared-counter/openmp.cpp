// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-unsynchronized-shared-counter %s
// expect-flags: -std=c++20 -fopenmp
// OpenMP's threads are threads.
int sum_wrong(const int *v, int n) {
  int count = 0;
#pragma omp parallel for
  for (int i = 0; i < n; ++i)
    if (v[i] > 0) count++;  // expect: unsynchronized-shared-counter
  return count;
}

int sum_right(const int *v, int n) {
  int count = 0, atomic = 0, critical = 0;
#pragma omp parallel for reduction(+ : count)
  for (int i = 0; i < n; ++i) {
    if (v[i] > 0) count++;
#pragma omp atomic
    atomic++;
#pragma omp critical
    critical++;
    int mine = 0;
    mine++;
  }
  return count + atomic + critical;
}

int main() {}
