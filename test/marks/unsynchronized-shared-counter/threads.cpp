// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-unsynchronized-shared-counter %s
// The counter that came out wrong: several threads, one plain integer.
#include <cstdio>
#include <functional>
#include <future>
#include <pthread.h>
#include <thread>
#include <vector>

// A namespace-scope counter and a thread function that runs several times.
static int requests = 0;
static void serve() {
  for (int i = 0; i < 1'000'000; ++i) requests++;  // expect: unsynchronized-shared-counter
}
static void four_threads() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(serve);
  for (auto &t : threads) t.join();
  std::printf("%d\n", requests);  // after the joins: no race here
}

// A local that lambdas capture by reference.
static long captured() {
  long hits = 0;
  std::thread a([&] { hits += 1; });  // expect: unsynchronized-shared-counter
  std::thread b([&] { hits += 2; });  // expect: unsynchronized-shared-counter
  a.join();
  b.join();
  return hits;
}

// A member, through this.
struct Stats {
  unsigned long bytes = 0;
  void add(unsigned n) { bytes += n; }  // expect: unsynchronized-shared-counter
  void start() {
    std::thread one(&Stats::add, this, 1u), two([this] { add(2); });
    one.join();
    two.join();
  }
};

// One thread against its creator, which did not wait.
static int progress = 0;
static int creator_races() {
  std::jthread worker([] { ++progress; });  // expect: unsynchronized-shared-counter
  return progress;
}

// Through a reference argument, and std::async.
static void bump(int &n) { n = n + 1; }  // expect: unsynchronized-shared-counter
static int by_reference() {
  int n = 0;
  auto f = std::async(std::launch::async, bump, std::ref(n));
  auto g = std::async(std::launch::async, bump, std::ref(n));
  f.get();
  g.get();
  return n;
}

// POSIX threads, and volatile, which is not atomic.
static volatile int ticks;
static void *tick(void *) {
  ticks++;  // expect: unsynchronized-shared-counter
  return nullptr;
}
static void posix() {
  pthread_t a, b;
  pthread_create(&a, nullptr, tick, nullptr);
  pthread_create(&b, nullptr, tick, nullptr);
  pthread_join(a, nullptr);
  pthread_join(b, nullptr);
}

// A static local in a function that threads call.
static int next_id() {
  static int id = 0;
  return ++id;  // expect: unsynchronized-shared-counter
}
static void ids() {
  std::thread a([] { next_id(); }), b([] { next_id(); });
  a.join();
  b.join();
}

// A map of counters is a container write: a race on its structure as well.
#include <map>
#include <string>
static std::map<std::string, int> by_name;
static void count(const std::string &name) {
  by_name[name]++;  // expect: unsynchronized-shared-counter
}
static void names() {
  std::thread a(count, "a"), b(count, "b");
  a.join();
  b.join();
}

int main() {
  four_threads();
  captured();
  Stats().start();
  creator_races();
  by_reference();
  posix();
  ids();
  names();
}
