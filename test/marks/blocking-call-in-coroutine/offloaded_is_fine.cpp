// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// Blocking work that was handed to another thread does not stop the loop.
// No finding of blocking-call-in-coroutine may stand in this file, but for the one marked.
#include <boost/asio.hpp>
#include <fstream>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;

static std::string slurp(std::string path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

asio::awaitable<void> posts_to_a_pool(asio::thread_pool &pool) {
  asio::post(pool, [] { ::sleep(1); });
  asio::dispatch(pool, [] { slurp("a"); });
  co_return;
}

// A coroutine that is spawned on a pool runs on the pool.
asio::awaitable<std::string> awaits_a_pool_coroutine(asio::thread_pool &pool) {
  co_return co_await asio::co_spawn(
      pool, []() -> asio::awaitable<std::string> { co_return slurp("b"); }, asio::use_awaitable);
}

// After a switch to a pool the coroutine runs there; after the switch back it does not.
asio::awaitable<void> switches(asio::thread_pool &pool, asio::io_context &loop) {
  co_await asio::post(asio::bind_executor(pool, asio::use_awaitable));
  ::sleep(1);
  co_await asio::post(asio::bind_executor(loop, asio::use_awaitable));
  ::sleep(1);  // expect: blocking-call-in-coroutine
}

asio::awaitable<void> starts_a_thread() {
  std::thread([] { ::sleep(1); }).detach();
  co_return;
}

// A callable that is stored, returned or passed to an unknown function did not run here.
std::function<void()> stored;
void keep(std::function<void()> f);
asio::awaitable<void> stores() {
  stored = [] { ::sleep(1); };
  keep([] { ::sleep(1); });
  co_return;
}

// Plain functions may block as they like.
int main() {
  ::usleep(1);
  slurp("c");
}
