// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An atomic count beside one that is none: counting orders nothing where nobody looks at what the count was.
// RUN: %marks --checks=-*,threadbare-unsynchronized-shared-counter %s
#include <atomic>
#include <thread>
#include <vector>

class Workers {
public:
  explicit Workers(int n) {
    for (int i = 0; i < n; ++i)
      threads_.emplace_back([this] { work(); });
  }
  ~Workers() {
    for (auto &t : threads_)
      t.join();
  }

private:
  void work() {
    ++running_;
    for (int i = 0; i < 100; ++i)
      done_++; // expect: unsynchronized-shared-counter
    --running_;
  }
  std::vector<std::thread> threads_;
  std::atomic<int> running_{0};
  int done_ = 0;
};

int main() { Workers four(4); }
