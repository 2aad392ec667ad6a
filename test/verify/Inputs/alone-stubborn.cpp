// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that do not end, or end the program, before one that is well.
#include <cstdlib>

long events = 0, errors = 0, hits = 0;

void work() {
  for (;;) {
    events++; // claim work change events
    for (volatile int wait = 0; wait < 1000; ++wait) {
    }
  }
}

void fail() {
  errors++; // claim fail change errors
  std::abort();
}

void count() { hits++; } // claim count change hits
