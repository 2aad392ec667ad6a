// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Interfaces that present themselves as asynchronous.
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

// A pool of the project's own, with a queue and futures.
class TaskPool {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> queue;
  std::vector<std::jthread> workers;

  void run(std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::function<void()> next;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return !queue.empty(); });
        next = std::move(queue.front());
        queue.pop_front();
      }
      next();
    }
  }

public:
  explicit TaskPool(unsigned n) {
    for (unsigned i = 0; i < n; ++i)
      workers.emplace_back([this](std::stop_token stop) { run(stop); });
  }
  template <class F> auto enqueue_ok(F f) -> std::future<decltype(f())> {
    auto task = std::make_shared<std::packaged_task<decltype(f())()>>(std::move(f));
    auto result = task->get_future();
    {
      std::lock_guard lock(mutex);
      queue.push_back([task] { (*task)(); });
    }
    changed.notify_one();
    return result;
  }
};

class Dns {
  TaskPool pool{2};

public:
  std::future<int> resolve_async_bad(std::string host) { // expect: async-over-thread-pool; note: getaddrinfo
    return pool.enqueue_ok([host] {
      addrinfo *list = nullptr;
      return ::getaddrinfo(host.c_str(), nullptr, nullptr, &list);
    });
  }
  std::future<unsigned long> hash_async_ok(std::string text) {
    return pool.enqueue_ok([text] { return std::hash<std::string>()(text); });
  }
};

class Socket {
  int fd = -1;
  long receive(char *to, unsigned long n) { return ::recv(fd, to, n, 0); }

public:
  void async_receive_bad(char *to, unsigned long n, std::function<void(long)> handler) { // expect: async-over-thread-pool; note: recv
    std::thread([this, to, n, handler] { handler(receive(to, n)); }).detach();
  }
  long receive_ok(char *to, unsigned long n) { return receive(to, n); }
};

// Through a template, a helper, and a member function pointer.
class Disk {
  std::string load(std::string path) {
    std::ifstream in(path);
    std::string text;
    std::getline(in, text);
    return text;
  }

public:
  std::future<std::string> load_async_bad(std::string path) { // expect: async-over-thread-pool; note: Disk::load
    return std::async(std::launch::async, &Disk::load, this, std::move(path));
  }
};
template <class F> static auto background_ok(F f) { return std::async(std::launch::async, std::move(f)); }
std::future<int> remove_async_bad(std::string path) { // expect: async-over-thread-pool
  return background_ok([path] {
    ::usleep(10);
    return std::remove(path.c_str());
  });
}
std::shared_future<int> shared_bad(int seconds) { // expect: async-over-thread-pool
  return std::async(std::launch::async, [seconds] { return static_cast<int>(::sleep(static_cast<unsigned>(seconds))); }).share();
}

// Not asynchronous in appearance: a service that starts its own thread, and one that waits for the result.
class Watcher {
  std::thread thread;

public:
  void start_ok() {
    thread = std::thread([] {
      for (;;)
        ::sleep(1);
    });
  }
  ~Watcher() { thread.join(); }
};
std::string read_ok(std::string path) {
  Disk disk;
  return disk.load_async_bad(std::move(path)).get();
}
int main() {}
