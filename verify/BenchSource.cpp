// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchSource.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace threadbare::verify {
namespace {

/// Whether the next function is one of this name: attributes, or its template, may stand between.
bool beginsBelow(ArrayRef<StringRef> Lines, std::size_t Comment, StringRef Name) {
  for (StringRef Line : Lines.drop_front(Comment + 1)) {
    for (std::size_t At = 0; (At = Line.find(Name, At)) != StringRef::npos; At += Name.size())
      if (Line.substr(At + Name.size()).ltrim().starts_with("("))
        return true;
    if (Line.find_first_of("{;}") != StringRef::npos)
      break;
  }
  return false;
}

/// Arguments that the user wrote above a function: "(3, \"x\")". Looked for from a line of its body upward.
std::string argumentsAbove(const Location &At, StringRef Name) {
  auto Buffer = MemoryBuffer::getFile(At.File);
  if (!Buffer)
    return "()";
  SmallVector<StringRef, 0> Lines;
  (*Buffer)->getBuffer().split(Lines, '\n');
  for (std::size_t I = std::min<std::size_t>(At.Line, Lines.size()); I-- > 0;) {
    auto [Before, Call] = Lines[I].split("threadbare: call with ");
    if (Before.contains("//") && Call.trim().starts_with("(") && Call.trim().ends_with(")") &&
        beginsBelow(Lines, I, Name))
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
static void footprint_{0}(benchmark::State &state) {{
  for (auto _ : state) {{
    threadbare_bench::Footprint grown;
    threadbare_bench::atOnce([] {{ return {1}; }, int(state.range(0)));
    grown.tell(state);
  }
}
BENCHMARK(footprint_{0})->Arg(64)->Iterations(1)->UseRealTime();
)cpp";

std::string benchmarkOf(const Benched &B) {
  std::string Call = B.call(0), Variable = B.variable();
  if (B.isWrapper())
    return formatv(Wrapper.data(), B.Number, Call);
  if (!B.isCounter())
    return formatv(Loop.data(), B.Number, Call);
  // What it is in C, only C could say.
  std::string Type =
      Variable.empty() || B.InC ? "long" : "std::remove_cv_t<std::remove_reference_t<decltype(" + Variable + ")>>";
  std::string Plain = Variable.empty() ? formatv(CounterAlone.data(), B.Number, Call).str()
                                       : formatv(CounterWithVariable.data(), B.Number, Call, Variable).str();
  return Plain + formatv(Alternatives.data(), B.Number, Type).str();
}

std::string runOf(const Benched &B) {
  if (B.isWrapper())
    return formatv("threadbare_bench::atOnce([] {{ return {0}; }, 24);", B.call(0));
  if (B.isCounter())
    return formatv("threadbare_bench::race([] {{ (void)({0}); }, [] {{ (void)({1}); });", B.call(0),
                   B.call(B.Calls.size() - 1));
  std::string Few = formatv("threadbare_bench::onLoop([] {{ return {0}; }, 3);", B.call(0));
  if (B.Of->Check != "threadbare-unbounded-threads")
    return Few;
  // That threads are without limit shows when there are many, and that they are no fixed set, when some have ended.
  return Few + " std::this_thread::sleep_for(std::chrono::milliseconds(500)); " +
         formatv("threadbare_bench::onLoop([] {{ return {0}; }, 200);", B.call(0)).str();
}

std::string includeOf(StringRef UserFile) {
  return "#define main threadbare_users_main\n#include \"" + UserFile.str() + "\"\n#undef main\n";
}

/// What benchSourceInC() defines.
std::string declarationsOf(const Benched &B) {
  std::string Text = "extern \"C\" {\n";
  for (std::size_t I = 0; I < B.Calls.size(); ++I)
    Text += "void " + B.call(I) + ";\n";
  if (!B.Variable.empty())
    Text += "double " + B.variable() + ";\n";
  return Text + "}\n";
}

} // namespace

std::string BenchedCall::text() const {
  if (OfObject)
    return "threadbare_bench::object<" + Scope + ">()." + Name + Arguments;
  return Scope + "::" + Name + Arguments;
}

std::string Benched::call(std::size_t I) const {
  return InC ? formatv("threadbare_call_{0}_{1}()", Number, I).str() : Calls[I].text();
}

std::string Benched::variable() const {
  return InC && !Variable.empty() ? formatv("threadbare_value_{0}()", Number).str() : Variable;
}

Expected<Benched> describeForBench(const Claim &C, unsigned Number) {
  Benched B;
  B.Of = &C;
  B.Number = Number;
  for (const Spot &S : C.Spots) {
    if (S.Role == "body")
      continue;
    if (S.Function == "lambda" || S.Function == "main" || S.Function.empty())
      return createStringError("'%s' cannot be called alone", S.Function.c_str());
    std::size_t Colons = StringRef(S.Function).rfind("::");
    bool InScope = Colons != StringRef::npos;
    std::string Name = InScope ? S.Function.substr(Colons + 2) : S.Function;
    B.Calls.push_back({InScope ? "::" + S.Function.substr(0, Colons) : "", Name, argumentsAbove(S.At, Name)});
  }
  if (B.Calls.empty())
    return createStringError("there is no function to call");
  return B;
}

std::vector<std::string> namesOfVariable(const Benched &B) {
  std::string Written = firstQuoted(B.Of->Message);
  if (!B.isCounter() || Written.empty())
    return {};
  const BenchedCall &Call = B.Calls.front();
  std::vector<std::string> Names = {Written};
  if (!Call.Scope.empty())
    Names.push_back(Call.Scope + "::" + Written);
  if (Call.OfObject) // 'Session::reads_'
    Names.push_back("threadbare_bench::object<" + Call.Scope + ">()." + StringRef(Written).rsplit("::").second.str());
  return Names;
}

std::string benchHead(StringRef UserFile, bool InC) {
  std::string Text = "// Written by 'threadbare verify'. Without THREADBARE_OPTIONS it runs benchmarks; with it, each\n"
                     "// function once for the runtime to watch.\n";
  Text += InC ? "// The user's file is C: see the file of this name that ends in .c\n" : includeOf(UserFile);
  return Text + benchPrologue().str();
}

std::string benchTail(ArrayRef<Benched> Findings) {
  std::string Text;
  for (const Benched &B : Findings)
    Text += (B.InC ? declarationsOf(B) : "") + benchmarkOf(B);
  Text += "\nstatic void (*const threadbare_runs[])() = {\n";
  for (const Benched &B : Findings)
    Text += "  [] { " + runOf(B) + " },\n";
  return Text + R"cpp(};

int main(int argc, char **argv) {
  if (std::getenv("THREADBARE_OPTIONS"))
    return threadbare_bench::runEach(threadbare_runs, std::size(threadbare_runs), argc, argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
)cpp";
}

std::string benchSource(StringRef UserFile, ArrayRef<Benched> Findings) {
  return benchHead(UserFile, any_of(Findings, [](const Benched &B) { return B.InC; })) + benchTail(Findings);
}

std::string benchSourceInC(StringRef UserFile, ArrayRef<Benched> Findings) {
  std::string Text =
      "/* Written by 'threadbare verify', for the file of this name that ends in .cpp. */\n" + includeOf(UserFile);
  for (const Benched &B : Findings) {
    for (std::size_t I = 0; I < B.Calls.size(); ++I)
      Text += formatv("void threadbare_call_{0}_{1}(void) {{ (void)({2}{3}); }\n", B.Number, I, B.Calls[I].Name,
                      B.Calls[I].Arguments)
                  .str();
    if (!B.Variable.empty())
      Text += formatv("double threadbare_value_{0}(void) {{ return (double)({1}); }\n", B.Number, B.Variable).str();
  }
  return Text;
}

} // namespace threadbare::verify
