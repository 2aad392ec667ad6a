// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <thread>

extern "C" int step();
extern "C" void *start(void *);

long total = 0;
void add() { total += step(); }

int main() {
  std::jthread first(start, nullptr), second(start, nullptr), third(add), fourth(add);
}
