// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "count.h"

#include <thread>

int main() {
  std::thread first(use), second(use);
  first.join();
  second.join();
  return other();
}
