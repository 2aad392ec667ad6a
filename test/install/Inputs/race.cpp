// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
static int hits = 0;
static void serve() { hits++; }
#include <thread>
int main() {
  std::thread a(serve), b(serve);
  a.join();
  b.join();
}
