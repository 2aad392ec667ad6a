// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
#include <boost/asio.hpp>

#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// ---- directly -----------------------------------------------------------------------------------------------------

asio::awaitable<void> sleeps_bad() {
  std::this_thread::sleep_for(1s); // expect: blocking-call-in-coroutine; note: steady_timer
  co_return;
}

asio::awaitable<void> timer_ok() {
  asio::steady_timer timer(co_await asio::this_coro::executor, 1s);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<std::string> file_bad(const char *path) {
  std::FILE *in = std::fopen(path, "r"); // expect: blocking-call-in-coroutine
  char line[80] = "";
  std::fgets(line, sizeof line, in); // expect: blocking-call-in-coroutine
  std::fclose(in);                   // expect: blocking-call-in-coroutine
  co_return line;
}

asio::awaitable<void> poll_bad(pollfd *fds) {
  ::poll(fds, 1, 1000); // expect: blocking-call-in-coroutine
  co_return;
}

asio::awaitable<void> poll_ok(pollfd *fds) {
  ::poll(fds, 1, 0);
  co_return;
}

// ---- through other functions --------------------------------------------------------------------------------------

static int resolve(const char *host) {
  addrinfo *list = nullptr;
  int status = ::getaddrinfo(host, "80", nullptr, &list);
  if (list)
    ::freeaddrinfo(list);
  return status;
}
static int reachable(const char *host) { return resolve(host) == 0; }

asio::awaitable<int> chain_bad() {
  co_return reachable("example.org"); // expect: blocking-call-in-coroutine; note: reachable -> resolve -> getaddrinfo
}

// A condition that speaks of the helper's own parameter is decided at the call that knows the value.
static long receive(int fd, char *to, unsigned long size, int flags) { return ::recv(fd, to, size, flags); }

asio::awaitable<long> flags_bad(int fd) {
  char data[16];
  co_return receive(fd, data, sizeof data, 0); // expect: blocking-call-in-coroutine
}
asio::awaitable<long> flags_ok(int fd) {
  char data[16];
  co_return receive(fd, data, sizeof data, MSG_DONTWAIT);
}

struct Journal {
  Journal() { ::fsync(3); }
  ~Journal() { ::fsync(3); }
};
asio::awaitable<void> constructor_bad() {
  auto journal = std::make_unique<Journal>(); // expect: blocking-call-in-coroutine
  co_return;
}
struct Flush {
  ~Flush() { ::fsync(3); }
};
asio::awaitable<void> destructor_bad() {
  Flush flush; // expect: blocking-call-in-coroutine
  co_return;
}

struct Source {
  virtual ~Source() = default;
  virtual void next() = 0;
};
namespace {
struct Disk final : Source {
  void next() override { ::fsync(4); }
};
struct Memory final : Source {
  void next() override {}
};
} // namespace
asio::awaitable<void> known_type_bad() {
  Disk disk;
  disk.next(); // expect: blocking-call-in-coroutine; note: Disk::next -> fsync
  co_return;
}
asio::awaitable<void> one_of_two_ok(Source &source) {
  source.next();
  co_return;
}

asio::awaitable<void> lambda_bad() {
  auto wait = [](int seconds) { ::sleep(static_cast<unsigned>(seconds)); };
  wait(1); // expect: blocking-call-in-coroutine
  co_return;
}
asio::awaitable<void> function_object_bad() {
  std::function<void()> wait = [] { ::sleep(1); };
  wait(); // expect: blocking-call-in-coroutine
  co_return;
}
asio::awaitable<void> stored_lambda_ok(std::function<void()> &later) {
  later = [] { ::sleep(1); };
  co_return;
}

template <class T> static void settle(T time) { std::this_thread::sleep_for(time); }
template <class T> asio::awaitable<void> template_bad(T time) {
  settle(time); // expect: blocking-call-in-coroutine; note: settle
  co_return;
}
asio::awaitable<void> instantiates_ok() {
  co_await template_bad(1s);
  co_await template_bad(1ms);
}

// ---- where it does not run on the loop ----------------------------------------------------------------------------

asio::awaitable<int> offloaded_ok(asio::thread_pool &pool) {
  asio::post(pool, [] { ::sleep(1); });
  std::thread([] { resolve("example.org"); }).detach();
  co_return co_await asio::co_spawn(
      pool, []() -> asio::awaitable<int> { co_return resolve("example.org"); }, asio::use_awaitable);
}

asio::awaitable<void> switched_ok(asio::thread_pool &pool) {
  co_await asio::post(asio::bind_executor(pool, asio::use_awaitable));
  ::sleep(1);
}

int plain_function_ok() { return resolve("example.org"); }

// ---- said on purpose ----------------------------------------------------------------------------------------------

asio::awaitable<void> suppressed_ok() {
  ::sleep(1); // NOLINT(threadbare-blocking-call-in-coroutine)
  // NOLINTNEXTLINE
  ::sleep(1);
  co_return;
}

[[clang::annotate("threadbare::nonblocking")]] static void short_enough() { ::usleep(1); }
[[clang::annotate("threadbare::blocking")]] void elsewhere();
void unknown();
asio::awaitable<void> annotated_ok() {
  short_enough();
  unknown();
  co_return;
}
asio::awaitable<void> annotated_bad() {
  elsewhere(); // expect: blocking-call-in-coroutine
  co_return;
}
