// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Results that are there when they are asked for, coroutines that run where their caller says, and one that a plain
// function runs to its end. Only what is marked waits.
// RUN: %marks --checks=-*,threadbare-* %s
#include <chrono>
#include <coroutine>
#include <exception>
#include <memory>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace concurrencpp {
enum class result_status { idle, value, exception };
struct executor_tag {};
struct thread_pool_executor {};
template <class T> struct awaiter {
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<>);
  T await_resume();
};
struct promise {
  std::suspend_never initial_suspend() noexcept { return {}; }
  std::suspend_never final_suspend() noexcept { return {}; }
  void unhandled_exception() {}
};
template <class T> struct result {
  struct promise_type : promise {
    result get_return_object();
    void return_value(T);
  };
  result(result &&) noexcept;
  result_status status() const;
  void wait();
  template <class R, class P> result_status wait_for(std::chrono::duration<R, P>);
  T get();
  awaiter<result> resolve();
  awaiter<T> operator co_await();
};
template <> struct result<void> {
  struct promise_type : promise {
    result get_return_object();
    void return_void();
  };
  result(result &&) noexcept;
  void get();
  awaiter<void> operator co_await();
};
template <class T> struct lazy_result {
  awaiter<T> operator co_await();
};
template <class T> struct any_result {
  std::size_t index;
  std::vector<T> results;
};
template <class... R> lazy_result<std::tuple<R...>> when_all(std::shared_ptr<thread_pool_executor>, R &&...);
template <class I> lazy_result<any_result<result<int>>> when_any(std::shared_ptr<thread_pool_executor>, I, I);
} // namespace concurrencpp

using concurrencpp::result;
using concurrencpp::result_status;
using pool = std::shared_ptr<concurrencpp::thread_pool_executor>;

static int taken(result<int> r) { return r.get(); }
template <class F> static void tries(F f) {
  try {
    f();
  } catch (...) {
  }
}

result<int> resolved_ok(result<int> r) {
  auto done = co_await r.resolve();
  tries([&done] { done.get(); });
  co_return done.get();
}
result<int> passed_on_ok(result<int> r) { co_return taken(co_await r.resolve()); }
result<int> all_ok(pool p, result<int> a, result<int> b) {
  auto all = concurrencpp::when_all(p, std::move(a), std::move(b));
  auto done = co_await all;
  int sum = std::get<0>(done).get();
  sum += taken(std::move(std::get<1>(done)));
  co_return sum;
}
result<int> first_ok(pool p, std::vector<result<int>> of) {
  auto first = co_await concurrencpp::when_any(p, of.begin(), of.end());
  co_return first.results[first.index].get();
}
result<int> asked_ok(result<int> r) {
  if (r.status() != result_status::idle)
    co_return r.get();
  co_return 0;
}
result<int> polled_ok(result<int> r) {
  if (r.wait_for(std::chrono::milliseconds(0)) == result_status::value)
    co_return r.get();
  co_return 0;
}
template <class A, class B> void assert_equal(const A &given, const B &expected);
template <class A, class B> void assert_not_equal(const A &given, const B &expected);
template <class A, class B> void compare(const A &given, const B &expected);
template <class T> struct Decomposed {
  Decomposed operator==(const T &) const;
};
struct Decomposer {
  template <class T> Decomposed<T> operator<=(const T &) const;
};
template <class T> void handle(const T &);
result<int> asserted_ok(result<int> r) {
  assert_equal(r.status(), result_status::value);
  co_return r.get();
}
result<int> failed_ok(result<int> r) {
  assert_equal(r.status(), result_status::exception);
  co_return r.get();
}
result<int> required_ok(result<int> r) {
  handle(Decomposer() <= r.wait_for(std::chrono::milliseconds(0)) == result_status::value);
  co_return r.get();
}
result<int> asserted_idle_bad(result<int> r) {
  assert_equal(r.status(), result_status::idle);
  co_return r.get(); // expect: sync-wait-in-coroutine
}
result<int> denied_bad(result<int> r) {
  assert_not_equal(r.status(), result_status::value);
  co_return r.get(); // expect: sync-wait-in-coroutine
}
result<int> compared_bad(result<int> r) {
  compare(r.status(), result_status::value);
  co_return r.get(); // expect: sync-wait-in-coroutine
}
result<int> told_bad(result<int> r) {
  bool done = r.status() == result_status::value;
  handle(done);
  co_return r.get(); // expect: sync-wait-in-coroutine
}
result<int> told_apart_bad(result<int> r) {
  if (r.status() == result_status::idle)
    co_return r.get(); // expect: sync-wait-in-coroutine
  co_return r.get();
}
result<int> not_awaited_bad(result<int> r, result<int> other) {
  co_await other.resolve();
  co_return taken(std::move(r)); // expect: sync-wait-in-coroutine
}

result<void> on_an_executor_ok(concurrencpp::executor_tag, pool) {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  co_return;
}
result<void> at_once_bad() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1)); // expect: blocking-call-in-coroutine
  co_return;
}

// A task of the project's own.
struct Errand {
  struct promise_type {
    Errand get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
  void resume() { handle.resume(); }
};
static Errand by_hand_ok() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  co_return;
}
static Errand left_alone_bad() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1)); // expect: blocking-call-in-coroutine
  co_return;
}

int main(int argc, char **) {
  auto errand = by_hand_ok();
  errand.resume();
  auto again = by_hand_ok();
  again.handle.resume();
  auto other = left_alone_bad();
  return argc;
}
