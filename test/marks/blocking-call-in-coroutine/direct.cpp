// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// Direct blocking calls in the body of a coroutine that runs on an event loop.
// expect-flags: -std=c++20
#include <boost/asio.hpp>
#include <cstdlib>
#include <fstream>
#include <netdb.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;

asio::awaitable<void> sleeps() {
  std::this_thread::sleep_for(5s);  // expect: blocking-call-in-coroutine
  ::sleep(1);                       // expect: blocking-call-in-coroutine
  asio::steady_timer timer(co_await asio::this_coro::executor, 5s);
  co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<std::string> reads_a_file(std::string path) {
  std::ifstream in(path);  // expect: blocking-call-in-coroutine
  std::string line;
  std::getline(in, line);  // expect: blocking-call-in-coroutine
  co_return line;
}

asio::awaitable<int> resolves(const char *host) {
  addrinfo *list = nullptr;
  int rc = ::getaddrinfo(host, "443", nullptr, &list);  // expect: blocking-call-in-coroutine
  if (rc == 0) ::freeaddrinfo(list);
  co_return rc;
}

asio::awaitable<int> runs_a_process() {
  co_return std::system("make -j2");  // expect: blocking-call-in-coroutine
}

asio::awaitable<void> sync_socket(asio::ip::tcp::socket socket) {
  char data[64];
  std::size_t n = socket.read_some(asio::buffer(data));            // expect: blocking-call-in-coroutine
  asio::write(socket, asio::buffer(data, n));                      // expect: blocking-call-in-coroutine
  co_await asio::async_write(socket, asio::buffer(data, n), asio::use_awaitable);
}

// A lambda coroutine is a coroutine.
auto make_handler() {
  return []() -> asio::awaitable<void> {
    std::this_thread::sleep_until(std::chrono::steady_clock::now() + 1s);  // expect: blocking-call-in-coroutine
    co_return;
  };
}

// A template coroutine is reported once, where it is written.
template <class T> asio::awaitable<T> waits_in_a_template(T value) {
  ::usleep(1000);  // expect: blocking-call-in-coroutine
  co_return value;
}
asio::awaitable<void> instantiates() {
  co_await waits_in_a_template(1);
  co_await waits_in_a_template(2.0);
}

// A member coroutine, and a blocking constructor and destructor.
struct Flusher { ~Flusher() { ::fsync(1); } };
struct Session {
  asio::awaitable<void> save() {
    std::ofstream out("state.bin");  // expect: blocking-call-in-coroutine
    Flusher flusher;                 // expect: blocking-call-in-coroutine
    co_return;
  }
};

int main() {}
