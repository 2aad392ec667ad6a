// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-async-over-thread-pool %s
// "Asynchronous" functions whose body hands a blocking call to a thread: the caller pays for a
// thread for each call in flight, and the pool's size is the real limit on concurrency.
#include <boost/asio.hpp>
#include <fstream>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace asio = boost::asio;

static std::string slurp(std::string path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// std::async starts a thread for each call.
std::future<std::string> read_async(std::string path) {  // expect: async-over-thread-pool
  return std::async(std::launch::async, [path] { return slurp(path); });
}

// A promise that a detached thread fulfils.
std::future<std::string> read_detached(std::string path) {  // expect: async-over-thread-pool
  std::promise<std::string> promise;
  auto future = promise.get_future();
  std::thread([path, p = std::move(promise)]() mutable { p.set_value(slurp(path)); }).detach();
  return future;
}

// A coroutine that hops to a pool, blocks there, and hops back.
struct AsyncFile {
  asio::thread_pool &pool;
  asio::awaitable<std::string> read(std::string path) {  // expect: async-over-thread-pool
    auto caller = co_await asio::this_coro::executor;
    co_await asio::post(asio::bind_executor(pool, asio::use_awaitable));
    std::string text = slurp(path);
    co_await asio::post(asio::bind_executor(caller, asio::use_awaitable));
    co_return text;
  }
};

// A callback interface over a pool.
struct Database {
  asio::thread_pool pool{4};
  int query(const std::string &sql) { ::usleep(1000); return static_cast<int>(sql.size()); }
  void async_query(std::string sql, std::function<void(int)> done) {  // expect: async-over-thread-pool
    asio::post(pool, [this, sql, done = std::move(done)] { done(query(sql)); });
  }
};

// A wrapper around a wrapper is one too.
std::future<std::string> read_config_async() {  // expect: async-over-thread-pool
  return read_async("/etc/app.conf");
}

int main() {}
