// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-unsynchronized-shared-counter %s
// Threads that nobody called "thread": pools, loops with several threads, and strands.
#include <boost/asio.hpp>
#include <thread>
#include <vector>

namespace asio = boost::asio;

static int pooled = 0;
static void pool() {
  asio::thread_pool workers(4);
  for (int i = 0; i < 100; ++i) asio::post(workers, [] { ++pooled; });  // expect: unsynchronized-shared-counter
  workers.join();
}

// A strand runs one handler at a time.
static int stranded = 0;
static void strand() {
  asio::thread_pool workers(4);
  auto s = asio::make_strand(workers);
  for (int i = 0; i < 100; ++i) asio::post(s, [] { ++stranded; });
  workers.join();
}

// One loop, one thread: coroutines interleave only at co_await, so this is right.
static int cooperative = 0;
static asio::awaitable<void> increments() {
  for (int i = 0; i < 1000; ++i) {
    ++cooperative;
    if (i % 100 == 0) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
}
static void one_thread() {
  asio::io_context io;
  for (int i = 0; i < 4; ++i) asio::co_spawn(io, increments(), asio::detached);
  io.run();
}

// One loop, four threads: the same coroutine is a race.
static int preemptive = 0;
static asio::awaitable<void> races() {
  for (int i = 0; i < 1000; ++i) {
    ++preemptive;  // expect: unsynchronized-shared-counter
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  }
}
static void four_threads() {
  asio::io_context io;
  for (int i = 0; i < 4; ++i) asio::co_spawn(io, races(), asio::detached);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { io.run(); });
}

int main() {
  pool();
  strand();
  one_thread();
  four_threads();
}
