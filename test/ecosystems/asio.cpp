// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Standalone Asio.
// expect-flags: -DASIO_HAS_CO_AWAIT=1 -DASIO_HAS_STD_COROUTINE=1
// RUN: %marks %s
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>

#include <fstream>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using asio::awaitable;
using asio::use_awaitable;

static void append(const std::string &line) {
  std::ofstream out("log", std::ios::app);
  out << line << '\n';
}

struct Connection {
  asio::ip::tcp::socket socket;
  awaitable<void> serve_bad() {
    char data[128];
    for (;;) {
      std::size_t n = co_await socket.async_read_some(asio::buffer(data), use_awaitable);
      append(std::string(data, n)); // expect: blocking-call-in-coroutine; note: append -> std::ofstream
      co_await asio::async_write(socket, asio::buffer(data, n), use_awaitable);
    }
  }
};

awaitable<void> resolves_bad(asio::ip::tcp::resolver &resolver) {
  auto found = resolver.resolve("example.org", "80"); // expect: blocking-call-in-coroutine
  (void)found;
  co_return;
}
awaitable<void> resolves_ok(asio::ip::tcp::resolver &resolver) {
  auto found = co_await resolver.async_resolve("example.org", "80", use_awaitable);
  (void)found;
}

awaitable<int> waits_bad(asio::io_context &io) {
  auto f = asio::co_spawn(io, []() -> awaitable<int> { co_return 1; }, asio::use_future);
  co_return f.get(); // expect: sync-wait-in-coroutine
}

std::future<std::string> packaged_bad(asio::thread_pool &pool, std::string path) { // expect: async-over-thread-pool
  return asio::post(pool, std::packaged_task<std::string()>([path] {
                      std::ifstream in(path);
                      std::string line;
                      std::getline(in, line);
                      return line;
                    }));
}

class Counter {
  asio::io_context io;
  asio::strand<asio::io_context::executor_type> strand = asio::make_strand(io);
  int plain = 0, stranded = 0;

public:
  void run() {
    for (int i = 0; i < 10; ++i) {
      asio::post(io, [this] { ++plain; }); // expect: unsynchronized-shared-counter
      asio::post(strand, [this] { ++stranded; });
    }
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([this] { io.run(); });
    for (auto &t : threads)
      t.join();
  }
};

int main() { Counter().run(); }
