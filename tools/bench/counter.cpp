// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two threads that compute in their own memory and count in a shared number, without a lock. Prints nothing.
#include <cstdlib>
#include <thread>

long items = 0;

__attribute__((noinline)) unsigned compute(unsigned *own, unsigned x) {
  for (int i = 0; i < 48; ++i) {
    own[i & 63] = own[(i * 7) & 63] ^ (x += 0x9e37u);
    asm volatile("" ::: "memory");
  }
  return x;
}

int main(int argc, char **argv) {
  const long rounds = argc > 1 ? std::atol(argv[1]) : 2'000'000;
  auto run = [=] {
    unsigned own[64] = {1, 2, 3}, x = 0;
    for (long i = 0; i < rounds; ++i) {
      x = compute(own, x);
      items++; // claim race change items++
    }
    return x;
  };
  std::thread other(run);
  run();
  other.join();
}
