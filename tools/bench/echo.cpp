// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines on one loop that send each other lines over sockets: every step is a system call that could block.
#include <boost/asio.hpp>

#include <cstdlib>

namespace asio = boost::asio;
using Socket = asio::local::stream_protocol::socket;

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

int main(int argc, char **argv) {
  asio::io_context loop(1);
  for (int i = 0; i < 8; ++i) {
    Socket near(loop), far(loop);
    asio::local::connect_pair(near, far);
    asio::co_spawn(loop, answer(std::move(near)), asio::detached);
    asio::co_spawn(loop, ask(std::move(far), argc > 1 ? std::atoi(argv[1]) : 10'000), asio::detached);
  }
  loop.run();
}
