// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// What an assignment, reset() or clear() ends is waited for: a std::jthread that runs, the future of std::async.
#include <boost/asio.hpp>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using Void = asio::awaitable<void>;
using Future = std::future<int>;
int work();
constexpr auto now = std::launch::async;
constexpr auto later = std::launch::deferred;

// ---- assignments ---------------------------------------------------------------------------------------------------

Void another_thread_bad() {
  std::jthread worker([] { work(); });
  worker = std::jthread([] { work(); }); // expect: sync-wait-in-coroutine; note: std::jthread::operator=
  worker.detach();
  co_return;
}
Void first_thread_ok() {
  std::jthread worker;
  worker = std::jthread([] { work(); });
  worker.detach();
  co_return;
}
Void no_thread_bad() {
  std::jthread worker([] { work(); });
  worker = {}; // expect: sync-wait-in-coroutine
  co_return;
}
Void detached_ok() {
  std::jthread worker([] { work(); });
  worker.detach();
  worker = std::jthread();
  co_return;
}
Void given_away_ok(std::vector<std::jthread> &kept) {
  std::jthread worker([] { work(); });
  kept.push_back(std::move(worker));
  worker = std::jthread();
  co_return;
}
Void passed_on_ok(std::vector<std::jthread> &kept) {
  std::jthread first, second;
  first = std::jthread([] { work(); });
  second = std::move(first);
  first = std::jthread();
  kept.push_back(std::move(second));
  co_return;
}
Void passed_on_bad() {
  std::jthread first, second;
  first = std::jthread([] { work(); });
  second = std::move(first);
  second = std::jthread(); // expect: sync-wait-in-coroutine
  co_return;
}
Void another_future_bad() {
  auto f = std::async(now, work);
  f = std::async(later, work); // expect: sync-wait-in-coroutine; note: operator=
  co_return;
}
Void other_futures_ok(std::promise<int> &one) {
  Future f;
  f = one.get_future();
  f = std::async(later, work);
  f = Future();
  co_return;
}
Void waited_for() {
  auto f = std::async(now, work);
  f.get(); // expect: sync-wait-in-coroutine
  f = Future();
  co_return;
}
// Each is another one's.
Void array(std::vector<Future> &kept) {
  std::vector<Future> futures(3);
  for (auto &f : futures)
    f = std::async(now, work);
  for (std::size_t i = 0; i < futures.size(); ++i)
    futures[i] = std::async(now, work);
  kept = std::move(futures);
  co_return;
}
class Server {
  std::jthread worker;
  Future result;

public:
  Void restart_ok() {
    worker = std::jthread([] { work(); });
    result = Future();
    co_return;
  }
  Void restart_twice_bad() {
    worker = std::jthread([] { work(); });
    co_await asio::post(asio::use_awaitable);
    worker = std::jthread([] { work(); }); // expect: sync-wait-in-coroutine
    co_return;
  }
};
Void round_by_round_ok(std::vector<std::jthread> &kept) {
  for (int i = 0; i < 3; ++i) {
    std::jthread worker;
    worker = std::jthread([] { work(); });
    kept.push_back(std::move(worker));
  }
  co_return;
}

// ---- reset() and clear() -------------------------------------------------------------------------------------------

Void reset_bad() {
  std::optional<Future> f;
  f = std::async(now, work);
  f.reset(); // expect: sync-wait-in-coroutine
  co_return;
}
Void reset_emplaced_bad() {
  std::optional<std::jthread> worker;
  worker.emplace([] { work(); });
  worker.reset(); // expect: sync-wait-in-coroutine
  co_return;
}
Void reset_initialised_bad() {
  std::optional<Future> f = std::async(now, work);
  f.reset(); // expect: sync-wait-in-coroutine
  co_return;
}
Void nothing_instead_bad() {
  std::optional<Future> f(std::async(now, work));
  f = std::nullopt; // expect: sync-wait-in-coroutine
  co_return;
}
Void reset_ok() {
  std::optional<Future> f;
  f.reset();
  f = std::async(later, work);
  f.reset();
  co_return;
}
Void clear_bad() {
  std::vector<Future> futures;
  for (int i = 0; i < 3; ++i)
    futures.push_back(std::async(now, work));
  futures.clear(); // expect: sync-wait-in-coroutine
  co_return;
}
Void clear_threads_bad() {
  std::vector<std::jthread> workers;
  workers.emplace_back([] { work(); });
  workers.clear(); // expect: sync-wait-in-coroutine
  co_return;
}
Void clear_ok(std::vector<Future> given) {
  std::vector<Future> futures;
  futures.push_back(std::async(later, work));
  futures.clear();
  given.clear();
  co_return;
}

// ---- who has it now? -----------------------------------------------------------------------------------------------

void shut_down(std::jthread &worker);
Void shut_down_elsewhere_ok() {
  std::jthread worker([] { work(); });
  shut_down(worker);
  worker = std::jthread();
  co_return;
}
Void swapped_ok(std::vector<std::jthread> &kept) {
  std::jthread worker([] { work(); }), other;
  std::swap(worker, other);
  worker = std::jthread();
  kept.push_back(std::move(other));
  co_return;
}
Void exchanged_ok(std::vector<std::jthread> &kept) {
  std::jthread worker([] { work(); });
  kept.push_back(std::exchange(worker, std::jthread()));
  worker = std::jthread();
  co_return;
}
Void only_if_there_is_none_ok(std::vector<std::jthread> &kept) {
  std::jthread worker;
  if (!worker.joinable())
    worker = std::jthread([] { work(); });
  kept.push_back(std::move(worker));
  co_return;
}
Void given_away_each_time_ok(std::vector<std::jthread> &kept) {
  std::jthread worker;
  for (int i = 0; i < 3; ++i) {
    worker = std::jthread([] { work(); });
    kept.push_back(std::move(worker));
  }
  co_return;
}
