// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-lock-held-across-await %s
#include <boost/asio.hpp>

#include <condition_variable>
#include <coroutine>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <shared_mutex>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;

awaitable<void> io();
awaitable<int> value();
bool ask();

class Store {
public:
  awaitable<void> member_bad() {
    std::lock_guard guard(mutex_);
    items_.push_back(1);
    co_await io(); // expect: lock-held-across-await; note: 'Store::member_bad' takes 'Store::mutex_' here
  }
  awaitable<void> each_bad() {
    std::unique_lock<std::mutex> guard(mutex_);
    for (int &item : items_)
      item = co_await value(); // expect: lock-held-across-await
  }
  awaitable<void> copies_first_ok() {
    std::vector<int> items;
    {
      std::lock_guard guard(mutex_);
      items = items_;
    }
    for (int item : items)
      if (item)
        co_await io();
  }
  awaitable<void> by_method_bad() {
    lock();
    co_await io(); // expect: lock-held-across-await
    unlock();
  }
  awaitable<void> by_method_ok() {
    lock();
    unlock();
    co_await io();
  }
  awaitable<void> of_another_bad(std::shared_ptr<Store> other) {
    std::scoped_lock both(mutex_, other->mutex_);
    co_await io(); // expect: lock-held-across-await
  }
  void lock() { mutex_.lock(); }
  void unlock() { mutex_.unlock(); }

private:
  std::mutex mutex_;
  std::vector<int> items_;
};

std::mutex mutex;
std::recursive_mutex recursive;
std::shared_timed_mutex shared;
pthread_mutex_t old = PTHREAD_MUTEX_INITIALIZER;

awaitable<void> c_mutex_bad() {
  pthread_mutex_lock(&old);
  co_await io(); // expect: lock-held-across-await
  pthread_mutex_unlock(&old);
}

awaitable<void> reader_bad() {
  shared.lock_shared();
  co_await io(); // expect: lock-held-across-await
  shared.unlock_shared();
}

awaitable<void> of_the_caller_bad(std::mutex &given) {
  std::lock_guard guard(given);
  co_await io(); // expect: lock-held-across-await; note: 'given' is held
}

awaitable<void> condition_is_awaited_bad() {
  std::lock_guard guard(recursive);
  if (co_await value() > 0) // expect: lock-held-across-await
    co_return;
}

awaitable<void> tried_bad() {
  std::unique_lock lock(mutex, std::try_to_lock);
  if (!lock)
    co_return;
  co_await io(); // expect: lock-held-across-await
}

awaitable<void> tried_by_hand_bad() {
  if (!mutex.try_lock())
    co_return;
  co_await io(); // expect: lock-held-across-await
  mutex.unlock();
}

awaitable<void> tried_and_waits_ok() {
  while (!mutex.try_lock())
    co_await io();
  mutex.unlock();
}

awaitable<void> moved_between_guards_bad() {
  std::unique_lock first(mutex);
  std::unique_lock second = std::move(first);
  co_await io(); // expect: lock-held-across-await
}

void keep(std::unique_lock<std::mutex> lock);
awaitable<void> given_away_ok() {
  std::unique_lock lock(mutex);
  keep(std::move(lock));
  co_await io();
}

awaitable<void> optional_guard_ok() {
  std::optional<std::unique_lock<std::mutex>> lock(std::in_place, mutex);
  lock.reset();
  co_await io();
}

awaitable<void> relocks_in_the_loop_ok(bool more) {
  std::unique_lock lock(mutex);
  while (more) {
    lock.unlock();
    co_await io();
    lock.lock();
    more = ask();
  }
}

awaitable<void> forgets_in_the_loop_bad(bool more) {
  std::unique_lock lock(mutex, std::defer_lock);
  while (more) {
    co_await io(); // expect: lock-held-across-await
    lock.lock();
    more = ask();
    if (ask())
      lock.unlock();
  }
}

// Which ways hold it, a variable knows.
awaitable<void> remembers_ok(bool needed) {
  if (needed)
    mutex.lock();
  if (needed)
    mutex.unlock();
  co_await io();
}
awaitable<void> remembers_with_a_guard_ok(bool needed) {
  std::unique_lock lock(mutex, std::defer_lock);
  if (needed)
    lock.lock();
  if (lock.owns_lock())
    lock.unlock();
  co_await io();
}

