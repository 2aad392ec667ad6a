// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-sync-wait-in-coroutine,threadbare-blocking-call-in-coroutine %s
// Library functions as values: bound, by pointer, by mem_fn, given to algorithms and to the project's own templates.
#include <algorithm>
#include <boost/asio.hpp>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <semaphore>
#include <thread>
#include <unistd.h>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;

template <class F, class... A> static auto call(F f, A &&...a) { return std::invoke(f, std::forward<A>(a)...); }
template <class F> struct Finally {
  F f;
  ~Finally() { f(); }
};
template <class F> Finally(F) -> Finally<F>;
struct Sync {
  void operator()(int *fd) const { ::fsync(*fd); }
};

awaitable<void> bound_bad(std::latch &l) {
  auto wait = std::bind(&std::latch::wait, &l);
  wait();  // expect: sync-wait-in-coroutine; note: std::latch::wait
  co_return;
}
awaitable<void> pointer_bad(int fd) {
  int (*flush)(int) = &::fsync;
  flush(fd);  // expect: blocking-call-in-coroutine; note: fsync
  co_return;
}
awaitable<void> all_of_them_bad(std::vector<std::thread> &all) {
  std::for_each(all.begin(), all.end(), std::mem_fn(&std::thread::join));  // expect: sync-wait-in-coroutine
  co_return;
}
awaitable<void> own_template_bad(std::latch &l) {
  call(&std::latch::wait, l);  // expect: sync-wait-in-coroutine
  co_return;
}
awaitable<void> own_template_ok(std::latch &l) {
  call([&l](long n) { l.count_down(n); }, 1);
  co_return;
}
awaitable<void> at_the_end_bad(std::binary_semaphore &s) {
  Finally f{[&] { s.acquire(); }};  // expect: sync-wait-in-coroutine
  co_return;
}
awaitable<void> at_the_end_ok(std::binary_semaphore &s) {
  Finally f{[&] { s.release(); }};
  co_return;
}
awaitable<void> deleter_bad(int *fd) {
  std::unique_ptr<int, Sync> p(fd);  // expect: blocking-call-in-coroutine
  co_return;
}
awaitable<void> not_called_ok(std::vector<std::function<void()>> &at_exit, std::latch &l) {
  at_exit.push_back(std::bind(&std::latch::wait, &l));
  auto f = std::mem_fn(&std::thread::join);
  (void)f;
  co_return;
}
awaitable<void> elsewhere_ok(std::latch &l, asio::thread_pool &pool) {
  std::thread(&std::latch::wait, &l).detach();
  asio::post(pool, std::bind(&std::latch::wait, &l));
  co_return;
}
