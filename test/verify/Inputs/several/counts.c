// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stddef.h>

int step(void); // of step.cpp

static long hits;

// threadbare: call with (NULL)
static void *count(void *unused) {
  hits += step();
  return unused;
}

void *start(void *unused) { return count(unused); }
