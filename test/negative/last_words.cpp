// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program does when it gives itself up meets nobody and holds up nobody; what follows each other is not at once.
// RUN: %marks %s
#include <boost/asio.hpp>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>
#include <unistd.h>
#include <vector>

namespace asio = boost::asio;

static int counted, crashes, kept;

static void report() {
  std::printf("%d\n", counted);
  ++crashes;
}
static void check(bool fine) {
  if (!fine) {
    report();
    std::abort();
  }
}
static void check_ternary(bool fine) { fine ? (void)0 : (report(), __builtin_unreachable()); }
static void check_terminate(int which) {
  switch (which) {
  case 0:
    break;
  default:
    report();
    std::terminate();
  }
}
static void one_counts(int n) {
  check(n);
  check_ternary(n);
  check_terminate(n);
  assert(n > 1);
  ++counted;
}
static void survives(bool fine) {
  if (fine)
    ++kept; // expect: unsynchronized-shared-counter
  else
    std::abort();
}
static void assertions() {
  std::thread a([] { one_counts(1); });
  std::thread b([] {
    check(true);
    check_ternary(true);
    survives(true);
  });
  survives(true);
  a.join();
  b.join();
}

asio::awaitable<void> gives_up(bool fine) {
  if (!fine) {
    ::sleep(1);
    std::abort();
  }
  co_return;
}

// Tasks that start the next one.
static int chained, rounds, forked;
struct Rounds {
  asio::io_context &io;
  void next() {
    if (++rounds < 100)
      asio::post(io, [this] { next(); });
  }
};
static void chains() {
  asio::io_context io;
  asio::thread_pool pool(4);
  asio::post(io, [&io] {
    ++chained;
    asio::post(io, [&io] {
      ++chained;
      asio::post(io, [] { ++chained; });
    });
  });
  Rounds all{io};
  asio::post(io, [&all] { all.next(); });
  asio::post(pool, [&pool] {
    asio::post(pool, [] { ++forked; }); // expect: unsynchronized-shared-counter
    asio::post(pool, [] { ++forked; }); // expect: unsynchronized-shared-counter
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&io] { io.run(); });
  for (auto &t : threads)
    t.join();
  pool.join();
}

int main() {
  assertions();
  chains();
}
