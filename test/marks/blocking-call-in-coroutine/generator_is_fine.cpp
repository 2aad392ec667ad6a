// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// A generator runs on its caller's thread, when the caller asks: it has no loop to block.
#include <coroutine>
#include <exception>
#include <fstream>
#include <string>
#include <utility>

template <class T> struct generator {
  struct promise_type {
    T value{};
    generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T v) { value = std::move(v); return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
    void await_transform() = delete;
  };
  std::coroutine_handle<promise_type> handle;
};

generator<std::string> lines(std::string path) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) co_yield line;
}

int main() { auto g = lines("/etc/hosts"); g.handle.resume(); }
