// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pool.h"

Pool::Pool(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i)
    threads_.emplace_back(&Pool::work, this);
}

Pool::~Pool() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  for (std::thread &t : threads_)
    t.join();
}

void Pool::submit(std::function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    jobs_.push(std::move(job));
  }
  changed_.notify_one();
}

void Pool::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (jobs_.empty())
      return;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop();
    lock.unlock();
    job();
  }
}
