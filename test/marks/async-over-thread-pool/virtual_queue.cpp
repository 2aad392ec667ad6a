// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks --checks=-*,threadbare-async-over-thread-pool %s
// A queue behind an interface with one implementation, and a function that joins what it starts.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

class Lane {
public:
  virtual ~Lane() = default;
  virtual void put(std::function<void()> &&job) = 0;
};

class WorkerLane : public Lane {
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<std::function<void()>> jobs;
  bool closing = false;
  std::vector<std::jthread> workers;
  void work() {
    for (;;) {
      std::unique_lock lock(mutex);
      filled.wait(lock, [this] { return closing || !jobs.empty(); });
      if (jobs.empty())
        return;
      auto job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      job();
    }
  }

public:
  explicit WorkerLane(int count) {
    for (int i = 0; i < count; ++i)
      workers.emplace_back([this] { work(); });
  }
  ~WorkerLane() override {
    std::lock_guard lock(mutex);
    closing = true;
    filled.notify_all();
  }
  void put(std::function<void()> &&job) override {
    std::lock_guard lock(mutex);
    jobs.push_back(std::move(job));
    filled.notify_one();
  }
};

class Names {
  WorkerLane lane{4};

public:
  void find(const std::string &name, const std::function<void(bool)> &found) { // expect: async-over-thread-pool
    lane.put([name, found] { found(::access(name.c_str(), F_OK) == 0 && ::usleep(10) == 0); });
  }
};

// Returns when all is done.
template <class Body> void side_by_side(const Body &body) {
  bool going = true;
  std::thread watch([&going] {
    while (going)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  std::thread doing([&] {
    body();
    ::usleep(10);
    going = false;
  });
  doing.join();
  watch.join();
}

int main() {
  Names names;
  names.find("/etc/hosts", [](bool) {});
  side_by_side([] { ::usleep(10); });
}
