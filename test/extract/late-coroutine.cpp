// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The only coroutine of this file is a template that a library's code would have instantiated: it is when the unit is at
// its end that Clang meets the first co_await.
// RUN: %marks %s
#include <coroutine>
#include <exception>
#include <functional>
#include <thread>
#include <unistd.h>

struct task {
  struct promise_type {
    task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

template <class T> struct Job {
  task operator()() const {
    co_await std::suspend_never{};
    ::usleep(1); // expect: blocking-call-in-coroutine
  }
};

static void starts_bad() {
  std::function<void()> job = Job<int>{};
  job();
}

int main() { starts_bad(); }