awaitable<void> returns_first_ok() {
  std::lock_guard guard(mutex);
  if (ask())
    co_return;
}

awaitable<void> throws_ok() {
  try {
    std::lock_guard guard(mutex);
    if (!ask())
      throw 1;
  } catch (int) {
    co_return;
  }
  co_await io();
}

awaitable<void> two_bad() {
  std::lock_guard first(recursive);
  co_await io(); // expect: lock-held-across-await; note: takes 'recursive' here
  std::lock_guard second(mutex);
  co_await io(); // expect: lock-held-across-await; note: takes 'mutex' here -> 'two_bad' takes 'recursive' here
}

awaitable<void> adopted_bad() {
  mutex.lock();
  std::lock_guard guard(mutex, std::adopt_lock);
  co_await io(); // expect: lock-held-across-await
}

// A question to the coroutine itself suspends nothing, and neither does a coroutine that awaits nothing.
awaitable<void> own_executor_ok() {
  std::lock_guard guard(mutex);
  auto executor = co_await asio::this_coro::executor;
  (void)executor;
}
awaitable<int> at_once() { co_return 1; }
awaitable<int> at_once_too() { co_return co_await at_once(); }
awaitable<void> never_suspended_ok() {
  std::lock_guard guard(mutex);
  co_await at_once_too();
}
awaitable<int> later() { co_return co_await value(); }
awaitable<void> suspended_below_bad() {
  std::lock_guard guard(mutex);
  co_await later(); // expect: lock-held-across-await
}

// What is awaited has the lock, and gives it back for as long as it takes.
struct AsyncCondition {
  awaitable<void> wait(std::unique_lock<std::mutex> &lock);
  struct Awaiter {
    std::unique_lock<std::mutex> &lock;
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<>) { lock.unlock(); }
    void await_resume() { lock.lock(); }
  };
};
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
awaitable<void> condition_ok(AsyncCondition &changed) {
  std::unique_lock lock(mutex);
  co_await changed.wait(lock);
}
Task awaiter_ok() {
  std::unique_lock lock(mutex);
  co_await AsyncCondition::Awaiter{lock};
}
Task awaiter_bad() {
  std::unique_lock lock(mutex);
  co_await std::suspend_always{}; // expect: lock-held-across-await
}
Task awaiter_that_is_ready_ok() {
  std::unique_lock lock(mutex);
  co_await std::suspend_never{};
}

// Mutexes for which coroutines wait, whatever their guard is called.
struct AsyncMutex {
  awaitable<void> lock();
  void unlock();
};
awaitable<void> asynchronous_ok(AsyncMutex &m) {
  co_await m.lock();
  co_await io();
  m.unlock();
}
awaitable<void> asynchronous_guard_ok(AsyncMutex &m) {
  co_await m.lock();
  std::lock_guard guard(m, std::adopt_lock);
  co_await io();
}

// One of the project's own.
class SpinLock {
public:
  void lock() {
    while (flag_.test_and_set()) {
    }
  }
  void unlock() { flag_.clear(); }

private:
  std::atomic_flag flag_;
};
SpinLock spin;
awaitable<void> own_mutex_bad() {
  std::lock_guard guard(spin);
  co_await io(); // expect: lock-held-across-await
}

awaitable<void> in_a_lambda() {
  auto run = []() -> awaitable<void> {
    std::lock_guard guard(mutex);
    co_await io(); // expect: lock-held-across-await
  };
  co_await run();
}

// The lock is another function's, which is done with it.
int under_lock() {
  std::lock_guard guard(mutex);
  return 1;
}
awaitable<void> calls_a_locker_ok() {
  int n = under_lock();
  co_await io();
  (void)n;
}

class Accessor {
public:
  explicit Accessor(std::map<int, int> &data) : lock_(mutex), data_(data) {}
  int &operator[](int key) { return data_[key]; }

private:
  std::unique_lock<std::mutex> lock_;
  std::map<int, int> &data_;
};
awaitable<void> proxy_bad(std::map<int, int> &data) {
  Accessor access(data);
  access[1] = co_await value(); // expect: lock-held-across-await
}
awaitable<void> proxy_ok(std::map<int, int> &data) {
  int v = co_await value();
  Accessor{data}[1] = v;
  co_await io();
}

int main() {}
