// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <boost/asio.hpp>

#include <unistd.h>

namespace asio = boost::asio;

// A program of its own: its step blocks and nothing runs it on two threads.
static long slow_steps = 0;
int step() {
  ++slow_steps;
  return ::usleep(1000);
}
asio::awaitable<void> caller_bad() {
  step(); // expect: blocking-call-in-coroutine; note: step -> usleep
  co_return;
}
int main() {
  asio::io_context io;
  asio::co_spawn(io, caller_bad(), asio::detached);
  io.run();
}
