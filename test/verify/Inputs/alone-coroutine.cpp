// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <chrono>
#include <coroutine>
#include <cstdlib>
#include <thread>

struct Task {
  struct promise_type {
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Back {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
          return self.promise().caller;
        }
        void await_resume() noexcept {}
      };
      return Back{};
    }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
    std::coroutine_handle<> caller = std::noop_coroutine();
  };
  bool await_ready() { return false; }
  auto await_suspend(std::coroutine_handle<> caller) {
    self.promise().caller = caller;
    return self;
  }
  void await_resume() {}
  std::coroutine_handle<promise_type> self;
};

Task handle() {
  std::this_thread::sleep_for(std::chrono::milliseconds(5)); // claim handle call std::this_thread
  co_return;
}

void serve() {
  std::thread([] { std::this_thread::sleep_for(std::chrono::milliseconds(50)); }).detach(); // claim serve start std::thread
}
