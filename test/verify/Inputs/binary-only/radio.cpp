// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A vendor's library, of which the user has no source: what looks asynchronous is a thread.
#include "radio.h"
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <queue>
#include <thread>

namespace {

class Worker {
public:
  Worker() : thread([this] { run(); }) {}
  ~Worker() {
    post({});
    thread.join();
  }
  void post(std::function<void()> work) {
    std::lock_guard lock(mutex);
    queue.push(std::move(work));
    changed.notify_one();
  }

private:
  void run() {
    for (;;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return !queue.empty(); });
      std::function<void()> work = std::move(queue.front());
      queue.pop();
      lock.unlock();
      if (!work)
        return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      work();
    }
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::queue<std::function<void()>> queue;
  std::thread thread;
} worker;

} // namespace

void radio::schedule(std::function<void()> work) { worker.post(std::move(work)); }

void radio::listen(int channel, std::function<void()> received) {
  std::thread([=] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10 + channel));
    received();
  }).detach();
}

void radio_tune(int channel) {
  std::thread([=] { std::this_thread::sleep_for(std::chrono::milliseconds(15 + channel)); }).detach();
}
