// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "radio.h"
#include <boost/asio.hpp>

namespace asio = boost::asio;

static long received, scheduled;

static void scan(int channel) {
  radio::listen(channel, [] { ++received; });
  ++received;
}

asio::awaitable<void> serve() {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (int channel = 0; channel < 3; ++channel) {
    pause.expires_after(std::chrono::milliseconds(30));
    co_await pause.async_wait(asio::use_awaitable);
    scan(channel);
    radio_tune(channel);
    radio::schedule([] { ++scheduled; });
  }
  pause.expires_after(std::chrono::milliseconds(100));
  co_await pause.async_wait(asio::use_awaitable);
}

int main() {
  asio::io_context loop;
  asio::co_spawn(loop, serve(), asio::detached);
  loop.run();
}
