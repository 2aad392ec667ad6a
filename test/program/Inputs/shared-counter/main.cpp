// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "worker.h"

#include <functional>
#include <thread>

int main() {
  Worker first, second;
  std::thread a(&Worker::run, &first), b(&Worker::run, std::ref(second));
  a.join();
  b.join();
  return first.done + second.done;
}
