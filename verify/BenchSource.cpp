// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchSource.h"

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

/// The same number counted in other ways; atomic_again is there to be compared with atomic.
constexpr StringLiteral Alternatives = R"cpp(
using threadbare_counted_{0} = {1};
BENCHMARK(threadbare_bench::increment<threadbare_counted_{0}>)->Name("increment_{0}")->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK(threadbare_bench::atomicCounter<threadbare_counted_{0}>)->Name("atomic_{0}")->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK(threadbare_bench::atomicCounter<threadbare_counted_{0}>)->Name("atomic_again_{0}")->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK(threadbare_bench::mutexCounter<threadbare_counted_{0}>)->Name("mutex_{0}")->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
BENCHMARK(threadbare_bench::shardedCounter<threadbare_counted_{0}>)->Name("sharded_{0}")->Threads(1)->Threads(2)->Threads(4)->UseRealTime();
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
BENCHMARK(calls_{0})->Arg(1)->Arg(16)->Arg(64)->Iterations(1)->UseRealTime();
BENCHMARK(calls_{0})->Name("calls_again_{0}")->Arg(1)->Iterations(1)->UseRealTime();
)cpp";

std::string benchmarkOf(const Benched &B) {
  const std::string &Call = B.Calls.front();
  if (B.isWrapper())
    return formatv(Wrapper.data(), B.Number, Call);
  if (!B.isCounter())
    return formatv(Loop.data(), B.Number, Call);
  if (B.Variable.empty())
    return (formatv(CounterAlone.data(), B.Number, Call) + formatv(Alternatives.data(), B.Number, "long")).str();
  std::string Type = "std::remove_cv_t<std::remove_reference_t<decltype(" + B.Variable + ")>>";
  return (formatv(CounterWithVariable.data(), B.Number, Call, B.Variable) +
          formatv(Alternatives.data(), B.Number, Type))
      .str();
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
  Text += benchPrologue();
  for (const Benched &B : Findings)
    Text += benchmarkOf(B);
  Text += "\nint main(int argc, char **argv) {\n  if (std::getenv(\"THREADBARE_OPTIONS\")) {\n";
  for (const Benched &B : Findings)
    Text += "  " + runOf(B);
  Text += "    return 0;\n  }\n  benchmark::Initialize(&argc, argv);\n  benchmark::RunSpecifiedBenchmarks();\n}\n";
  return Text;
}

} // namespace threadbare::verify
