// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions that look asynchronous: with a pool underneath, with a thread for each call, and without.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <queue>
#include <string_view>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

class Pool {
public:
  explicit Pool(int threads) {
    for (int i = 0; i < threads; ++i)
      threads_.emplace_back([this] { work(); });
  }
  ~Pool() {
    for (std::size_t i = 0; i < threads_.size(); ++i)
      post({});
    for (std::thread &thread : threads_)
      thread.join();
  }
  void post(std::function<void()> task) {
    std::lock_guard lock(mutex_);
    tasks_.push(std::move(task));
    changed_.notify_one();
  }

private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !tasks_.empty(); });
      std::function<void()> task = std::move(tasks_.front());
      tasks_.pop();
      lock.unlock();
      if (!task)
        return;
      task();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
};

Pool three(3), one(1), computing(2), lazy(1);
using Done = std::shared_ptr<std::promise<void>>;

void slow() { std::this_thread::sleep_for(10ms); }

std::future<void> poolOfThree() {
  Done done = std::make_shared<std::promise<void>>();
  three.post([done] { // claim three_bad wrapper three.post
    slow();           // claim three_bad body slow
    done->set_value();
  });
  return done->get_future();
}

std::future<void> poolOfOne() {
  Done done = std::make_shared<std::promise<void>>();
  one.post([done] { // claim one_bad wrapper one.post
    slow();         // claim one_bad body slow
    done->set_value();
  });
  return done->get_future();
}

std::future<void> threadEach() {
  return std::async(std::launch::async, [] { // claim thread_bad wrapper std::async
    slow();                                  // claim thread_bad body slow
  });
}

void quick() {}

std::future<void> work() {
  Done done = std::make_shared<std::promise<void>>();
  computing.post([done] { // claim quick_ok wrapper computing.post
    quick();              // claim quick_ok body quick
    done->set_value();
  });
  return done->get_future();
}

std::future<void> deferred() {
  return std::async(std::launch::deferred, [] { // claim deferred_ok wrapper std::async
    slow();                                     // claim deferred_ok body slow
  });
}

std::future<void> oneByOne() {
  Done done = std::make_shared<std::promise<void>>();
  lazy.post([done] { // claim one_by_one wrapper lazy.post
    slow();          // claim one_by_one body slow
    done->set_value();
  });
  return done->get_future();
}

std::future<void> never() {
  return std::async(std::launch::async, [] { // claim never wrapper std::async
    slow();                                  // claim never body slow
  });
}

template <class Call> void manyAtOnce(Call call) {
  std::vector<std::future<void>> calls;
  for (int i = 0; i < 24; ++i)
    calls.push_back(call());
  for (auto &each : calls)
    each.get();
}

int main(int argc, char **argv) {
  manyAtOnce(poolOfThree);
  manyAtOnce(poolOfOne);
  manyAtOnce(threadEach);
  manyAtOnce(work);
  manyAtOnce(deferred);
  for (int i = 0; i < 5; ++i)
    oneByOne().get();
  if (argc > 5)
    never();
}
