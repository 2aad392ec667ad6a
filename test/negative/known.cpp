// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// False alarms that remain: what is marked does not wait, and is reported all the same.
// RUN: %marks --checks=-*,threadbare-* %s
#include <boost/asio.hpp>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <exception>
#include <future>
#include <mutex>
#include <poll.h>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;

asio::awaitable<char> FP_polled(int fd) {
  pollfd asked{fd, POLLIN, 0};
  char c = 0;
  if (::poll(&asked, 1, 0) > 0)
    (void)!::read(fd, &c, 1); // expect: blocking-call-in-coroutine
  co_return c;
}

// A pool of the project's own that resumes handles.
struct Job {
  struct promise_type {
    Job get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> inner;
  std::coroutine_handle<> handle() const { return inner; }
};

class Crew {
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<std::coroutine_handle<>> waiting;
  bool closing = false;
  std::jthread worker{[this] { work(); }};
  void work() {
    for (;;) {
      std::unique_lock lock(mutex);
      filled.wait(lock, [this] { return closing || !waiting.empty(); });
      if (waiting.empty())
        return;
      auto next = waiting.front();
      waiting.pop_front();
      lock.unlock();
      next.resume();
    }
  }

public:
  void take(std::coroutine_handle<> handle) {
    std::lock_guard lock(mutex);
    waiting.push_back(handle);
    filled.notify_one();
  }
  ~Crew() {
    std::lock_guard lock(mutex);
    closing = true;
    filled.notify_one();
  }
};

static Job FP_resumed_by_own_pool() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1)); // expect: blocking-call-in-coroutine
  co_return;
}

int main() {
  Crew crew;
  Job job = FP_resumed_by_own_pool();
  crew.take(job.handle());
}
