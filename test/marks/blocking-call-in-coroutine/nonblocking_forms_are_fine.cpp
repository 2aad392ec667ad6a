// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// The same functions, in the forms that return at once. No finding may stand in this file.
#include <boost/asio.hpp>
#include <condition_variable>
#include <fcntl.h>
#include <future>
#include <mutex>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> zero_timeouts(int fd, std::future<int> &result) {
  char b[16];
  pollfd p{fd, POLLIN, 0};
  ::poll(&p, 1, 0);
  epoll_event e{};
  ::epoll_wait(fd, &e, 1, 0);
  ::recv(fd, b, sizeof b, MSG_DONTWAIT);
  ::recv(fd, b, sizeof b, MSG_PEEK | MSG_DONTWAIT);
  ::waitpid(-1, nullptr, WNOHANG);
  if (result.wait_for(0s) == std::future_status::ready) {}
  std::this_thread::sleep_for(0s);
  std::this_thread::yield();
  co_return;
}

asio::awaitable<void> tries(std::mutex &m) {
  if (m.try_lock()) m.unlock();
  std::unique_lock lock(m, std::try_to_lock);
  co_return;
}

// A short critical section with no await in it is normal C++.
asio::awaitable<int> short_critical_section(std::mutex &m, int &value) {
  std::lock_guard lock(m);
  co_return ++value;
}

// A descriptor that this function made non-blocking.
asio::awaitable<void> made_nonblocking() {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  char b[16];
  ::recv(fd, b, sizeof b, 0);
  co_return;
}

// The asynchronous forms of the ecosystem.
asio::awaitable<void> asynchronous(asio::ip::tcp::socket s) {
  char b[16];
  asio::steady_timer t(s.get_executor(), 1s);
  co_await t.async_wait(asio::use_awaitable);
  co_await s.async_read_some(asio::buffer(b), asio::use_awaitable);
}

// Unevaluated and discarded code does not run.
asio::awaitable<void> unevaluated() {
  static_assert(sizeof(::poll(nullptr, 0, -1)) > 0);
  if constexpr (false) ::poll(nullptr, 0, -1);
  co_return;
}

int main() {}
