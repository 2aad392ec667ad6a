// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <thread>

long steps = 0;
int step() {
  ++steps; // expect: unsynchronized-shared-counter
  return 0;
}
int main() {
  std::thread a(step), b(step);
  a.join();
  b.join();
}
