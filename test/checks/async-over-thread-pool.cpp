// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
#include <boost/asio.hpp>

#include <condition_variable>
#include <deque>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <mutex>
#include <netdb.h>
#include <numeric>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace asio = boost::asio;

static std::string slurp(std::string path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// ---- wrappers -----------------------------------------------------------------------------------------------------

std::future<std::string> future_bad(std::string path) { // expect: async-over-thread-pool; note: slurp
  return std::async(std::launch::async, slurp, std::move(path));
}

std::future<std::string> promise_bad(std::string path) { // expect: async-over-thread-pool
  auto promise = std::make_shared<std::promise<std::string>>();
  std::thread([promise, path] { promise->set_value(slurp(path)); }).detach();
  return promise->get_future();
}

void callback_bad(asio::thread_pool &pool, const char *host, std::function<void(int)> done) { // expect: async-over-thread-pool
  asio::post(pool, [host, done] {
    addrinfo *list = nullptr;
    int status = ::getaddrinfo(host, "80", nullptr, &list);
    done(status);
  });
}

asio::awaitable<std::string> coroutine_bad(asio::thread_pool &pool, std::string path) { // expect: async-over-thread-pool
  co_await asio::post(asio::bind_executor(pool, asio::use_awaitable));
  co_return slurp(path);
}

std::future<std::string> wrapped_bad() { // expect: async-over-thread-pool
  return future_bad("/etc/hosts");
}

// A pool of the project's own: what is pushed into the queue that a thread drains runs on that thread.
class Workers {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> jobs;
  std::jthread thread{[this](std::stop_token stop) { drain(stop); }};

  void drain(std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return !jobs.empty(); });
      auto job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      job();
    }
  }

public:
  void submit_ok(std::function<void()> job) {
    std::lock_guard lock(mutex);
    jobs.push_back(std::move(job));
    changed.notify_one();
  }
};

void own_pool_bad(Workers &workers, std::string path, std::function<void(std::string)> done) { // expect: async-over-thread-pool
  workers.submit_ok([path, done] { done(slurp(path)); });
}

// ---- honest -------------------------------------------------------------------------------------------------------

asio::awaitable<std::size_t> kernel_ok(asio::ip::tcp::socket &socket) {
  char data[512];
  co_return co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
}

// A caller of a pool, as it should be: one blocking step among others ...
asio::awaitable<void> handler_ok(asio::ip::tcp::socket socket, asio::thread_pool &pool) {
  char data[512];
  std::size_t n = co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
  std::string text = co_await asio::co_spawn(
      pool, [path = std::string(data, n)]() -> asio::awaitable<std::string> { co_return slurp(path); },
      asio::use_awaitable);
  co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
}
// ... or work that nobody waits for.
asio::awaitable<void> starts_ok(asio::thread_pool &pool) {
  asio::post(pool, [] { slurp("warm"); });
  co_return;
}
asio::awaitable<std::string> only_waits_bad(asio::thread_pool &pool, std::string path) { // expect: async-over-thread-pool
  co_return co_await asio::co_spawn(
      pool, [path]() -> asio::awaitable<std::string> { co_return slurp(path); }, asio::use_awaitable);
}

template <class F> std::future<void> executor_ok(F f) { return std::async(std::launch::async, std::move(f)); }

std::future<long> computes_ok(std::vector<long> values) {
  return std::async(std::launch::async,
                    [values = std::move(values)] { return std::accumulate(values.begin(), values.end(), 0L); });
}

std::future<std::string> deferred_ok(std::string path) {
  return std::async(std::launch::deferred, slurp, std::move(path));
}

std::future<int> ready_ok(int n) {
  std::promise<int> promise;
  promise.set_value(n);
  return promise.get_future();
}

std::string blocking_ok(std::string path) { return slurp(std::move(path)); }

// NOLINTNEXTLINE(threadbare-async-over-thread-pool): one at a time, at start-up
std::future<std::string> suppressed_ok(std::string path) {
  return std::async(std::launch::async, [path] { return slurp(path); });
}

int main() {
  Workers workers;
  own_pool_bad(workers, "/etc/hosts", [](std::string) {});
}
