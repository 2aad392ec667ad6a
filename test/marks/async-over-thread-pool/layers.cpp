// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: %marks %s
// Work that goes through several hands, and functions whose author says that they hand it over.
#include <condition_variable>
#include <deque>
#include <dirent.h>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <unistd.h>
#include <utility>

static std::string slurp(const std::string &path) {
  std::ifstream in(path);
  std::string text;
  std::getline(in, text, '\0');
  return text;
}

// ---- annotations ---------------------------------------------------------------------------------------------------

[[clang::annotate("threadbare::offloads")]] void offload(std::function<void()> work);
[[clang::annotate("threadbare::offloads")]] void offload_raw(void (*work)(void *), void *argument);
void wake_workers(void *task);
struct Offloader {
  template <class F> [[clang::annotate("threadbare::offloads")]] auto run(F work) -> std::future<decltype(work())> {
    auto *task = new std::packaged_task<decltype(work())()>(std::move(work));
    wake_workers(task);
    return task->get_future();
  }
};

std::future<std::string> annotated_bad(std::string path) { // expect: async-over-thread-pool; note: slurp
  auto promise = std::make_shared<std::promise<std::string>>();
  offload([promise, path] { promise->set_value(slurp(path)); });
  return promise->get_future();
}
struct Listing {
  std::string path;
  void (*done)(int);
};
static void list(void *argument) {
  auto *listing = static_cast<Listing *>(argument);
  int n = 0;
  if (DIR *d = ::opendir(listing->path.c_str())) {
    while (::readdir(d))
      ++n;
    ::closedir(d);
  }
  listing->done(n);
}
void annotated_raw_bad(std::string path, void (*done)(int)) { // expect: async-over-thread-pool; note: opendir
  offload_raw(list, new Listing{std::move(path), done});
}
std::future<std::string> annotated_template_bad(Offloader &offloader, std::string path) { // expect: async-over-thread-pool
  return offloader.run([path] { return slurp(path); });
}
std::future<std::size_t> annotated_ok(Offloader &offloader, std::string text) {
  return offloader.run([text] { return text.size(); });
}
[[clang::annotate("threadbare::offloads")]] std::future<std::string> said_ok(std::string path) {
  return std::async(std::launch::async, [path] { return slurp(path); });
}

// ---- an interface of executors, all of which hand over ---------------------------------------------------------------

struct Executor {
  virtual ~Executor() = default;
  virtual void execute(std::function<void()> work) = 0;
};
struct NewThread : Executor {
  void execute(std::function<void()> work) override { std::thread(std::move(work)).detach(); }
};
class OneThread : public Executor {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> queue;
  std::jthread thread{[this](std::stop_token stop) {
    while (!stop.stop_requested()) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return !queue.empty(); });
      auto work = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      work();
    }
  }};

public:
  void execute(std::function<void()> work) override {
    std::lock_guard lock(mutex);
    queue.push_back(std::move(work));
    changed.notify_one();
  }
};
void executor_bad(Executor &executor, std::string path, std::function<void(std::string)> done) { // expect: async-over-thread-pool
  executor.execute([path, done] { done(slurp(path)); });
}
void executor_ok(Executor &executor, std::string text, std::function<void(std::size_t)> done) {
  executor.execute([text, done] { done(text.size()); });
}

// One of these runs at once: nobody knows whether a thread is hidden.
struct Runner {
  virtual ~Runner() = default;
  virtual void run(std::function<void()> work) = 0;
};
struct Inline : Runner {
  void run(std::function<void()> work) override { work(); }
};
struct Elsewhere : Runner {
  void run(std::function<void()> work) override { std::thread(std::move(work)).detach(); }
};
void runner_ok(Runner &runner, std::string path, std::function<void(std::string)> done) {
  runner.run([path, done] { done(slurp(path)); });
}

// ---- layers ----------------------------------------------------------------------------------------------------------

static OneThread &shared() {
  static OneThread thread;
  return thread;
}
#define IN_BACKGROUND(...) shared().execute([=] { __VA_ARGS__; })
template <class F> static void enqueue_ok(F work) { shared().execute(std::move(work)); }
template <class F> static auto submit_ok(F work) {
  auto task = std::make_shared<std::packaged_task<std::invoke_result_t<F>()>>(std::move(work));
  auto result = task->get_future();
  enqueue_ok([task] { (*task)(); });
  return result;
}
template <class F, class Done> static void then_ok(F work, Done done) {
  enqueue_ok([work = std::move(work), done = std::move(done)]() mutable { done(work()); });
}

std::future<std::string> layers_bad(std::string path) { // expect: async-over-thread-pool
  return submit_ok([path] { return slurp(path); });
}
std::future<std::size_t> layers_ok(std::string text) {
  return submit_ok([text] { return text.size(); });
}
template <class Done> void handler_bad(std::string path, Done done) { // expect: async-over-thread-pool
  then_ok([path] { return slurp(path); }, std::move(done));
}
void macro_bad(std::string path, std::function<void(std::string)> done) { // expect: async-over-thread-pool
  IN_BACKGROUND(done(slurp(path)));
}
void macro_ok(std::string text, std::function<void(std::size_t)> done) { IN_BACKGROUND(done(text.size())); }
std::future<std::string> through_a_callback_bad(std::string path) { // expect: async-over-thread-pool
  auto promise = std::make_shared<std::promise<std::string>>();
  macro_bad(std::move(path), [promise](std::string text) { promise->set_value(std::move(text)); });
  return promise->get_future();
}
struct Handler {
  int *count;
  void operator()(const std::string &text) const { *count += static_cast<int>(text.size()); }
};

int main() {
  int count = 0;
  handler_bad("/etc/hosts", Handler{&count});
  handler_bad("/etc/hosts", [](const std::string &) {});
}
