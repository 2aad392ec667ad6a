// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-unsynchronized-shared-counter %s
// Sharing that is right. No finding may stand in this file.
#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

static std::atomic<int> atomic_count{0};
static void atomically() { atomic_count++; }

static thread_local int per_thread = 0;
static void locally() { ++per_thread; }

// Each thread has a slot of its own, and the slots are read after the joins.
static int slots() {
  std::array<int, 4> counts{};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&counts, i] { for (int k = 0; k < 100; ++k) counts[i]++; });
  for (auto &t : threads) t.join();
  return std::accumulate(counts.begin(), counts.end(), 0);
}

// One thread after the other.
static int sequential() {
  int n = 0;
  std::thread a([&] { ++n; });
  a.join();
  std::thread b([&] { ++n; });
  b.join();
  return ++n;
}

// Set before the thread starts, read after it ended.
static int ordered() {
  int n = 0;
  ++n;
  std::thread t([&] { ++n; });
  t.join();
  ++n;
  return n;
}

// A future's get() orders as a join does.
static int future_orders() {
  int n = 0;
  auto f = std::async(std::launch::async, [&] { ++n; });
  f.get();
  return ++n;
}

// A deferred task runs on the thread that asks for its result.
static int deferred() {
  int n = 0;
  auto f = std::async(std::launch::deferred, [&] { ++n; });
  auto g = std::async(std::launch::deferred, [&] { ++n; });
  f.get();
  g.get();
  return n;
}

// A copy each.
static void copies() {
  int n = 0;
  std::thread a([n]() mutable { ++n; }), b([n]() mutable { ++n; });
  a.join();
  b.join();
}

// Objects of the same class, but one for each thread.
struct Worker {
  int done = 0;
  void run() { ++done; }
};
static void own_objects() {
  std::thread a([] { Worker w; w.run(); }), b([] { Worker w; w.run(); });
  a.join();
  b.join();
}

// Only reads.
static const int limit = 10;
static int config = 3;
static int reads() { return limit + config; }

// Initialised once.
static std::once_flag once;
static int initialised = 0;
static void init() { std::call_once(once, [] { ++initialised; }); }

// std::atomic_ref makes each access atomic.
static int plain = 0;
static void referenced() { std::atomic_ref<int>(plain).fetch_add(1); }

int main() {
  std::thread a(atomically), b(atomically), c(locally), d(locally), e(reads), f(reads), g(init), h(init), i(referenced), j(referenced);
  for (auto *t : {&a, &b, &c, &d, &e, &f, &g, &h, &i, &j}) t->join();
  slots();
  sequential();
  ordered();
  future_orders();
  deferred();
  copies();
  own_objects();
}
