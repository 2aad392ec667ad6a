// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// FN_ in the plugin, which does not find priority_bad and packaged_bad yet: only the program is asked.
// RUN: /usr/bin/python3 %root/test/tools/check-marks --tool %threadbare %s
// Queues that a thread works off, in every shape: what is put there runs on that thread.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <fstream>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <thread>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

static std::string slurp(const std::string &path) {
  std::ifstream in(path);
  std::string text;
  std::getline(in, text, '\0');
  return text;
}
static std::size_t length(const std::string &text) { return text.size(); }

// ---- try_pop(out), and a worker that is a free function -------------------------------------------------------------

template <class T> class Channel {
  std::mutex mutex;
  std::condition_variable changed;
  std::queue<T> items;
  bool closed = false;

public:
  void push(T item) {
    {
      std::lock_guard lock(mutex);
      items.push(std::move(item));
    }
    changed.notify_one();
  }
  bool pop(T &out) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return closed || !items.empty(); });
    if (items.empty())
      return false;
    out = std::move(items.front());
    items.pop();
    return true;
  }
};
static Channel<std::function<void()>> background, foreground;
static void work() {
  std::function<void()> job;
  while (background.pop(job))
    job();
}
static void pump() {
  std::function<void()> job;
  while (foreground.pop(job))
    job();
}
void out_bad(std::string path, std::function<void(std::string)> done) { // expect: async-over-thread-pool; note: slurp
  background.push([path, done] { done(slurp(path)); });
}
void out_ok(std::string text, std::function<void(std::size_t)> done) {
  background.push([text, done] { done(length(text)); });
}
// The same kind of queue, worked off by the main thread: no thread of its own is hidden.
void foreground_ok(std::string path, std::function<void(std::string)> done) {
  foreground.push([path, done] { done(slurp(path)); });
}

// ---- an optional comes out -----------------------------------------------------------------------------------------

class OptionalPool {
  std::mutex mutex;
  std::condition_variable changed;
  std::list<std::function<void()>> queue;
  std::vector<std::thread> threads;

  std::optional<std::function<void()>> take() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return !queue.empty(); });
    if (queue.empty())
      return std::nullopt;
    std::function<void()> first = std::move(queue.front());
    queue.pop_front();
    return first;
  }

public:
  OptionalPool() {
    for (int i = 0; i < 2; ++i)
      threads.emplace_back([this] {
        while (auto job = take())
          (*job)();
      });
  }
  void run(std::function<void()> job) {
    std::lock_guard lock(mutex);
    queue.push_back(std::move(job));
    changed.notify_one();
  }
};
std::future<std::string> optional_bad(OptionalPool &pool, std::string path) { // expect: async-over-thread-pool
  auto promise = std::make_shared<std::promise<std::string>>();
  pool.run([promise, path] { promise->set_value(slurp(path)); });
  return promise->get_future();
}
std::future<std::size_t> optional_ok(OptionalPool &pool, std::string text) {
  auto promise = std::make_shared<std::promise<std::size_t>>();
  pool.run([promise, text] { promise->set_value(length(text)); });
  return promise->get_future();
}

// ---- elements that are structs: by priority, in pairs, taken over all at once ----------------------------------------

struct Job {
  int priority = 0;
  std::function<void()> run;
  friend bool operator<(const Job &a, const Job &b) { return a.priority < b.priority; }
};
class PriorityPool {
  std::mutex mutex;
  std::condition_variable changed;
  std::priority_queue<Job> jobs;
  std::jthread thread{[this](std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return !jobs.empty(); });
      Job next = jobs.top();
      jobs.pop();
      lock.unlock();
      next.run();
    }
  }};

