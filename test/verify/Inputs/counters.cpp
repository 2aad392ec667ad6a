// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Counters of every kind, true findings and false ones, all in one program: each is tried on its own.
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

struct Stats {
  long hits = 0, locked = 0, spun = 0, wrong = 0, shards[2] = {}, ordered = 0, flag = 0, once = 0;
  double total = 0;
  std::atomic<long> atomic{0};
  std::mutex mutex, other;
} stats;

class HandMadeLock {
public:
  void lock() {
    while (busy.exchange(true, std::memory_order_acquire)) {
    }
  }
  void unlock() { busy.store(false, std::memory_order_release); }

private:
  std::atomic<bool> busy{false};
} spin;

thread_local long own = 0;

static void work(std::chrono::microseconds time) {
  auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

void plain() { stats.hits++; }            // claim plain_bad change stats.hits++
void sum(double x) { stats.total += x; }  // claim sum_bad change stats.total
void wrongLock(int i) {
  std::lock_guard lock(i ? stats.mutex : stats.other);
  stats.wrong++; // claim wrong_lock_bad change stats.wrong
}
void writer() { stats.flag = stats.flag + 1; }  // claim read_bad change stats.flag = 
long reader() { return stats.flag; }            // claim read_bad read stats.flag;
void capture(long &local) { local--; }          // claim local_bad change local--

void locked() {
  std::lock_guard lock(stats.mutex);
  stats.locked++; // claim locked_ok change stats.locked
}
void handMade() {
  std::lock_guard lock(spin);
  stats.spun++; // claim hand_made_ok change stats.spun
}
void atomicRef() { std::atomic_ref(stats.once)++; }  // claim atomic_ref_ok change std::atomic_ref
void perThread() { own++; }                          // claim thread_local_ok change own++
void shard(int i) { stats.shards[i]++; }             // claim shard_ok change stats.shards
void ordered() { stats.ordered++; }                  // claim ordered_ok change stats.ordered
void oneThread() { stats.once++; }                   // claim one_thread change stats.once
void never() { stats.once--; }                       // claim never change stats.once

int main() {
  long local = 0;
  std::atomic<int> ready{0};
  auto body = [&](int i) {
    ready++;
    while (ready < 2) {
    }
    for (int k = 0; k < 300; ++k) {
      work(std::chrono::microseconds(50));
      plain();
      sum(0.5);
      wrongLock(i);
      i ? writer() : static_cast<void>(reader());
      capture(local);
      locked();
      handMade();
      perThread();
      shard(i);
    }
  };
  std::thread first(body, 0), second(body, 1);
  first.join();
  second.join();
  for (int round = 0; round < 3; ++round)
    std::thread([] {
      for (int k = 0; k < 100; ++k)
        ordered();
    }).join();
  oneThread();
  if (ready > 5)
    never();
}
