// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What drove users away from other tools: correct threads. No mark stands in this file.
// RUN: %marks --checks=-*,threadbare-* %s
#include <boost/asio.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace asio = boost::asio;

static int ordered_ok() {
  int c = 1;
  std::thread t([&c] { ++c; });
  t.join();
  return ++c;
}

// From many threads, but always on one.
class Loop {
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  std::thread thread{[this] { io.run(); }};

public:
  ~Loop() {
    work.reset();
    thread.join();
  }
  template <class F> void run_in_loop(F f) { asio::post(io, std::move(f)); }
};
static void always_on_one_ok() {
  Loop loop;
  int counter = 0;
  std::thread a([&] { loop.run_in_loop([&counter] { ++counter; }); });
  std::thread b([&] { loop.run_in_loop([&counter] { ++counter; }); });
  a.join();
  b.join();
}

// Initialised once.
static int init() { return 3; }
static int once_ok() {
  static const int once = init();
  return once;
}
static thread_local int mine = 0;
static void thread_local_ok() { ++mine; }
static void run_once() {
  std::thread a(once_ok), b(once_ok), c(thread_local_ok), d(thread_local_ok);
  for (auto *t : {&a, &b, &c, &d})
    t->join();
}

// Before any thread exists.
static int early = 0;
static void before_threads_ok() {
  ++early;
  if (std::getenv("X"))
    ++early;
  std::thread t([] { (void)early; });
  t.join();
}

// The callers hold the lock.
class Table {
  std::mutex m;
  int size = 0;
  void grow_locked_ok() { ++size; }

public:
  void add() {
    std::lock_guard lock(m);
    grow_locked_ok();
  }
  void add_many() {
    std::scoped_lock lock(m);
    for (int i = 0; i < 3; ++i)
      grow_locked_ok();
  }
};
static void callers_hold_it() {
  Table table;
  std::thread a(&Table::add, &table), b(&Table::add_many, &table);
  a.join();
  b.join();
}

// An object for each thread.
struct Job {
  long done = 0;
  void run_ok() { ++done; }
};
static void job_each() {
  std::vector<std::unique_ptr<Job>> jobs;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    jobs.push_back(std::make_unique<Job>());
    threads.emplace_back(&Job::run_ok, jobs.back().get());
  }
  for (auto &t : threads)
    t.join();
}
static void moved_in_ok() {
  auto job = std::make_unique<Job>();
  std::thread t([job = std::move(job)] { ++job->done; });
  auto other = std::make_unique<Job>();
  std::thread u([job = std::move(other)] { ++job->done; });
  t.join();
  u.join();
}

// Published: written before the flag is set, read after it was seen.
static int payload = 0;
static std::atomic<bool> ready{false};
static void published_ok() {
  std::thread writer([] {
    payload += 42;
    ready.store(true, std::memory_order_release);
  });
  std::thread reader([] {
    while (!ready.load(std::memory_order_acquire)) {
    }
    payload += 1;
  });
  writer.join();
  reader.join();
}

// A condition variable and a queue under a lock.
class Queue {
  std::mutex m;
  std::condition_variable cv;
  int items = 0;

public:
  void push() {
    {
      std::lock_guard lock(m);
      ++items;
    }
    cv.notify_one();
  }
  void pop() {
    std::unique_lock lock(m);
    cv.wait(lock, [this] { return items > 0; });
    --items;
  }
};
static void queue_ok() {
  Queue q;
  std::thread a(&Queue::push, &q), b(&Queue::pop, &q);
  a.join();
  b.join();
}

int main() {
  ordered_ok();
  always_on_one_ok();
  run_once();
  before_threads_ok();
  callers_hold_it();
  job_each();
  moved_in_ok();
  published_ok();
  queue_ok();
}
