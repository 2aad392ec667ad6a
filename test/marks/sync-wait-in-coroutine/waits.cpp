// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-sync-wait-in-coroutine %s
// Waiting synchronously for an asynchronous result, from inside a coroutine: the loop
// that should complete the result is the one that waits.
#include <boost/asio.hpp>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;

int compute();

asio::awaitable<int> future_get() {
  std::future<int> f = std::async(std::launch::async, compute);
  co_return f.get();  // expect: sync-wait-in-coroutine
}

asio::awaitable<void> future_wait(std::shared_future<void> done, std::shared_future<void> other) {
  done.wait();                      // expect: sync-wait-in-coroutine
  (void)other.wait_for(100ms);      // expect: sync-wait-in-coroutine
  co_return;
}

// The classic deadlock: spawn on this loop, then wait for it on this loop.
asio::awaitable<int> answer() { co_return 42; }
asio::awaitable<int> deadlock() {
  auto executor = co_await asio::this_coro::executor;
  std::future<int> f = asio::co_spawn(executor, answer(), asio::use_future);
  co_return f.get();  // expect: sync-wait-in-coroutine
}

asio::awaitable<void> others(std::thread &t, std::latch &l, std::binary_semaphore &s, std::mutex &m,
                             std::condition_variable &cv, asio::io_context &io) {
  t.join();       // expect: sync-wait-in-coroutine
  l.wait();       // expect: sync-wait-in-coroutine
  s.acquire();    // expect: sync-wait-in-coroutine
  std::unique_lock lock(m);
  cv.wait(lock);  // expect: sync-wait-in-coroutine
  io.run();       // expect: sync-wait-in-coroutine
  co_return;
}

// Through a helper.
static int blocking_answer(std::future<int> f) { return f.get(); }
asio::awaitable<int> through_helper(std::future<int> f) {
  co_return blocking_answer(std::move(f));  // expect: sync-wait-in-coroutine; note: blocking_answer -> std::future<int>::get
}

// A jthread joins in its destructor.
asio::awaitable<void> joins_in_a_destructor() {
  std::jthread worker([] { compute(); });  // expect: sync-wait-in-coroutine
  co_return;
}

// std::async's own future waits in its destructor.
asio::awaitable<void> waits_in_a_destructor() {
  std::async(std::launch::async, compute);  // expect: sync-wait-in-coroutine
  co_return;
}

// Ready, awaited or polled results are fine.
asio::awaitable<int> fine(std::future<int> f) {
  if (f.wait_for(0s) == std::future_status::ready) co_return f.get();
  co_return co_await answer();
}

int main() {
  std::future<int> f = std::async(std::launch::async, compute);
  return f.get();
}
