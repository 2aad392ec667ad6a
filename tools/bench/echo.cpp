// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines on one loop that send each other lines: every step is a system call that could block. Over TCP, as servers
// do, or over sockets of the machine's own, where the call costs the least.
//
//     echo [local [ROUNDS]]
#include <boost/asio.hpp>

#include <cstdlib>
#include <string_view>

namespace asio = boost::asio;
using Socket = asio::generic::stream_protocol::socket;

asio::awaitable<void> answer(Socket socket) {
  char line[64];
  try {
    for (;;) {
      co_await asio::async_read(socket, asio::buffer(line), asio::use_awaitable);
      co_await asio::async_write(socket, asio::buffer(line), asio::use_awaitable);
    }
  } catch (const boost::system::system_error &) {
  }
}

asio::awaitable<void> ask(Socket socket, int rounds) {
  char line[64] = {};
  for (int i = 0; i < rounds; ++i) {
    co_await asio::async_write(socket, asio::buffer(line), asio::use_awaitable);
    co_await asio::async_read(socket, asio::buffer(line), asio::use_awaitable);
  }
}

void start(asio::io_context &loop, Socket near, Socket far, int rounds) {
  asio::co_spawn(loop, answer(std::move(near)), asio::detached);
  asio::co_spawn(loop, ask(std::move(far), rounds), asio::detached);
}

void connectLocally(asio::io_context &loop, int rounds) {
  asio::local::stream_protocol::socket near(loop), far(loop);
  asio::local::connect_pair(near, far);
  start(loop, std::move(near), std::move(far), rounds);
}

void connect(asio::io_context &loop, asio::ip::tcp::acceptor &door, int rounds) {
  asio::ip::tcp::socket far(loop);
  far.connect(door.local_endpoint());
  far.set_option(asio::ip::tcp::no_delay(true));
  asio::ip::tcp::socket near = door.accept();
  near.set_option(asio::ip::tcp::no_delay(true));
  start(loop, std::move(near), std::move(far), rounds);
}

int main(int argc, char **argv) {
  asio::io_context loop(1);
  asio::ip::tcp::acceptor door(loop, {asio::ip::address_v4::loopback(), 0});
  const bool local = argc > 1 && std::string_view(argv[1]) == "local";
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 10'000;
  for (int i = 0; i < 8; ++i)
    local ? connectLocally(loop, rounds) : connect(loop, door, rounds);
  loop.run();
}
