// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-async-over-thread-pool %s
// Honest concurrency. No finding of async-over-thread-pool may stand in this file.
#include <boost/asio.hpp>
#include <functional>
#include <future>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using asio::ip::tcp;

// The kernel tells when it is ready: asynchronous all the way down.
asio::awaitable<std::size_t> echo(tcp::socket &socket) {
  char data[512];
  std::size_t n = co_await socket.async_read_some(asio::buffer(data), asio::use_awaitable);
  co_return co_await asio::async_write(socket, asio::buffer(data, n), asio::use_awaitable);
}

// An executor's own interface takes any callable: it is the pool, it does not hide one.
class Pool {
  asio::thread_pool threads{4};

public:
  template <class F> auto submit(F f) { return asio::post(threads, std::packaged_task<void()>(std::move(f))); }
  void run(std::function<void()> f) { asio::post(threads, std::move(f)); }
};
template <class F> std::future<void> run_in_background(F f) { return std::async(std::launch::async, std::move(f)); }

// Computing on other cores is what pools are for.
std::future<double> mean_async(std::vector<double> v) {
  return std::async(std::launch::async,
                    [v = std::move(v)] { return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size()); });
}

// A deferred call and a ready value use no thread.
std::future<int> lazily(int n) {
  return std::async(std::launch::deferred, [n] { return n * 2; });
}
std::future<int> ready(int n) {
  std::promise<int> p;
  p.set_value(n);
  return p.get_future();
}

// A service that owns its thread and says so; it is not a wrapper of a call.
class Logger {
  std::jthread thread_;

public:
  void start() { thread_ = std::jthread([](std::stop_token stop) { while (!stop.stop_requested()) std::this_thread::yield(); }); }
};

int main() {}
