// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <chrono>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

asio::awaitable<void> Server::listen() {
  auto executor = co_await asio::this_coro::executor;
  for (;;) {
    tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
    asio::co_spawn(executor, session(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> Server::session(tcp::socket socket) {
  std::string received;
  for (;;) {
    std::size_t n = co_await asio::async_read_until(socket, asio::dynamic_buffer(received), '\n', asio::use_awaitable);
    std::string reply = co_await answer(received.substr(0, n - 1)) + "\n";
    received.erase(0, n);
    metrics_.requests++; // four threads run the loop: increments are lost
    metrics_.bytes_out += static_cast<long>(reply.size());
    co_await asio::async_write(socket, asio::buffer(reply), asio::use_awaitable);
  }
}

asio::awaitable<std::string> Server::answer(std::string line) {
  if (line.starts_with("GET "))
    co_return store_.find(line.substr(4)); // two calls further down it waits for the disk
  if (line.starts_with("GET-LARGE "))
    co_return co_await store_.find_on_pool(line.substr(10));
  if (line.starts_with("FIND "))
    co_return co_await index_.find(line.substr(5));
  if (line.starts_with("TRY "))
    co_return co_await index_.find_if_ready(line.substr(4));
  asio::steady_timer pause(co_await asio::this_coro::executor, 100ms); // slow down those who guess
  co_await pause.async_wait(asio::use_awaitable);
  co_return "what?";
}
