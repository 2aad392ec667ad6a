// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// The accept loop of every Asio server: sessions are spawned on the executor that the listener runs on. Whether their
// counter races depends on how many threads run the loop.
#include <boost/asio.hpp>

#include <thread>
#include <vector>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

struct Metrics {
  long requests = 0;
};

class Server {
  tcp::acceptor acceptor;
  Metrics metrics;

public:
  explicit Server(asio::io_context &io) : acceptor(io, {tcp::v4(), 7070}) {}

  awaitable<void> listen() {
    auto executor = co_await asio::this_coro::executor;
    for (;;) {
      tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
      asio::co_spawn(executor, session_bad(std::move(socket)), asio::detached);
    }
  }
  awaitable<void> session_bad(tcp::socket socket) {
    for (;;) {
      char data[64];
      co_await socket.async_read_some(asio::buffer(data), use_awaitable);
      metrics.requests++; // expect: unsynchronized-shared-counter
    }
  }
};

// The same without a variable for the executor, and with a lambda.
static long served = 0;
static long awaited = 0;
// Not found yet: a session that is a lambda, started on the executor of who accepts.
static awaitable<void> FN_step() {
  awaited++;
  co_return;
}
static awaitable<void> listen(tcp::acceptor &acceptor) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(use_awaitable);
    asio::co_spawn(
        co_await asio::this_coro::executor,
        [socket = std::move(socket)]() mutable -> awaitable<void> {
          ++served; // FN_
          co_await FN_step();
          co_await asio::async_write(socket, asio::buffer("x"), use_awaitable);
        },
        asio::detached);
  }
}

static void several_threads() {
  asio::io_context io;
  Server server(io);
  tcp::acceptor acceptor(io);
  asio::co_spawn(io, server.listen(), asio::detached);
  asio::co_spawn(io, listen(acceptor), asio::detached);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&io] { io.run(); });
}

// One thread runs this one.
static long alone = 0;
static awaitable<void> session_ok(tcp::socket socket) {
  for (;;) {
    char data[64];
    co_await socket.async_read_some(asio::buffer(data), use_awaitable);
    alone++;
  }
}
static awaitable<void> listen_alone(tcp::acceptor &acceptor) {
  auto executor = co_await asio::this_coro::executor;
  for (;;)
    asio::co_spawn(executor, session_ok(co_await acceptor.async_accept(use_awaitable)), asio::detached);
}
static void one_thread() {
  asio::io_context io;
  tcp::acceptor acceptor(io);
  asio::co_spawn(io, listen_alone(acceptor), asio::detached);
  io.run();
}

// Each session on a strand of its own, with a counter of its own: nothing is shared.
struct Own {
  tcp::socket socket;
  long messages = 0;
  awaitable<void> run_ok() {
    char data[64];
    for (;;) {
      co_await socket.async_read_some(asio::buffer(data), use_awaitable);
      messages++;
    }
  }
};
static awaitable<void> own_session(tcp::socket socket) {
  Own own{std::move(socket)};
  co_await own.run_ok();
}
static void own_counters() {
  asio::io_context io;
  for (int i = 0; i < 4; ++i)
    asio::co_spawn(asio::make_strand(io), own_session(tcp::socket(io)), asio::detached);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&io] { io.run(); });
}

int main() {
  several_threads();
  one_thread();
  own_counters();
}
