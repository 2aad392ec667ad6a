// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Coroutines, awaiters and pools of the project's own.
#include <condition_variable>
#include <coroutine>
#include <cstdio>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

template <class T> struct Task {
  struct promise_type {
    std::optional<T> value;
    std::coroutine_handle<> next = std::noop_coroutine();
    Task get_return_object() { return Task{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept { return h.promise().next; }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_value(T v) { value = std::move(v); }
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
  bool await_ready() const { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> h) const {
    handle.promise().next = h;
    return handle;
  }
  T await_resume() const { return std::move(*handle.promise().value); }
};

class Pool {
  std::mutex mutex;
  std::condition_variable changed;
  std::queue<std::function<void()>> jobs;
  std::vector<std::jthread> threads;
  void drain(std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return !jobs.empty(); });
      auto job = std::move(jobs.front());
      jobs.pop();
      lock.unlock();
      job();
    }
  }

public:
  explicit Pool(int n) {
    while (n-- > 0)
      threads.emplace_back([this](std::stop_token stop) { drain(stop); });
  }
  void push(std::function<void()> job) {
    std::lock_guard lock(mutex);
    jobs.push(std::move(job));
    changed.notify_one();
  }
  auto schedule() {
    struct Awaiter {
      Pool *pool;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> h) {
        pool->push([h] { h.resume(); });
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{this};
  }
};

class Loop {
  std::deque<std::coroutine_handle<>> ready;

public:
  auto schedule() {
    struct Awaiter {
      Loop &loop;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> h) { loop.ready.push_back(h); }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }
  void run() {
    while (!ready.empty()) {
      auto h = ready.front();
      ready.pop_front();
      h.resume();
    }
  }
};

static long factorial(long n) { return n < 2 ? 1 : n * factorial(n - 1); }

Task<int> moves_bad(Pool &pool, Loop &loop, int fd) { // expect: async-over-thread-pool; note: moves_bad' goes on in a pool from here -> fsync
  co_await pool.schedule();
  int status = ::fsync(fd);
  co_await loop.schedule();
  co_return status;
}
Task<long> moves_ok(Pool &pool, Loop &loop, long n) {
  co_await pool.schedule();
  long f = factorial(n);
  co_await loop.schedule();
  co_return f;
}
Task<long> stays_ok(Loop &loop, long n) {
  co_await loop.schedule();
  co_return factorial(n);
}

template <class F> struct OnPool {
  Pool &pool;
  F work;
  std::optional<decltype(work())> result;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    pool.push([this, h] {
      result = work();
      h.resume();
    });
  }
  auto await_resume() { return std::move(*result); }
};
template <class F> OnPool<F> on_pool_ok(Pool &pool, F work) { return {pool, std::move(work), {}}; }

Task<int> awaits_bad(Pool &pool, int fd) { // expect: async-over-thread-pool; note: fsync
  co_return co_await on_pool_ok(pool, [fd] { return ::fsync(fd); });
}
Task<int> sync_bad(Pool &pool, int fd) { // expect: async-over-thread-pool; note: 'sync_bad' calls 'awaits_bad'
  co_return co_await awaits_bad(pool, fd);
}
Task<int> sync_loop_bad(Pool &pool, Loop &loop, int fd) { // expect: async-over-thread-pool
  co_return co_await moves_bad(pool, loop, fd);
}
Task<long> sync_ok(Pool &pool, int fd) {
  int status = co_await awaits_bad(pool, fd);
  co_return factorial(status);
}
Task<long> awaits_ok(Pool &pool, long n) {
  co_return co_await on_pool_ok(pool, [n] { return factorial(n); });
}
Task<long> combines_ok(Pool &pool, long n) {
  long a = co_await awaits_ok(pool, n);
  long b = co_await awaits_ok(pool, n + 1);
  co_return a + b;
}

int main() {}
