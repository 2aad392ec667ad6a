// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
#include <boost/asio.hpp>

#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

int compute();

asio::awaitable<int> get_bad(std::future<int> f) {
  co_return f.get(); // expect: sync-wait-in-coroutine; note: use_awaitable
}

asio::awaitable<void> wait_bad(std::shared_future<void> f) {
  f.wait(); // expect: sync-wait-in-coroutine
  co_return;
}

asio::awaitable<int> own_loop_bad() {
  auto executor = co_await asio::this_coro::executor;
  auto f = asio::co_spawn(executor, []() -> asio::awaitable<int> { co_return 1; }, asio::use_future);
  co_return f.get(); // expect: sync-wait-in-coroutine
}

asio::awaitable<void> join_bad(std::thread worker) {
  worker.join(); // expect: sync-wait-in-coroutine
  co_return;
}

asio::awaitable<void> primitives_bad(std::latch &latch, std::counting_semaphore<4> &semaphore) {
  latch.wait();        // expect: sync-wait-in-coroutine
  semaphore.acquire(); // expect: sync-wait-in-coroutine
  co_return;
}

asio::awaitable<void> condition_bad(std::mutex &m, std::condition_variable &changed, bool &done) {
  std::unique_lock lock(m);
  changed.wait(lock, [&] { return done; }); // expect: sync-wait-in-coroutine
  co_return;
}

asio::awaitable<void> nested_loop_bad() {
  asio::io_context inner;
  inner.run(); // expect: sync-wait-in-coroutine
  co_return;
}

// The destructors that wait.
asio::awaitable<void> jthread_bad() {
  std::jthread worker(compute); // expect: sync-wait-in-coroutine
  co_return;
}
asio::awaitable<void> discarded_async_bad() {
  (void)std::async(std::launch::async, compute); // expect: sync-wait-in-coroutine
  co_return;
}

static int finish(std::future<int> &f) { return f.get(); }
struct Job {
  std::future<int> result;
  int value() { return finish(result); }
};
asio::awaitable<int> chain_bad(Job &job) {
  co_return job.value(); // expect: sync-wait-in-coroutine; note: Job::value -> finish -> std::future<int>::get
}

// ---- fine ---------------------------------------------------------------------------------------------------------

asio::awaitable<int> answer() { co_return 42; }
asio::awaitable<int> awaited_ok() { co_return co_await answer(); }

asio::awaitable<int> polled_ok(std::future<int> f) {
  if (f.wait_for(0s) == std::future_status::ready)
    co_return f.get();
  co_return 0;
}

asio::awaitable<void> offloaded_ok(asio::thread_pool &pool, std::shared_future<int> f) {
  asio::post(pool, [f] { f.wait(); });
  co_return;
}

asio::awaitable<bool> tries_ok(std::counting_semaphore<4> &semaphore) { co_return semaphore.try_acquire(); }

asio::awaitable<int> critical_section_ok(std::mutex &m, int &n) {
  std::lock_guard lock(m);
  co_return ++n;
}

int waits_in_a_plain_function_ok() {
  std::future<int> f = std::async(std::launch::async, compute);
  return f.get();
}

asio::awaitable<void> suppressed_ok(std::shared_future<void> f) {
  f.wait(); // NOLINT(threadbare-sync-wait-in-coroutine): fulfilled before the loop starts
  co_return;
}
