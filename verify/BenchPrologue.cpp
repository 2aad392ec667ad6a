// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every generated program begins with.
#include "verify/BenchSource.h"

namespace threadbare::verify {

llvm::StringRef benchPrologue() {
  static constexpr llvm::StringLiteral Text = R"cpp(
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <coroutine>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <mutex>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

// Of Asio, the loop; the user's file may have less.
#if defined(BOOST_ASIO_AWAITABLE_HPP)
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#elif defined(ASIO_AWAITABLE_HPP)
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#endif

namespace threadbare_bench {

using Clock = std::chrono::steady_clock;

inline void work() {
  auto end = Clock::now() + std::chrono::microseconds(20);
  while (Clock::now() < end) {
  }
}

/// The one object that all threads share.
template <class T> T &object() {
  static T shared;
  return shared;
}

/// Both at the same time, many times; less often if they take long.
template <class First, class Second> void race(First first, Second second) {
  std::atomic<int> ready{0};
  auto run = [&](auto &call) {
    ++ready;
    while (ready < 2) {
    }
    auto end = Clock::now() + std::chrono::seconds(3);
    for (int i = 0; i < 300 && (i < 2 || Clock::now() < end); ++i) {
      call();
      work();
    }
  };
  std::thread other([&] { run(second); });
  run(first);
  other.join();
}

/// A coroutine that the loop below starts, and that waits for nothing of its own.
struct Driver {
  struct promise_type {
    Driver get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::abort(); }
  };
  std::coroutine_handle<promise_type> handle;
};

template <class T>
concept Awaitable = requires(T t) { t.await_ready(); } || requires(T t) { std::move(t).operator co_await(); } ||
                    requires(T t) { operator co_await(std::move(t)); };

template <class Call> Driver drive(Call call) {
  if constexpr (Awaitable<decltype(call())>)
    co_await call();
  else
    call();
}

/// Runs a coroutine on a loop of one thread; how late the loop was, in milliseconds. \p count of them at once.
template <class Call> double onLoop(Call call, int count) {
  using Result = decltype(call());
  double lag = 0;
  auto since = [](Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  };
  (void)since;
#if defined(BOOST_ASIO_AWAITABLE_HPP) || defined(ASIO_AWAITABLE_HPP)
#if defined(BOOST_ASIO_AWAITABLE_HPP)
  namespace asio = boost::asio;
#endif
  if constexpr (requires(Result r) { asio::co_spawn(std::declval<asio::io_context &>(), std::move(r), asio::detached); }) {
    asio::io_context loop(1);
    int running = count;
    asio::co_spawn(loop, [&]() -> asio::awaitable<void> {
      asio::steady_timer beat(loop);
      while (running > 0) {
        auto due = Clock::now() + std::chrono::milliseconds(1);
        beat.expires_at(due);
        co_await beat.async_wait(asio::use_awaitable);
        lag = std::max(lag, since(due));
      }
    }, asio::detached);
    for (int i = 0; i < count; ++i)
      asio::co_spawn(loop, [&]() -> asio::awaitable<void> {
        asio::steady_timer later(loop, std::chrono::milliseconds(3));
        co_await later.async_wait(asio::use_awaitable);
        (void)co_await call();
        --running;
      }, asio::detached);
    loop.run();
    return lag;
  } else
#endif
  {
    for (int i = 0; i < count; ++i) {
      Driver driver = drive(call);
      auto start = Clock::now();
      driver.handle.resume();
      lag = std::max(lag, since(start));
      if (driver.handle.done())
        driver.handle.destroy();
    }
    return lag;
  }
}

/// Starts \p count calls and waits for all.
template <class Call> void atOnce(Call call, int count) {
  using Result = decltype(call());
  if constexpr (requires(Result r) { r.get(); }) {
    std::vector<Result> results;
    for (int i = 0; i < count; ++i)
      results.push_back(call());
    for (Result &result : results)
      (void)result.get();
  } else {
    onLoop(call, count);
  }
}

/// How much more than at its beginning the process has at most, while this lives: looked at again and again by a thread.
class Footprint {
public:
  Footprint() {
    start = now();
    watcher = std::thread([this] {
      while (!done) {
        Numbers seen = now();
        for (int i = 0; i < 3; ++i)
          most[i] = std::max(most[i], seen[i] - start[i]);
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
    });
  }
  ~Footprint() { stop(); }

  void tell(benchmark::State &state) {
    stop();
    state.counters["threads"] = std::max(0.0, most[0] - 1); // not the watcher
    state.counters["resident_kib_each"] = most[1] / double(state.range(0));
    state.counters["virtual_kib_each"] = most[2] / double(state.range(0));
  }

private:
  using Numbers = std::array<double, 3>; ///< threads, KiB resident, KiB of addresses

  static Numbers now() {
    Numbers numbers{};
    if (std::FILE *file = std::fopen("/proc/self/status", "r")) {
      char line[256];
      while (std::fgets(line, sizeof line, file)) {
        std::sscanf(line, "Threads: %lf", &numbers[0]);
        std::sscanf(line, "VmRSS: %lf", &numbers[1]);
        std::sscanf(line, "VmSize: %lf", &numbers[2]);
      }
      std::fclose(file);
    }
    return numbers;
  }

  void stop() {
    done = true;
    if (watcher.joinable())
      watcher.join();
  }

  Numbers start{}, most{};
  std::atomic<bool> done{false};
  std::thread watcher;
};

/// What an increment costs that races as the user's does, and what would count right.
template <class T> void increment(benchmark::State &state) {
  static T count{};
  for (auto _ : state)
    benchmark::DoNotOptimize(++count);
}
template <class T> void atomicCounter(benchmark::State &state) {
  static std::atomic<T> count{};
  for (auto _ : state)
    count.fetch_add(1, std::memory_order_relaxed);
}
template <class T> void mutexCounter(benchmark::State &state) {
  static std::mutex mutex;
  static T count{};
  for (auto _ : state) {
    std::lock_guard lock(mutex);
    benchmark::DoNotOptimize(++count);
  }
}
template <class T> void shardedCounter(benchmark::State &state) {
  struct alignas(64) Shard {
    std::atomic<T> count{};
  };
  static Shard shards[64];
  Shard &mine = shards[state.thread_index() % 64];
  for (auto _ : state)
    mine.count.store(mine.count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

/// "PROGRAM [SECONDS [NUMBER]]": one finding for each process, so that what does not end, or ends the program, is not in
/// the way of the others. If one did not end within its seconds, nor does this: that is to be known.
inline int runEach(void (*const *runs)(), std::size_t count, int argc, char **argv) {
  if (argc == 3 || count == 1) {
    runs[argc == 3 ? std::strtoul(argv[2], nullptr, 10) % count : 0]();
    return 0;
  }
  std::string seconds = argc == 2 ? argv[1] : "15";
  auto limit = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::atof(seconds.c_str())));
  bool endless = false;
  for (std::size_t i = 0; i < count; ++i) {
    std::string number = std::to_string(i);
    char *words[] = {argv[0], seconds.data(), number.data(), nullptr};
    pid_t child = fork();
    if (child == 0) {
      execv("/proc/self/exe", words);
      _exit(127);
    }
    auto end = Clock::now() + limit;
    while (waitpid(child, nullptr, WNOHANG) == 0) {
      if (Clock::now() >= end) {
        endless = true;
        kill(child, SIGKILL);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  while (endless)
    pause();
  return 0;
}

} // namespace threadbare_bench
)cpp";
  return Text;
}

} // namespace threadbare::verify
