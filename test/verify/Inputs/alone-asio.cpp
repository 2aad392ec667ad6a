// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines of Asio run on its loop: one that blocks, one that does not, and one of a class.
#ifdef WITH_BOOST
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
namespace asio = boost::asio;
#else
#define ASIO_HAS_CO_AWAIT 1 // Debian's Asio does not know that this Clang has it
#define ASIO_HAS_STD_COROUTINE 1
#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#endif

#include <chrono>
#include <thread>

using namespace std::chrono_literals;

asio::awaitable<int> handle() {
  std::this_thread::sleep_for(20ms); // claim handle call std::this_thread
  co_return 1;
}

void look() {}

asio::awaitable<void> rest() {
  asio::steady_timer timer(co_await asio::this_coro::executor, 20ms);
  co_await timer.async_wait(asio::use_awaitable);
  look(); // claim rest call look
}

class Server {
public:
  asio::awaitable<void> serve() {
    std::this_thread::sleep_for(10ms); // claim Server::serve call std::this_thread
    co_return;
  }
};
