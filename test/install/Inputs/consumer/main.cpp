// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <threadbare/runtime.h>
#include <unistd.h>

int main() {
  threadbare::set_loop_thread();
  usleep(5000);
  threadbare::ScopedAllowBlocking meant;
  sleep(1);
}