public:
  void post(int priority, std::function<void()> run) {
    std::lock_guard lock(mutex);
    jobs.push(Job{priority, std::move(run)});
    changed.notify_one();
  }
};
void priority_bad(PriorityPool &pool, std::string path, std::function<void(bool)> done) { // expect: async-over-thread-pool
  pool.post(1, [path, done] { done(std::remove(path.c_str()) == 0); });
}
void priority_ok(PriorityPool &pool, std::string text, std::function<void(std::size_t)> done) {
  pool.post(1, [text, done] { done(length(text)); });
}

class Batches {
  std::mutex mutex;
  std::vector<std::pair<std::string, std::function<void()>>> queue;
  std::thread thread;
  void drain() {
    for (;;) {
      std::vector<std::pair<std::string, std::function<void()>>> batch;
      {
        std::lock_guard lock(mutex);
        batch.swap(queue);
      }
      for (auto &[name, job] : batch)
        job();
      std::this_thread::yield();
    }
  }

public:
  Batches() : thread(&Batches::drain, this) {}
  void add(std::string name, std::function<void()> job) {
    std::lock_guard lock(mutex);
    queue.emplace_back(std::move(name), std::move(job));
  }
};
void batch_bad(Batches &batches, int fd, std::function<void(int)> done) { // expect: async-over-thread-pool; note: fsync
  batches.add("sync", [fd, done] { done(::fsync(fd)); });
}
void batch_ok(Batches &batches, std::string text, std::function<void(std::size_t)> done) {
  batches.add("length", [text, done] { done(length(text)); });
}

// ---- tasks are objects with a virtual function ----------------------------------------------------------------------

struct Task {
  virtual ~Task() = default;
  virtual void execute() = 0;
};
class ObjectPool {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<Task>> tasks;
  std::vector<std::thread> threads;
  void loop() {
    for (;;) {
      std::unique_ptr<Task> task;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return !tasks.empty(); });
        task = std::move(tasks.front());
        tasks.pop_front();
      }
      task->execute();
    }
  }

public:
  explicit ObjectPool(int n) {
    while (n-- > 0)
      threads.emplace_back(&ObjectPool::loop, this);
  }
  void submit(std::unique_ptr<Task> task) {
    std::lock_guard lock(mutex);
    tasks.push_back(std::move(task));
    changed.notify_one();
  }
};
struct ReadTask : Task {
  std::string path;
  std::function<void(std::string)> done;
  ReadTask(std::string path, std::function<void(std::string)> done) : path(std::move(path)), done(std::move(done)) {}
  void execute() override { done(slurp(path)); }
};
struct LengthTask : Task {
  std::string text;
  std::function<void(std::size_t)> done;
  LengthTask(std::string text, std::function<void(std::size_t)> done) : text(std::move(text)), done(std::move(done)) {}
  void execute() override { done(length(text)); }
};
void object_bad(ObjectPool &pool, std::string path, std::function<void(std::string)> done) { // expect: async-over-thread-pool; note: ReadTask::execute
  pool.submit(std::make_unique<ReadTask>(std::move(path), std::move(done)));
}
void object_ok(ObjectPool &pool, std::string text, std::function<void(std::size_t)> done) {
  pool.submit(std::make_unique<LengthTask>(std::move(text), std::move(done)));
}

// ---- packaged tasks --------------------------------------------------------------------------------------------------

class Packages {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::packaged_task<std::string()>> tasks;
  std::jthread thread{[this](std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return !tasks.empty(); });
      auto task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
    }
  }};

public:
  std::future<std::string> add_ok(std::packaged_task<std::string()> task) {
    auto result = task.get_future();
    std::lock_guard lock(mutex);
    tasks.push_back(std::move(task));
    changed.notify_one();
    return result;
  }
};
std::future<std::string> packaged_bad(Packages &packages, std::string path) { // expect: async-over-thread-pool
  return packages.add_ok(std::packaged_task<std::string()>([path] { return slurp(path); }));
}
std::future<std::string> packaged_ok(Packages &packages, std::string text) {
  return packages.add_ok(std::packaged_task<std::string()>([text] { return text + text; }));
}

int main() {
  std::thread worker(work);
  pump();
  worker.join();
}
