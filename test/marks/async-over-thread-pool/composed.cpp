// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Asio's ways to make an operation: composed from a pool, wrapped in a coroutine, with a future, handler or promise.
#include <boost/asio.hpp>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using Text = asio::awaitable<std::string>;

static std::string slurp(std::string path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// ---- wrapped -------------------------------------------------------------------------------------------------------

Text read_bad(asio::thread_pool &pool, std::string path) { // expect: async-over-thread-pool
  co_return co_await asio::co_spawn(pool, [path]() -> Text { co_return slurp(path); }, asio::use_awaitable);
}
Text hop_bad(asio::thread_pool &pool, std::string path) { // expect: async-over-thread-pool
  co_await asio::post(asio::bind_executor(pool, asio::use_awaitable));
  co_return slurp(path);
}
Text config_bad(asio::thread_pool &pool) { // expect: async-over-thread-pool; note: 'config_bad' calls 'read_bad'
  co_return co_await read_bad(pool, "/etc/app.conf");
}
Text hosts_bad(asio::thread_pool &pool) { // expect: async-over-thread-pool; note: 'hosts_bad' calls 'hop_bad'
  co_return co_await hop_bad(pool, "/etc/hosts");
}
Text passwords_bad(asio::thread_pool &pool) { // expect: async-over-thread-pool
  return hop_bad(pool, "/etc/passwd");
}
// Who wraps a wrapper has nothing to add.
Text settings_ok(asio::thread_pool &pool) { co_return co_await config_bad(pool); }
// A caller of the wrapper that does something of its own.
Text greeting_ok(asio::thread_pool &pool, asio::steady_timer &timer) {
  co_await timer.async_wait(asio::use_awaitable);
  co_return co_await read_bad(pool, "/etc/motd");
}
asio::awaitable<void> serve_ok(asio::thread_pool &pool, std::string &into) { into = co_await read_bad(pool, "index"); }
// One that uses a pool as it should is not hidden by a name for it.
Text mixed_ok(asio::thread_pool &pool, asio::steady_timer &timer) {
  co_await timer.async_wait(asio::use_awaitable);
  co_return co_await asio::co_spawn(pool, []() -> Text { co_return slurp("/etc/motd"); }, asio::use_awaitable);
}
Text renamed_ok(asio::thread_pool &pool, asio::steady_timer &timer) { co_return co_await mixed_ok(pool, timer); }

// ---- futures -------------------------------------------------------------------------------------------------------

std::future<std::string> future_bad(asio::thread_pool &pool, std::string path) { // expect: async-over-thread-pool
  return asio::post(pool, asio::use_future([path] { return slurp(path); }));
}
std::future<std::string> task_bad(asio::thread_pool &pool, std::string path) { // expect: async-over-thread-pool
  return asio::post(pool, std::packaged_task<std::string()>([path] { return slurp(path); }));
}
std::future<std::size_t> future_ok(asio::thread_pool &pool, std::string text) {
  return asio::post(pool, asio::use_future([text] { return text.size(); }));
}
std::future<std::string> loop_ok(asio::io_context &loop, std::string path) {
  return asio::post(loop, asio::use_future([path] { return slurp(path); }));
}

// ---- initiations ---------------------------------------------------------------------------------------------------

template <asio::completion_token_for<void(std::string)> Token>
auto async_slurp_bad(asio::thread_pool &pool, std::string path, Token &&token) { // expect: async-over-thread-pool
  return asio::async_initiate<Token, void(std::string)>(
      [](auto handler, asio::thread_pool &pool, std::string path) {
        asio::post(pool, [handler = std::move(handler), path = std::move(path)]() mutable {
          std::move(handler)(slurp(path));
        });
      },
      token, std::ref(pool), std::move(path));
}
template <class Token> auto async_thread_bad(std::string path, Token &&token) { // expect: async-over-thread-pool
  auto start = [path](auto handler) {
    std::thread([handler = std::move(handler), path]() mutable {
      auto text = slurp(path);
      auto executor = asio::get_associated_executor(handler);
      asio::dispatch(executor, [handler = std::move(handler), text = std::move(text)]() mutable { handler(text); });
    }).detach();
  };
  return asio::async_initiate<Token, void(std::string)>(start, token);
}
struct Start {
  asio::thread_pool *pool;
  template <class Handler> void operator()(Handler handler, std::string path) const {
    asio::post(*pool, [handler = std::move(handler), path]() mutable { std::move(handler)(slurp(path)); });
  }
};
template <class Token> auto async_object_bad(asio::thread_pool &pool, std::string path, Token &&token) { // expect: async-over-thread-pool
  return asio::async_initiate<Token, void(std::string)>(Start{&pool}, token, std::move(path));
}
void callback_bad(asio::thread_pool &pool, std::function<void(std::string)> done) { // expect: async-over-thread-pool
  async_object_bad(pool, "x", std::move(done));
}
template <class Token> auto async_size_ok(asio::thread_pool &pool, std::string text, Token &&token) {
  return asio::async_initiate<Token, void(std::size_t)>(
      [](auto handler, asio::thread_pool &pool, std::string text) {
        asio::post(pool, [handler = std::move(handler), text = std::move(text)]() mutable {
          std::move(handler)(text.size());
        });
      },
      token, std::ref(pool), std::move(text));
}
template <class Token> auto async_timer_ok(asio::steady_timer &timer, Token &&token) {
  return asio::async_initiate<Token, void(boost::system::error_code)>(
      [](auto handler, asio::steady_timer *timer) { timer->async_wait(std::move(handler)); }, token, &timer);
}
asio::awaitable<void> initiates_ok(asio::thread_pool &pool, asio::steady_timer &timer) {
  std::string text = co_await async_slurp_bad(pool, "a", asio::use_awaitable);
  text += co_await async_thread_bad("b", asio::use_awaitable);
  co_await async_size_ok(pool, text, asio::use_awaitable);
  co_await async_timer_ok(timer, asio::use_awaitable);
}

// ---- handlers that are objects, and promises
// -------------------------------------------------------------------------

struct Work {
  std::string path;
  std::function<void(std::string)> done;
  void operator()() { done(slurp(path)); }
};
void object_bad(asio::thread_pool &pool, std::string path, std::function<void(std::string)> done) { // expect: async-over-thread-pool
  asio::post(pool, Work{std::move(path), std::move(done)});
}
struct Count {
  std::string text;
  std::function<void(std::size_t)> done;
  void operator()() { done(text.size()); }
};
void object_ok(asio::thread_pool &pool, std::string text, std::function<void(std::size_t)> done) {
  asio::post(pool, Count{std::move(text), std::move(done)});
}

void promise_bad(asio::thread_pool &pool, std::string path, std::promise<std::string> result) { // expect: async-over-thread-pool
  asio::post(pool, [path, result = std::move(result)]() mutable { result.set_value(slurp(path)); });
}
void shared_promise_bad(asio::thread_pool &pool, std::shared_ptr<std::promise<std::string>> result) { // expect: async-over-thread-pool
  asio::post(pool, [result] { result->set_value(slurp("/etc/hosts")); });
}
std::future<std::string> given_away_bad(asio::thread_pool &pool, std::string path) { // expect: async-over-thread-pool
  std::promise<std::string> promise;
  auto result = promise.get_future();
  promise_bad(pool, std::move(path), std::move(promise));
  return result;
}
void promise_ok(asio::thread_pool &pool, std::string text, std::promise<std::size_t> result) {
  asio::post(pool, [text, result = std::move(result)]() mutable { result.set_value(text.size()); });
}
// Work beside the promise, which is kept at once.
void kept_ok(asio::thread_pool &pool, std::promise<int> result) {
  asio::post(pool, [] { slurp("warm"); });
  result.set_value(1);
}
// A service that tells its starter that it is there.
void service_ok(std::promise<void> ready) {
  std::thread([ready = std::move(ready)]() mutable {
    ready.set_value();
    while (!slurp("/run/commands").empty())
      ;
  }).detach();
}

int main() {}
