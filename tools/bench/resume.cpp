// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What one resumption costs: a coroutine that does nothing between two suspensions.
#include <benchmark/benchmark.h>

#include <coroutine>
#include <cstdlib>

struct Task {
  struct promise_type {
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
  };
  std::coroutine_handle<> self;
};

[[gnu::noinline]] Task forever() {
  for (;;)
    co_await std::suspend_always();
}

static void resume(benchmark::State &state) {
  Task task = forever();
  for (auto _ : state)
    task.self.resume();
  task.self.destroy();
}
BENCHMARK(resume);

BENCHMARK_MAIN();
