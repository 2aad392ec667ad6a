// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "dongle.h"
#include <boost/asio.hpp>

namespace asio = boost::asio;

static int measure() { return dongle_fetch(3); }

asio::awaitable<void> serve() {
  asio::steady_timer pause(co_await asio::this_coro::executor, std::chrono::milliseconds(1));
  for (int i = 0; i < 3; ++i) {
    co_await pause.async_wait(asio::use_awaitable);
    measure();
  }
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, serve(), asio::detached);
  loop.run();
}
