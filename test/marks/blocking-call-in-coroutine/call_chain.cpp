// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// The blocking call is two calls away. The finding stands at the call inside
// the coroutine, and its notes walk the chain down to the call that blocks.
#include <boost/asio.hpp>
#include <memory>
#include <unistd.h>

namespace asio = boost::asio;

static long read_all(int fd) {
  char buffer[4096];
  long total = 0;
  while (long n = ::read(fd, buffer, sizeof buffer)) total += n;
  return total;
}

static long load(int fd) { return read_all(fd) + 1; }

asio::awaitable<long> handler() {
  co_return load(3);  // expect: blocking-call-in-coroutine; note: load -> read_all -> read
}

// Recursion and mutual recursion end, and still find the call.
static int pong(int n);
static int ping(int n) { return n == 0 ? 0 : pong(n - 1); }
static int pong(int n) { ::usleep(1); return ping(n); }
asio::awaitable<int> plays() {
  co_return ping(3);  // expect: blocking-call-in-coroutine; note: ping -> pong -> usleep
}

// Through a virtual call, when every override that the program has blocks.
struct Store { virtual ~Store() = default; virtual long fetch() = 0; };
struct DiskStore final : Store { long fetch() override { return load(4); } };
asio::awaitable<long> through_virtual(std::unique_ptr<Store> store) {
  co_return store->fetch();  // expect: blocking-call-in-coroutine; note: DiskStore::fetch -> load -> read_all -> read
}

// Through a constructor, an operator and a default argument.
struct Config { Config() { load(5); } long operator()() const { return load(6); } };
long defaulted(long v = load(7)) { return v; }
asio::awaitable<long> indirect() {
  Config config;                    // expect: blocking-call-in-coroutine
  long v = config();                // expect: blocking-call-in-coroutine
  co_return v + defaulted();        // expect: blocking-call-in-coroutine
}

// A local lambda that is called in place runs here.
asio::awaitable<long> local_lambda() {
  auto get = [] { return load(8); };
  co_return get();  // expect: blocking-call-in-coroutine
}

// A callee that never blocks, and one that is only passed on, are fine.
static long pure(long a) { return a * 2; }
asio::awaitable<long> fine() {
  auto unused = [] { return load(8); };
  (void)unused;
  co_return pure(21);
}

int main() {}
