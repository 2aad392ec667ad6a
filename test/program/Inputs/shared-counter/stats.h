// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once
#include <atomic>
#include <mutex>

struct Stats {
  long hits = 0;
  long misses = 0;
  std::atomic<long> bytes{0};
  std::mutex mutex;
  void hit();
  void miss();
};
extern Stats stats;
