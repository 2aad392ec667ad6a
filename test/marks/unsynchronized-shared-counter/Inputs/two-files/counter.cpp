// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The counter is here, the threads are in the other file: neither file alone shows the race.
#include "counter.h"
int shared_hits = 0;
void hit() { ++shared_hits; }  // expect: unsynchronized-shared-counter
