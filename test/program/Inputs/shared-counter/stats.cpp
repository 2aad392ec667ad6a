// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stats.h"

Stats stats;

void Stats::hit() {
  ++hits; // expect: unsynchronized-shared-counter
  bytes += 10;
}
void Stats::miss() {
  std::lock_guard lock(mutex);
  ++misses;
}
