// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A suite: a first test that counts for long in one thread, and a second with two.
#include <chrono>
#include <thread>

long items = 0;

void count() {
  items++; // claim late_bad change items++
}

int main() {
  using std::chrono::steady_clock;
  for (auto end = steady_clock::now() + std::chrono::milliseconds(1500); steady_clock::now() < end;)
    count();
  auto run = [] {
    for (int i = 0; i < 100'000; ++i)
      count();
  };
  std::jthread other(run);
  run();
}
