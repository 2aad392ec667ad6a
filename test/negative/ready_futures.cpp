// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Futures that are known to be ready, or that nobody else works for: only what is marked waits.
// RUN: %marks %s
#include <algorithm>
#include <boost/asio.hpp>
#include <future>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

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

Result by_status(Future f) {
  switch (f.wait_for(0s)) {
  case ready:
    co_return f.get();
  case late:
  case std::future_status::deferred:
    break;
  }
  co_return 0;
}
Result by_status_in_a_variable(Future f) {
  switch (const auto status = f.wait_for(0s); status) {
  case ready:
  case std::future_status::deferred:
    co_return f.get();
  default:
    co_return 0;
  }
}
Result by_status_not_late(Future f) {
  switch (f.wait_for(0s)) {
  case late:
    co_return 0;
  default:
    co_return f.get();
  }
}
Result by_status_late_bad(Future f) {
  switch (f.wait_for(0s)) {
  case ready:
    co_return 1;
  case late:
    co_return f.get(); // expect: sync-wait-in-coroutine
  default:
    co_return 0;
  }
}
Result by_status_falls_through_bad(Future f) {
  switch (f.wait_for(0s)) {
  case late:
  case ready:
    co_return f.get(); // expect: sync-wait-in-coroutine
  default:
    co_return 0;
  }
}
Result by_status_behind_bad(Future f) {
  switch (f.wait_for(0s)) {
  case ready:
  case late:
    break;
  default:
    co_return 0;
  }
  co_return f.get(); // expect: sync-wait-in-coroutine
}
Result said_twice(Future f) {
  if ((f.wait_for(0s) == ready) == true)
    co_return f.get();
  if ((f.wait_for(0s) == ready) != false)
    co_return f.get();
  co_return 0;
}
Result said_twice_bad(Future f) {
  if ((f.wait_for(0s) == ready) == false)
    co_return f.get(); // expect: sync-wait-in-coroutine
  co_return 0;
}

using Futures = std::vector<Future>;
static bool is_ready(const Future &f) { return f.wait_for(0s) == ready; }
static auto later() { return asio::post(asio::use_awaitable); }
Result all(Futures fs) {
  const bool done = std::all_of(fs.begin(), fs.end(), [](Future &f) { return f.wait_for(0s) == ready; });
  int sum = 0;
  if (done)
    for (auto &f : fs)
      sum += f.get();
  co_return sum;
}
Result all_waited_for(Futures fs) {
  while (!std::ranges::all_of(fs, [](const auto &f) { return f.wait_for(0s) == ready; }))
    co_await later();
  int sum = 0;
  for (std::size_t i = 0; i < fs.size(); ++i)
    sum += fs[i].get();
  co_return sum;
}
Result not_any_is_late(Futures fs) {
  if (std::any_of(fs.begin(), fs.end(), [](const Future &f) { return f.wait_for(0s) != ready; }))
    co_return 0;
  co_return fs.front().get();
}
Result none_is_late(Futures fs) {
  if (!std::none_of(fs.begin(), fs.end(), [](const Future &f) { return f.wait_for(0s) == late; }))
    co_return 0;
  int sum = 0;
  for (auto &f : fs)
    sum += f.get();
  co_return sum;
}
Result any_bad(Futures fs) {
  int sum = 0;
  if (std::any_of(fs.begin(), fs.end(), is_ready))
    for (auto &f : fs)
      sum += f.get(); // expect: sync-wait-in-coroutine
  co_return sum;
}
Result not_all_bad(Futures fs) {
  if (std::all_of(fs.begin(), fs.end(), is_ready))
    co_return 0;
  co_return fs.front().get(); // expect: sync-wait-in-coroutine
}
Result all_others_bad(Futures fs, Futures others) {
  if (std::all_of(others.begin(), others.end(), is_ready))
    co_return fs.front().get(); // expect: sync-wait-in-coroutine
  co_return 0;
}

Result tried(std::latch &done) {
  while (!done.try_wait())
    co_await later();
  done.wait();
  co_return 1;
}
Result tried_bad(std::latch &done, std::latch &other) {
  if (!done.try_wait())
    done.wait(); // expect: sync-wait-in-coroutine
  while (!other.try_wait())
    co_await later();
  done.wait(); // expect: sync-wait-in-coroutine
  co_return 1;
}
