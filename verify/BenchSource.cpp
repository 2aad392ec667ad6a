// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/Bench.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace threadbare::verify {
namespace {

/// Arguments that the user wrote above a function: "(3, \"x\")". Looked for from a line of its body upward, to the end
/// of the function before it.
std::string argumentsAbove(const Location &At) {
  auto Buffer = MemoryBuffer::getFile(At.File);
  if (!Buffer)
    return "()";
  SmallVector<StringRef, 0> Lines((*Buffer)->getBuffer().count('\n') + 1);
  Lines.clear();
  (*Buffer)->getBuffer().split(Lines, '\n');
  const std::size_t First = std::min<std::size_t>(At.Line, Lines.size());
  for (std::size_t I = First; I-- > 0;) {
    bool EndsAnother = Lines[I].starts_with("}") || (!Lines[I].starts_with(" ") && Lines[I].rtrim().ends_with("}"));
    if (I + 1 < First && EndsAnother)
      break;
    auto [Before, Call] = Lines[I].split("threadbare: call with ");
    if (Before.contains("//") && Call.trim().starts_with("(") && Call.trim().ends_with(")"))
      return Call.trim().str();
  }
  return "()";
}

/// 'x' in "'x' is changed by several threads at once".
std::string firstQuoted(StringRef Message) { return Message.split('\'').second.split('\'').first.str(); }

constexpr StringLiteral Prologue = R"cpp(
#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace threadbare_bench {

using Clock = std::chrono::steady_clock;

inline void work() {
  auto end = Clock::now() + std::chrono::microseconds(20);
  while (Clock::now() < end) {
  }
}

/// Both at the same time, many times.
template <class First, class Second> void race(First first, Second second) {
  std::atomic<int> ready{0};
  auto run = [&](auto &call) {
    ++ready;
    while (ready < 2) {
    }
    for (int i = 0; i < 300; ++i) {
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

/// What the counter would cost otherwise.
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

} // namespace threadbare_bench
)cpp";

/// The counter as it is, with what got lost.
constexpr StringLiteral CounterWithVariable = R"cpp(
static void plain_{0}(benchmark::State &state) {{
  static std::remove_reference_t<decltype({2})> before{{}, step{{};
  if (state.thread_index() == 0) {{
    before = {2};
    {1};
    step = {2} - before;
    before = {2};
  }
  for (auto _ : state) {{
    {1};
    benchmark::ClobberMemory();
  }
  if (state.thread_index() == 0) {{
    double expected = double(step) * double(state.iterations()) * state.threads();
    state.counters["lost_percent"] = expected ? 100 * (1 - double({2} - before) / expected) : 0;
  }
}
BENCHMARK(plain_{0})->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK(threadbare_bench::atomicCounter<std::remove_reference_t<decltype({2})>>)->Name("atomic_{0}")->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK(threadbare_bench::mutexCounter<std::remove_reference_t<decltype({2})>>)->Name("mutex_{0}")->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK(threadbare_bench::shardedCounter<std::remove_reference_t<decltype({2})>>)->Name("sharded_{0}")->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
)cpp";

constexpr StringLiteral CounterAlone = R"cpp(
static void plain_{0}(benchmark::State &state) {{
  for (auto _ : state) {{
    {1};
    benchmark::ClobberMemory();
  }
}
BENCHMARK(plain_{0})->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
)cpp";

constexpr StringLiteral Loop = R"cpp(
static void loop_{0}(benchmark::State &state) {{
  double lag = 0;
  for (auto _ : state)
    lag = std::max(lag, threadbare_bench::onLoop([] {{ return {1}; }, int(state.range(0))));
  state.counters["lag_ms"] = lag;
}
// 0: the loop alone; 1: with the call.
BENCHMARK(loop_{0})->Arg(0)->Arg(1)->Iterations(5)->UseRealTime();
)cpp";

constexpr StringLiteral Wrapper = R"cpp(
static void calls_{0}(benchmark::State &state) {{
  for (auto _ : state)
    threadbare_bench::atOnce([] {{ return {1}; }, int(state.range(0)));
}
BENCHMARK(calls_{0})->Arg(1)->Arg(16)->Arg(64)->Iterations(3)->UseRealTime();
)cpp";

std::string benchmarkOf(const Benched &B) {
  const std::string &Call = B.Calls.front();
  if (B.isWrapper())
    return formatv(Wrapper.data(), B.Number, Call);
  if (!B.isCounter())
    return formatv(Loop.data(), B.Number, Call);
  if (B.Variable.empty())
    return formatv(CounterAlone.data(), B.Number, Call);
  return formatv(CounterWithVariable.data(), B.Number, Call, B.Variable);
}

std::string runOf(const Benched &B) {
  if (B.isWrapper())
    return formatv("  threadbare_bench::atOnce([] {{ return {0}; }, 24);\n", B.Calls.front());
  if (B.isCounter())
    return formatv("  threadbare_bench::race([] {{ (void)({0}); }, [] {{ (void)({1}); });\n", B.Calls.front(),
                   B.Calls.back());
  return formatv("  threadbare_bench::onLoop([] {{ return {0}; }, 3);\n", B.Calls.front());
}

} // namespace

Expected<Benched> describeForBench(const Claim &C, unsigned Number) {
  Benched B;
  B.Of = &C;
  B.Number = Number;
  for (const Spot &S : C.Spots) {
    if (S.Role == "body")
      continue;
    if (S.Function == "lambda" || S.Function == "main" || S.Function.empty())
      return createStringError("'%s' cannot be called alone", S.Function.c_str());
    B.Calls.push_back("::" + S.Function + argumentsAbove(S.At));
  }
  if (B.Calls.empty())
    return createStringError("there is no function to call");
  if (B.isCounter())
    B.Variable = firstQuoted(C.Message);
  return B;
}

std::string benchSource(StringRef UserFile, ArrayRef<Benched> Findings) {
  std::string Text = "// Written by 'threadbare verify'. Without THREADBARE_OPTIONS it runs benchmarks; with it, each\n"
                     "// function once for the runtime to watch.\n#define main threadbare_users_main\n#include \"" +
                     UserFile.str() + "\"\n#undef main\n";
  Text += Prologue;
  for (const Benched &B : Findings)
    Text += benchmarkOf(B);
  Text += "\nint main(int argc, char **argv) {\n  if (std::getenv(\"THREADBARE_OPTIONS\")) {\n";
  for (const Benched &B : Findings)
    Text += "  " + runOf(B);
  Text += "    return 0;\n  }\n  benchmark::Initialize(&argc, argv);\n  benchmark::RunSpecifiedBenchmarks();\n}\n";
  return Text;
}

} // namespace threadbare::verify
