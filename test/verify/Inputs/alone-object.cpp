// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Members are called of an object that the program can make, and private ones too.
#include <chrono>
#include <coroutine>
#include <cstdlib>
#include <thread>

namespace app {

class Session {
public:
  void serve() { read(3); }

  // threadbare: call with (2)
  void read(int bytes) { bytes_ += bytes; } // claim app::Session::read change bytes_

private:
  void fail() { failures_++; } // claim app::Session::fail change failures_

  long bytes_ = 0;
  int failures_ = 0;
};

class Named {
public:
  explicit Named(int id) : id_(id) {}
  void use() { id_++; } // claim app::Named::use change id_

private:
  int id_;
};

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

struct Server {
  Task handle() {
    std::this_thread::sleep_for(std::chrono::milliseconds(5)); // claim app::Server::handle call std::this_thread
    co_return;
  }
};

} // namespace app
