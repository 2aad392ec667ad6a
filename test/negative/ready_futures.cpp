// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Futures that are known to be ready, or that nobody else works for: only what is marked waits.
// RUN: %marks %s
#include <boost/asio.hpp>
#include <future>
#include <optional>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Future = std::future<int>;
using Result = asio::awaitable<int>;
constexpr auto ready = std::future_status::ready;
constexpr auto late = std::future_status::timeout;

Result both(Future f) {
  if (f.valid() && f.wait_for(0s) == ready)
    co_return f.get();
  co_return 0;
}
Result both_turned(Future f, bool on) {
  if (f.wait_for(0s) == ready && on)
    co_return f.get();
  co_return 0;
}
Result neither(Future f, bool off) {
  if (f.wait_for(0s) != ready || off)
    co_return 0;
  co_return f.get();
}
Result not_both(Future f, bool on) {
  if (!(on && f.wait_for(0s) == ready))
    co_return 0;
  co_return f.get();
}
Result in_a_variable(Future f) {
  const bool there = f.valid() && f.wait_for(0s) == ready;
  co_return there ? f.get() : 0;
}
Result optional_one(std::optional<Future> f) {
  if (f && f->wait_for(0s) == ready)
    co_return f->get();
  co_return 0;
}
Result not_late(Future f) {
  if (f.wait_for(0s) == late)
    co_return 0;
  co_return f.get();
}
Result either_bad(Future f, bool on) {
  if (on || f.wait_for(0s) == ready)
    co_return f.get(); // expect: sync-wait-in-coroutine
  co_return 0;
}
Result not_either_bad(Future f, bool on) {
  if (on && f.wait_for(0s) != ready)
    co_return 0;
  co_return f.get(); // expect: sync-wait-in-coroutine
}
Result late_bad(Future f) {
  if (f.wait_for(0s) == late)
    co_return f.get(); // expect: sync-wait-in-coroutine
  co_return 0;
}

Result kept_promise() {
  std::promise<int> promise;
  auto number = promise.get_future();
  promise.set_value(1);
  co_return number.get();
}
Result promise_kept_elsewhere_bad() {
  std::promise<int> promise;
  auto number = promise.get_future();
  std::thread([p = std::move(promise)]() mutable { p.set_value(1); }).detach();
  co_return number.get(); // expect: sync-wait-in-coroutine
}
Result task_that_was_run() {
  std::packaged_task<int()> task([] { return 1; });
  auto number = task.get_future();
  task();
  co_return number.get();
}
Result deferred() {
  auto number = std::async(std::launch::deferred, [] { return 1; });
  co_return number.get();
}
Result asynchronous_bad() {
  auto number = std::async(std::launch::async, [] { return 1; });
  co_return number.get(); // expect: sync-wait-in-coroutine
}
