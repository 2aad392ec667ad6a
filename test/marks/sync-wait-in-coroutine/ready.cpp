// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-sync-wait-in-coroutine %s
// Taking what is there already does not wait: asked for in place, by a helper, by a method, before a return.
#include <boost/asio.hpp>
#include <chrono>
#include <future>
#include <optional>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using namespace std::chrono_literals;

template <class T> bool is_done(const std::future<T> &f) {
  return f.valid() && f.wait_for(0s) == std::future_status::ready;
}
static bool not_yet(std::shared_future<int> &f) { return f.wait_for(0ms) != std::future_status::ready; }
static bool lies(const std::future<int> &f, bool really) {
  if (really) return true;
  return f.wait_for(0s) == std::future_status::ready;
}
class Slot {
public:
  bool done() const {
    if (!f_.valid()) return false;
    auto status = f_.wait_for(0s);
    return status == std::future_status::ready;
  }
  int take() { return f_.get(); }

private:
  std::future<int> f_;
};

awaitable<int> helper_ok(std::future<int> f) {
  if (!is_done(f)) co_return 0;
  co_return f.get();
}
awaitable<int> helper_other_way_bad(std::future<int> f) {
  if (is_done(f)) co_return 0;
  co_return f.get();  // expect: sync-wait-in-coroutine; note: std::future<int>::get
}
awaitable<int> method_ok(Slot &s) {
  if (s.done()) co_return s.take();
  co_return 0;
}
awaitable<int> method_of_another_bad(Slot &a, Slot &b) {
  if (a.done()) co_return b.take();  // expect: sync-wait-in-coroutine; note: Slot::take
  co_return 0;
}
awaitable<int> method_unasked_bad(Slot &s) {
  co_return s.take();  // expect: sync-wait-in-coroutine; note: Slot::take -> std::future<int>::get
}
awaitable<int> both_ok(std::future<int> a, std::future<int> b) {
  if (is_done(a) && is_done(b)) co_return a.get() + b.get();
  co_return 0;
}
awaitable<int> one_of_two_bad(std::future<int> a, std::future<int> b) {
  if (is_done(a) || is_done(b)) co_return a.get();  // expect: sync-wait-in-coroutine
  co_return 0;
}
awaitable<int> lied_to_bad(std::future<int> f) {
  if (lies(f, true)) co_return f.get();  // expect: sync-wait-in-coroutine
  co_return 0;
}
awaitable<int> waited_for_once_bad(std::shared_future<int> f) {
  f.wait();  // expect: sync-wait-in-coroutine
  co_return f.get();
}
awaitable<int> polled_ok(std::shared_future<int> f) {
  asio::steady_timer t(co_await asio::this_coro::executor);
  while (not_yet(f)) {
    t.expires_after(1ms);
    co_await t.async_wait(asio::use_awaitable);
  }
  co_return f.get() ? 1 : 0;
}
awaitable<int> polled_the_wrong_way_bad(std::shared_future<int> f) {
  if (not_yet(f)) co_return f.get();  // expect: sync-wait-in-coroutine
  co_return 0;
}
awaitable<int> bounded_bad(std::future<int> f) {
  if (f.wait_for(50ms) == std::future_status::ready)  // expect: sync-wait-in-coroutine
    co_return f.get();
  co_return 0;
}
