// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-pool-per-call %s
#include <boost/asio.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;

int work(int);
awaitable<int> next();

awaitable<int> each_call_bad(int v) {
  asio::thread_pool pool(4); // expect: pool-per-call; note: lives as long as one call
  co_return co_await asio::co_spawn(
      pool, [v]() -> awaitable<int> { co_return work(v); }, asio::use_awaitable);
}

void each_round_bad(const std::vector<int> &all) {
  for (int v : all) {
    asio::thread_pool pool(2); // expect: pool-per-call; note: lives as long as one round of the loop
    asio::post(pool, [v] { work(v); });
    pool.join();
  }
}

static int called_in_a_loop_bad(int v) {
  asio::thread_pool pool(2); // expect: pool-per-call; note: 'batches' calls 'called_in_a_loop_bad' in a loop here
  asio::post(pool, [v] { work(v); });
  pool.join();
  return v;
}
void batches(const std::vector<int> &all) {
  for (int v : all)
    called_in_a_loop_bad(v);
}

static int below_a_loop_bad(int v) {
  asio::thread_pool pool; // expect: pool-per-call; note: 'below' calls 'between' in a loop here
  asio::post(pool, [v] { work(v); });
  pool.join();
  return v;
}
static int between(int v) { return below_a_loop_bad(v) + 1; }
void below(int n) {
  while (n--)
    between(n);
}

// One of the project's own.
class Pool {
public:
  explicit Pool(unsigned size) {
    for (unsigned i = 0; i < size; ++i)
      threads_.emplace_back([this] { run(); });
  }
  ~Pool() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    for (auto &thread : threads_)
      thread.join();
  }
  void add(std::function<void()> task) {
    std::lock_guard lock(mutex_);
    tasks_.push(std::move(task));
    changed_.notify_one();
  }

private:
  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopped_ || !tasks_.empty(); });
      if (tasks_.empty())
        return;
      auto task = std::move(tasks_.front());
      tasks_.pop();
      lock.unlock();
      task();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};
awaitable<void> own_pool_bad(int v) {
  Pool pool(4); // expect: pool-per-call
  pool.add([v] { work(v); });
  co_return;
}

// A class around one.
struct Batch {
  asio::thread_pool pool{2};
  void add(int v) {
    asio::post(pool, [v] { work(v); });
  }
};
void around_one_bad(const std::vector<int> &all) {
  for (int v : all) {
    Batch batch; // expect: pool-per-call
    batch.add(v);
  }
}

// Made once, whoever uses it.
asio::thread_pool everybodys(4);
awaitable<void> global_ok(int v) {
  asio::post(everybodys, [v] { work(v); });
  co_return;
}
awaitable<void> static_ok(int v) {
  static asio::thread_pool pool(4);
  asio::post(pool, [v] { work(v); });
  co_return;
}
struct Service {
  asio::thread_pool pool{4};
  awaitable<int> member_ok(int v) {
    co_return co_await asio::co_spawn(
        pool, [v]() -> awaitable<int> { co_return work(v); }, asio::use_awaitable);
  }
};
awaitable<void> given_ok(asio::thread_pool &pool, int v) {
  asio::post(pool, [v] { work(v); });
  co_return;
}

// A server that makes its pool and then serves.
awaitable<void> server_ok() {
  asio::thread_pool pool(4);
  for (;;) {
    int v = co_await next();
    asio::post(pool, [v] { work(v); });
  }
}

// One large piece of work, once.
void all_of_it_ok(const std::vector<int> &all) {
  asio::thread_pool pool(4);
  for (int v : all)
    asio::post(pool, [v] { work(v); });
  pool.join();
}

// Somebody compares sizes.
void compares_ok() {
  for (int threads : {1, 2, 4, 8}) {
    asio::thread_pool pool(threads);
    asio::post(pool, [] { work(1); });
    pool.join();
  }
  for (unsigned n = 1; n < 9; n *= 2) {
    asio::thread_pool pool(n);
    pool.join();
  }
}

static awaitable<void> program_ok() {
  asio::thread_pool pool(4);
  asio::post(pool, [] { work(1); });
  co_return;
}

int main() {
  asio::thread_pool pool(4);
  asio::io_context loop;
  asio::co_spawn(loop, program_ok(), asio::detached);
  loop.run();
  pool.join();
}
