// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines that compute for long, and that keep locks while they are suspended, on a loop of this program's own.
#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdlib>
#include <mutex>
#include <queue>
#include <shared_mutex>
#include <string_view>
#include <thread>
#include <time.h>

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Loop {
  struct Entry {
    Clock::time_point at;
    std::coroutine_handle<> what;
    bool operator<(const Entry &other) const { return at > other.at; }
  };
  std::priority_queue<Entry> entries;

  void run() {
    while (!entries.empty()) {
      Entry next = entries.top();
      entries.pop();
      std::this_thread::sleep_until(next.at);
      next.what.resume();
    }
  }
} loop;

/// Starts when it is awaited, and then goes on with who awaits it (symmetric transfer).
struct Lazy {
  struct promise_type {
    std::coroutine_handle<> waiting;
    Lazy get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct Back {
        bool await_ready() noexcept { return false; }
        std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
          return done.promise().waiting;
        }
        void await_resume() noexcept {}
      };
      return Back{};
    }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
  };
  std::coroutine_handle<promise_type> self;
  ~Lazy() { self.destroy(); }
  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> who) {
    self.promise().waiting = who;
    return self;
  }
  void await_resume() {}
};

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
  };
};

struct Pause {
  Clock::duration time;
  bool await_ready() { return time == 0s; }
  void await_suspend(std::coroutine_handle<> who) { loop.entries.push({Clock::now() + time, who}); }
  void await_resume() {}
};

/// Of processor time, whatever else the machine does.
void compute(std::chrono::milliseconds time) {
  auto used = [] {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  auto end = used() + time;
  while (used() < end) {
  }
}

Lazy parse() {
  co_await Pause{1ms};
  compute(40ms);
}

Task hog() {
  for (int i = 0; i < 5; ++i) {
    co_await Pause{1ms};
    compute(30ms);
  }
  co_await parse();
}

Task quick() {
  for (int i = 0; i < 20; ++i) {
    co_await Pause{1ms};
    compute(1ms);
  }
  co_await Pause{1ms};
  std::this_thread::sleep_for(30ms);
}

std::mutex mutex, other, early, kept, deadly;
std::shared_mutex shared;

Task holds() {
  std::lock_guard first(early); // claim ramp_bad lock first
  co_await Pause{5ms};
  for (int i = 0; i < 3; ++i) {
    std::lock_guard lock(mutex); // claim guard_bad lock lock
    co_await Pause{10ms};
  }
}

Lazy inner() {
  std::unique_lock lock(shared); // claim symmetric_bad lock lock
  co_await Pause{5ms};
}

Task outer() {
  co_await Pause{1ms};
  co_await inner();
}

Task good() {
  for (int i = 0; i < 3; ++i) {
    co_await Pause{1ms};
    {
      std::lock_guard lock(kept); // claim short_ok lock lock
    }
    co_await Pause{1ms};
    std::lock_guard lock(other); // claim ready_ok lock lock
    co_await Pause{0ms};
  }
}

Task never() {
  std::lock_guard lock(kept); // claim never lock lock
  co_await Pause{1ms};
}

Task waits() {
  co_await Pause{1ms};
  std::lock_guard lock(deadly); // claim deadlock lock lock
  co_await Pause{1ms};
}

extern "C" [[gnu::weak]] int own_allocator();

int main(int argc, char **argv) {
  std::string_view how = argc > 1 ? argv[1] : "";
  if (how == "own") {
    if (!own_allocator)
      return 3; // it was left behind
    how = "";
  }
  if (how == "never")
    never();
  if (how == "deadlock") {
    waits();
    waits();
  } else if (how == "hogs") {
    hog();
    quick();
  } else {
    holds();
    outer();
    good();
  }
  std::atomic<bool> done = !how.empty();
  std::thread contender([&] {
    while (!done) {
      std::this_thread::sleep_for(2ms);
      std::lock_guard lock(mutex);
    }
  });
  loop.run();
  done = true;
  contender.join();
}
