// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Waiting in a project's own coroutines, directly and through classes.
#include <barrier>
#include <condition_variable>
#include <coroutine>
#include <exception>
#include <future>
#include <latch>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <semaphore.h>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};
int compute();

task c_api_bad(pthread_t t, sem_t *s, pthread_cond_t *c, pthread_mutex_t *m) {
  pthread_join(t, nullptr);  // expect: sync-wait-in-coroutine
  sem_wait(s);               // expect: sync-wait-in-coroutine
  pthread_cond_wait(c, m);   // expect: sync-wait-in-coroutine
  co_return;
}
task c_api_ok(sem_t *s) {
  if (sem_trywait(s) == 0)
    sem_post(s);
  co_return;
}

task barrier_bad(std::barrier<> &b) {
  b.arrive_and_wait(); // expect: sync-wait-in-coroutine
  co_return;
}
task latch_ok(std::latch &l) {
  l.count_down();
  (void)l.try_wait();
  co_return;
}

// A queue whose pop waits.
class Queue {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<int> items;

public:
  int pop() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !items.empty(); });
    int item = items.back();
    items.pop_back();
    return item;
  }
  std::optional<int> try_pop() {
    std::lock_guard lock(mutex);
    if (items.empty())
      return std::nullopt;
    int item = items.back();
    items.pop_back();
    return item;
  }
};
task pops_bad(Queue &q) {
  (void)q.pop(); // expect: sync-wait-in-coroutine; note: Queue::pop -> std::condition_variable::wait
  co_return;
}
task pops_ok(Queue &q) {
  (void)q.try_pop();
  co_return;
}

// A group that joins in its destructor.
class Group {
  std::vector<std::thread> threads;

public:
  void add(std::thread t) { threads.push_back(std::move(t)); }
  ~Group() {
    for (std::thread &t : threads)
      t.join();
  }
};
task group_bad() {
  Group group; // expect: sync-wait-in-coroutine; note: std::thread::join
  group.add(std::thread([] { compute(); }));
  co_return;
}

// A promise that this very function fulfilled, and a moved-out future.
task promise_bad(std::promise<int> &p) {
  std::future<int> f = p.get_future();
  (void)f.get(); // expect: sync-wait-in-coroutine
  co_return;
}
task packaged_bad() {
  std::packaged_task<int()> work(compute);
  auto f = work.get_future();
  std::thread t(std::move(work));
  t.detach();
  f.wait(); // expect: sync-wait-in-coroutine
  co_return;
}
struct Holder {
  std::shared_future<int> f;
  bool ready() const { return f.wait_for(std::chrono::seconds::zero()) == std::future_status::ready; }
  int value() const { return f.get(); }
};
task holder_bad(const Holder &h) {
  (void)h.value(); // expect: sync-wait-in-coroutine; note: Holder::value -> std::shared_future<int>::get
  co_return;
}
task in_a_lambda_bad(std::future<int> &f) {
  auto get = [&] { return f.get(); };
  (void)get(); // expect: sync-wait-in-coroutine
  co_return;
}
task not_called_ok(std::future<int> &f) {
  auto get = [&] { return f.get(); };
  (void)get;
  co_return;
}
task handed_over_ok(std::shared_future<int> f) {
  std::thread([f] { f.wait(); }).detach();
  co_return;
}
task deferred_async_ok() {
  auto f = std::async(std::launch::deferred, compute);
  co_return;
}
task stored_async_bad() {
  auto f = std::async(std::launch::async, compute); // expect: sync-wait-in-coroutine
  co_return;
}
task moved_jthread_ok(std::vector<std::jthread> &all) {
  all.emplace_back([] { compute(); });
  std::jthread t([] { compute(); });
  t.detach();
  co_return;
}
