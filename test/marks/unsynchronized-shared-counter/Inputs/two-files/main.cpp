// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "counter.h"
#include <thread>
int main() {
  std::thread a(hit), b(hit);
  a.join();
  b.join();
  return shared_hits;
}
