// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Callables that only a library's code calls: with the bodies of system headers skipped nobody would instantiate them.
// Each shape is found in `threadbare check` and in the plugin alike.
// RUN: %marks %s
#include <boost/asio.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <variant>
#include <vector>

namespace asio = boost::asio;

// A functor of a class template, given to a thread.
static int in_thread = 0;
template <class T> struct Worker_bad {
  void operator()() { in_thread += 1; } // expect: unsynchronized-shared-counter
};
static void thread_functor() {
  std::thread a(Worker_bad<int>{}), b(Worker_bad<int>{});
  a.join();
  b.join();
}

// ... posted to a pool.
static int in_pool = 0;
template <class T> struct Handler_bad {
  void operator()() const { in_pool++; } // expect: unsynchronized-shared-counter
};
static void posted_functor() {
  asio::thread_pool pool(2);
  asio::post(pool, Handler_bad<int>{});
  asio::post(pool, Handler_bad<int>{});
  pool.join();
}

// ... in a std::function that a coroutine calls.
template <class T> struct Task {
  void operator()() const { ::sleep(1); }
};
asio::awaitable<void> function_bad() {
  std::function<void()> task = Task<int>{};
  task(); // expect: blocking-call-in-coroutine; note: sleep
  co_return;
}

// A custom deleter.
template <class T> struct Closer {
  void operator()(T *p) const {
    ::fsync(3);
    delete p;
  }
};
asio::awaitable<void> deleter_bad() {
  std::unique_ptr<int, Closer<int>> handle(new int(3)); // expect: blocking-call-in-coroutine; note: fsync
  co_return;
}

// A generic lambda, given to a thread.
static int generic = 0;
static void generic_lambda_bad() {
  std::thread a([](auto n) { generic += n; }, 1); // expect: unsynchronized-shared-counter
  std::thread b([](auto n) { generic += n; }, 2); // expect: unsynchronized-shared-counter
  a.join();
  b.join();
}

// A generic lambda, given to call_once.
static std::once_flag once;
asio::awaitable<void> call_once_bad() {
  std::call_once(once, [](auto) { ::sleep(1); }, 0); // expect: blocking-call-in-coroutine; note: sleep
  co_return;
}

// What the library calls before it returns.
struct Opens {
  Opens() { ::fsync(3); }
  explicit Opens(int) { ::fsync(3); }
};
asio::awaitable<void> make_unique_bad() {
  auto p = std::make_unique<Opens>(); // expect: blocking-call-in-coroutine; note: fsync
  co_return;
}
asio::awaitable<void> make_shared_bad() {
  auto p = std::make_shared<Opens>(1); // expect: blocking-call-in-coroutine; note: fsync
  co_return;
}
asio::awaitable<void> emplace_bad() {
  std::vector<Opens> all;
  all.emplace_back(1); // expect: blocking-call-in-coroutine; note: fsync
  std::optional<Opens> one;
  one.emplace(1); // expect: blocking-call-in-coroutine; note: fsync
  co_return;
}
asio::awaitable<void> algorithm_bad(std::vector<int> v) {
  std::for_each(v.begin(), v.end(), [](int n) { ::usleep(static_cast<unsigned>(n)); }); // expect: blocking-call-in-coroutine; note: usleep
  std::sort(v.begin(), v.end(), [](int a, int b) { return ::usleep(1), a < b; }); // expect: blocking-call-in-coroutine; note: usleep
  co_return;
}
asio::awaitable<void> generic_algorithm_bad(std::vector<int> v) {
  std::for_each(v.begin(), v.end(), [](auto n) { ::usleep(static_cast<unsigned>(n)); }); // expect: blocking-call-in-coroutine; note: usleep
  co_return;
}
static void wait_for(int seconds) { ::sleep(static_cast<unsigned>(seconds)); }
asio::awaitable<void> invoke_bad() {
  std::invoke(wait_for, 1);                 // expect: blocking-call-in-coroutine; note: wait_for -> sleep
  std::apply(wait_for, std::make_tuple(1)); // expect: blocking-call-in-coroutine; note: wait_for -> sleep
  co_return;
}
asio::awaitable<void> visit_bad(std::variant<int, long> v) {
  std::visit([](auto n) { ::usleep(static_cast<unsigned>(n)); }, v); // expect: blocking-call-in-coroutine; note: usleep
  co_return;
}
asio::awaitable<void> bind_bad() {
  auto later = std::bind(wait_for, 1);
  later(); // expect: blocking-call-in-coroutine; note: wait_for -> sleep
  co_return;
}

// The same shapes with nothing in them to report.
template <class T> struct Fine {
  void operator()() const {}
};
asio::awaitable<void> fine_ok() {
  std::thread(Fine<int>{}).detach();
  std::function<void()> task = Fine<int>{};
  task();
  std::vector<int> v{3, 1, 2};
  std::sort(v.begin(), v.end(), [](auto a, auto b) { return a < b; });
  auto p = std::make_unique<std::vector<int>>(3);
  std::invoke([](auto n) { return n; }, 1);
  co_return;
}

int main() {
  thread_functor();
  posted_functor();
  generic_lambda_bad();
}
