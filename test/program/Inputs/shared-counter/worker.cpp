// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "worker.h"
#include "stats.h"

void Worker::run() {
  ++done;
  stats.hit();
  stats.miss();
}
