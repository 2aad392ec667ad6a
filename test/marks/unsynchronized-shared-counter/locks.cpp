// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-unsynchronized-shared-counter %s
// Locks that protect, locks that only look as if they did.
#include <mutex>
#include <shared_mutex>
#include <thread>

struct Protected {
  std::mutex m;
  int n = 0;
  void add() {
    std::lock_guard lock(m);
    ++n;
  }
  void add_by_hand() {
    m.lock();
    ++n;
    m.unlock();
  }
  void add_scoped() {
    std::scoped_lock lock(m);
    add_locked();
  }
  void add_locked() { ++n; }  // every caller holds m
  void run() {
    std::thread a(&Protected::add, this), b(&Protected::add_by_hand, this), c(&Protected::add_scoped, this);
    a.join();
    b.join();
    c.join();
  }
};

// The lock was released too early.
struct ReleasedEarly {
  std::mutex m;
  int n = 0;
  void add() {
    { std::lock_guard lock(m); }
    ++n;  // expect: unsynchronized-shared-counter
  }
  void unlocks() {
    std::unique_lock lock(m);
    lock.unlock();
    ++n;  // expect: unsynchronized-shared-counter
  }
  void run() {
    std::thread a(&ReleasedEarly::add, this), b(&ReleasedEarly::unlocks, this);
    a.join();
    b.join();
  }
};

// Two mutexes, one counter: neither excludes the other.
struct TwoMutexes {
  std::mutex a, b;
  int n = 0;
  void left() {
    std::lock_guard lock(a);
    ++n;  // expect: unsynchronized-shared-counter
  }
  void right() {
    std::lock_guard lock(b);
    ++n;  // expect: unsynchronized-shared-counter
  }
  void run() {
    std::thread x(&TwoMutexes::left, this), y(&TwoMutexes::right, this);
    x.join();
    y.join();
  }
};

// A mutex of the function's own protects nothing.
static int own = 0;
static void own_mutex() {
  std::mutex m;
  std::lock_guard lock(m);
  ++own;  // expect: unsynchronized-shared-counter
}

// A shared (reader) lock does not make a write safe.
static std::shared_mutex rw;
static int written_under_reader_lock = 0;
static void reader() {
  std::shared_lock lock(rw);
  ++written_under_reader_lock;  // expect: unsynchronized-shared-counter
}

// One path out of two forgot the lock: the finding stands where the lock is missing.
static std::mutex gate;
static int mostly = 0;
static void careful() {
  std::lock_guard lock(gate);
  ++mostly;
}
static void careless() {
  ++mostly;  // expect: unsynchronized-shared-counter
}

int main() {
  Protected().run();
  ReleasedEarly().run();
  TwoMutexes().run();
  std::thread a(own_mutex), b(own_mutex), c(reader), d(reader), e(careful), f(careless);
  a.join(), b.join(), c.join(), d.join(), e.join(), f.join();
}
