// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines on a loop of this program's own, blocked in every way, and not blocked at all.
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <mutex>
#include <queue>
#include <semaphore>
#include <string_view>
#include <thread>
#include <unistd.h>

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
      std::this_thread::sleep_until(next.at); // claim loop_ok call std::this_thread
      next.what.resume();
    }
  }
} loop;

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
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> who) { loop.entries.push({Clock::now() + time, who}); }
  void await_resume() {}
};

std::mutex mutex;
std::condition_variable changed;
bool done = false;
std::binary_semaphore semaphore{0}, never{0}, unused{1};

int waitForByte(int fd) {
  char byte = 0;
  return read(fd, &byte, 1) == 1 ? byte : -1;
}

struct Pipe {
  int ends[2];
  std::jthread writer;
  Pipe() {
    if (pipe(ends))
      std::abort();
    writer = std::jthread([this] {
      std::this_thread::sleep_for(20ms);
      (void)!write(ends[1], "x", 1);
    });
  }
};

template <class Work> std::jthread later(Work work) {
  return std::jthread([=] {
    std::this_thread::sleep_for(20ms);
    work();
  });
}

Task bad() {
  co_await Pause{1ms};
  std::this_thread::sleep_for(20ms); // claim sleep_bad call std::this_thread::sleep_for
  co_await Pause{1ms};
  Pipe pipe;
  waitForByte(pipe.ends[0]); // claim read_bad call waitForByte
  co_await Pause{1ms};
  {
    std::promise<void> held;
    std::jthread other([&] {
      std::lock_guard lock(mutex);
      held.set_value();
      std::this_thread::sleep_for(20ms);
    });
    held.get_future().wait();
    mutex.lock(); // claim long_lock_bad call mutex.lock
    mutex.unlock();
  }
  co_await Pause{1ms};
  auto result = std::async(std::launch::async, [] { std::this_thread::sleep_for(20ms); });
  result.wait(); // claim future_bad wait result.wait
  co_await Pause{1ms};
  auto releasing = later([] { semaphore.release(); });
  semaphore.acquire(); // claim semaphore_bad wait semaphore.acquire
  co_await Pause{1ms};
  auto setting = later([] {
    std::lock_guard lock(mutex);
    done = true;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [] { return done; }); // claim condition_bad wait changed.wait
  lock.unlock();
  co_await Pause{1ms};
  std::system("sleep 0.02"); // claim system_bad call std::system
  co_await Pause{1ms};
  std::FILE *command = popen("sleep 0.02", "r");
  pclose(command); // claim pclose_bad call pclose
  co_await Pause{1ms};
  std::thread thread([] { std::this_thread::sleep_for(20ms); });
  thread.join(); // claim join_bad wait thread.join
}

void spin(Clock::duration time) {
  auto end = Clock::now() + time;
  while (Clock::now() < end) {
  }
}

Task good() {
  for (int i = 0; i < 50; ++i) {
    co_await Pause{1ms}; // claim await_ok call Pause
    mutex.lock();        // claim short_lock_ok call mutex.lock
    mutex.unlock();
    (void)!write(1, "", 0); // claim write_ok call write
    std::promise<void> kept;
    kept.set_value();
    kept.get_future().wait(); // claim ready_ok wait kept.get_future
    unused.acquire(); // claim free_ok wait unused.acquire
    unused.release();
  }
  spin(20ms); // claim busy_ok call spin
}

void helper() { std::this_thread::sleep_for(20ms); } // claim outside_ok call std::this_thread

Task neverRun() {
  co_await Pause{1ms};
  usleep(20000); // claim never call usleep
}

Task deadlock() {
  co_await Pause{1ms};
  never.acquire(); // claim deadlock wait never.acquire
}

int main(int argc, char **argv) {
  std::string_view how = argc > 1 ? argv[1] : "";
  if (how == "deadlock")
    deadlock();
  else if (how == "never")
    neverRun();
  else
    bad();
  if (how != "deadlock")
    good();
  helper(); // no coroutine is running
  loop.run();
}
