// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-blocking-call-in-coroutine %s
// Where a coroutine runs when its project has a loop and a pool of its own.
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace own {
class Loop {
public:
  void post(std::function<void()> f) { ready_.push_back(std::move(f)); }
  void run() {
    while (!ready_.empty()) {
      auto f = std::move(ready_.front());
      ready_.pop_front();
      f();
    }
  }
  auto schedule() {
    struct Awaiter {
      Loop &loop;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> h) {
        loop.post([h] { h.resume(); });
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

private:
  std::deque<std::function<void()>> ready_;
};
class Workers {
public:
  explicit Workers(int n) {
    for (int i = 0; i < n; ++i) threads_.emplace_back([this] { work(); });
  }
  void submit(std::function<void()> f) {
    {
      std::lock_guard lock(m_);
      jobs_.push_back(std::move(f));
    }
    cv_.notify_one();
  }
  auto schedule() {
    struct Awaiter {
      Workers &workers;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> h) {
        workers.submit([h] { h.resume(); });
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this};
  }

private:
  void work() {
    for (;;) {
      std::unique_lock lock(m_);
      cv_.wait(lock, [this] { return !jobs_.empty(); });
      auto f = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      f();
    }
  }
  std::mutex m_;
  std::condition_variable cv_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::jthread> threads_;
};
struct task {
  struct promise_type {
    task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept { return handle; }
  void await_resume() const noexcept {}
};
}  // namespace own

using own::task;

static void save(int fd) { ::fsync(fd); }

task on_the_loop_bad(own::Loop &loop, int fd) {
  co_await loop.schedule();
  save(fd);  // expect: blocking-call-in-coroutine; note: save -> fsync
}
task on_the_workers_ok(own::Workers &workers, int fd) {
  co_await workers.schedule();
  save(fd);
}
task FN_there_and_back(own::Workers &workers, own::Loop &loop, int fd) {
  save(fd);  // expect: blocking-call-in-coroutine
  co_await workers.schedule();
  save(fd);
  co_await loop.schedule();
  save(fd);  // not known: which thread takes it out of the loop's queue
}
static task child_bad(int fd) {
  save(fd);  // expect: blocking-call-in-coroutine
  co_return;
}
task parent(own::Loop &loop, int fd) {
  co_await loop.schedule();
  co_await child_bad(fd);
}
struct NewThread {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h) const {
    std::thread([h] { h.resume(); }).detach();
  }
  void await_resume() const noexcept {}
};
task on_a_thread_ok(int fd) {
  co_await NewThread{};
  save(fd);
}
task submitted_ok(own::Workers &workers, int fd) {
  workers.submit([fd] { save(fd); });
  co_return;
}
task posted_bad_elsewhere_ok(own::Loop &loop, int fd) {
  loop.post([fd] { (void)fd; });
  co_return;
}

int main() {
  own::Loop loop;
  own::Workers workers(2);
  loop.post([&] { on_the_loop_bad(loop, 1).handle.resume(); });
  loop.post([&] { on_the_workers_ok(workers, 1).handle.resume(); });
  loop.post([&] { FN_there_and_back(workers, loop, 1).handle.resume(); });
  loop.post([&] { parent(loop, 1).handle.resume(); });
  loop.run();
}
