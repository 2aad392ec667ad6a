// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-sync-wait-in-coroutine %s
// The end of a scope waits for what it still owns: jthreads and std::async's futures as locals, temporaries, members,
// elements and behind pointers. What was moved, detached, released, joined or never started is not waited for.
#include <array>
#include <boost/asio.hpp>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;

int compute();
void keep(std::future<int> f);

struct Sampler {
  explicit Sampler(int period) : period_(period), thread_([this] { sample(); }) {}
  void sample() {}

private:
  int period_;
  std::jthread thread_;
};
struct Recorder : Sampler {
  Recorder() : Sampler(5) {}
  ~Recorder() { stopped_ = true; }

private:
  bool stopped_ = false;
};
class Started {
public:
  void start() { thread_ = std::jthread(compute); }

private:
  std::jthread thread_;
};
struct Result {
  std::future<int> value;
  std::string name;
};
static Result launch(std::string name) { return {std::async(std::launch::async, compute), std::move(name)}; }
static std::future<int> later() { return std::async(std::launch::async, compute); }
static std::future<int> lazily() { return std::async(std::launch::deferred, compute); }

awaitable<void> member_bad() {
  Sampler s(1);  // expect: sync-wait-in-coroutine
  co_return;
}
awaitable<void> base_bad() {
  Recorder r;  // expect: sync-wait-in-coroutine
  co_return;
}
awaitable<void> started_by_a_method_bad() {
  Started s;  // expect: sync-wait-in-coroutine
  s.start();
  co_return;
}
awaitable<void> never_started_ok() {
  Started s;
  co_return;
}
awaitable<void> from_a_function_bad() {
  auto f = later();  // expect: sync-wait-in-coroutine; note: std::future<int>::~future
  co_return;
}
awaitable<void> deferred_from_a_function_ok() {
  auto f = lazily();
  co_return;
}
awaitable<void> part_of_a_result_bad() {
  auto r = launch("a");  // expect: sync-wait-in-coroutine
  co_return;
}
awaitable<void> behind_a_pointer_bad() {
  auto t = std::make_unique<std::jthread>(compute);  // expect: sync-wait-in-coroutine
  co_return;
}
awaitable<void> released_ok(std::jthread *&slot) {
  auto t = std::make_unique<std::jthread>(compute);
  slot = t.release();
  co_return;
}
awaitable<void> optional_bad() {
  std::optional<std::jthread> t;  // expect: sync-wait-in-coroutine
  t.emplace(compute);
  co_return;
}
awaitable<void> futures_bad(int n) {
  std::vector<std::future<int>> all;  // expect: sync-wait-in-coroutine
  for (int i = 0; i < n; ++i) all.push_back(std::async(std::launch::async, compute));
  co_return;
}
awaitable<void> branch_bad(bool more) {
  std::jthread t;  // expect: sync-wait-in-coroutine
  if (more) t = std::jthread(compute);
  co_return;
}
awaitable<void> statement_bad() {
  (void)std::async(std::launch::async, compute);  // expect: sync-wait-in-coroutine
  co_return;
}

awaitable<void> moved_to_a_function_ok() {
  auto f = later();
  keep(std::move(f));
  co_return;
}
awaitable<void> moved_on_one_way(bool keeps) {
  std::future<int> f = later();
  if (keeps) {
    keep(std::move(f));
    co_return;
  }
  f = {};  // expect: sync-wait-in-coroutine; note: std::future<int>::operator=
  keep(std::move(f));
}
awaitable<std::unique_ptr<Sampler>> returned_ok() {
  auto s = std::make_unique<Sampler>(2);
  co_return s;
}
awaitable<void> given_to_a_container_ok(std::vector<std::unique_ptr<Sampler>> &all) {
  auto s = std::make_unique<Sampler>(2);
  all.push_back(std::move(s));
  co_return;
}
awaitable<void> moved_into_a_task_ok(asio::thread_pool &pool) {
  auto f = later();
  asio::post(pool, [f = std::move(f)]() mutable { f.get(); });
  co_return;
}
awaitable<void> detached_on_every_way_ok() {
  std::jthread a(compute), b(compute);
  a.detach();
  b.detach();
  co_return;
}
awaitable<void> a_plain_thread_ok() {
  std::thread t(compute);
  t.detach();
  co_return;
}
awaitable<void> promised_ok() {
  std::promise<int> p;
  auto f = p.get_future();
  asio::post(co_await asio::this_coro::executor, [p = std::move(p)]() mutable { p.set_value(1); });
}

// Not a coroutine: it may wait.
void plain_ok() { std::jthread t(compute); }
