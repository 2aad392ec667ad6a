// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "count.h"

void use() {
  for (int i = 0; i < 300; ++i) {
    count();
    for (volatile int wait = 0; wait < 5000; ++wait) {
    }
  }
}
