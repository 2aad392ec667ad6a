// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchNumbers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace llvm;

namespace threadbare::verify {
namespace {

/// More than the fewest that are needed: with 21, 97 of 100 differences of 10 % are found on a machine where each time
/// is off by 2 % and every tenth is interrupted.
constexpr std::size_t MostRounds = 21;
constexpr double SecondsInRound = 0.01; ///< of one benchmark

double timeOf(const json::Object &Benchmark) { return Benchmark.getNumber("real_time").value_or(0); }

StringRef nameOf(const json::Object &Benchmark) { return Benchmark.getString("name").value_or(""); }

std::string line(const json::Object &O) {
  double Nanoseconds = timeOf(O);
  std::string Line = Nanoseconds < 1e6 ? formatv("{0,-36} {1,10:f1} ns", nameOf(O), Nanoseconds).str()
                                       : formatv("{0,-36} {1,10:f1} ms", nameOf(O), Nanoseconds / 1e6).str();
  if (auto Lost = O.getNumber("lost_percent"))
    Line += formatv("   {0:f2} % of updates lost", *Lost);
  if (auto Threads = O.getNumber("threads"); Threads && O.getNumber("virtual_kib_each"))
    Line += formatv("   {0:f0} more threads; {1:f1} KiB of memory and {2:f0} KiB of addresses for each call", *Threads,
                    O.getNumber("resident_kib_each").value_or(0), *O.getNumber("virtual_kib_each"));
  if (auto Lag = O.getNumber("lag_ms"))
    Line += formatv("   the loop was {0:f1} ms late", *Lag);
  return Line;
}

json::Array toJson(const Interval &I) { return json::Array{I.Low, I.Estimate, I.High}; }

std::string print(const Interval &I) { return formatv("{0:f2} [{1:f2} {2:f2}]", I.Estimate, I.Low, I.High).str(); }

} // namespace

std::vector<Contest> contestsOf(const Benched &B) {
  std::vector<Contest> Contests;
  std::string Number = utostr(B.Number);
  if (B.isCounter())
    for (unsigned Threads : {1, 2, 4}) {
      auto Named = [&](StringRef What) { return (What + "_" + Number + "/real_time/threads:" + Twine(Threads)).str(); };
      Contests.push_back({counted(Threads, "thread"),
                          Named("atomic"),
                          Named("atomic_again"),
                          {{Named("increment"), "a plain increment", ""},
                           {Named("mutex"), "the mutex", ""},
                           {Named("sharded"), "a number for each thread", ""}},
                          "the atomic"});
    }
  else if (B.isWrapper()) {
    auto Named = [&](StringRef What, unsigned Calls) {
      return formatv("{0}_{1}/{2}/iterations:1/real_time", What, Number, Calls).str();
    };
    Contests.push_back({"calls at once",
                        Named("calls", 1),
                        Named("calls_again", 1),
                        {{Named("calls", 16), "a batch of 16", "not as free of each other as they look"}},
                        "one"});
  }
  return Contests;
}

StringRef spell(const Comparison &C) {
  return !C.isDifference() ? "inconclusive" : C.Ratio.isMore() ? "slower" : "faster";
}

std::string describe(const Contest &In, const Contest::Other &Other, const Comparison &C) {
  std::string Text =
      formatv("{0}: {1} takes {2} times as long as {3}: ", In.Where, Other.Said, print(C.Ratio), In.BaseSaid);
  if (C.isDifference() && C.Ratio.isMore() && !Other.IfMore.empty())
    return Text + Other.IfMore;
  if (C.isDifference()) {
    bool BaseWins = C.Ratio.isMore();
    return Text + formatv("{0} is {1:f1} times faster here", BaseWins ? In.BaseSaid : Other.Said,
                          BaseWins ? C.Ratio.Estimate : 1 / C.Ratio.Estimate)
                      .str();
  }
  if (C.Rounds < Comparison::FewestRounds)
    return Text +
           formatv("inconclusive ({0}; {1} are needed)", counted(C.Rounds, "round"), Comparison::FewestRounds).str();
  return Text + formatv("inconclusive (the same twice: {0})", print(C.Null)).str();
}

Expected<BenchNumbers> BenchNumbers::measure(std::string Stem, ArrayRef<Benched> Findings, double Budget,
                                             double Timeout) {
  BenchNumbers Numbers(std::move(Stem), Timeout);
  for (const Benched &B : Findings) {
    // Of a wrapper, what it takes is measured in a process that has no threads and no memory left over yet.
    for (StringRef Which : {"plain|increment|atomic|mutex|sharded|loop|calls", "footprint"}) {
      if (Which == "footprint" && !B.isWrapper())
        continue;
      Expected<json::Array> Once = Numbers.run(formatv("^({0})_{1}/", Which, B.Number), 0.05, false);
      if (!Once)
        return Once.takeError();
      if (Once->empty())
        break; // it did not end, and would not the next time
      append_range(Numbers.Once[B.Number], std::move(*Once));
    }
    if (Numbers.Once[B.Number].empty())
      continue;
    std::vector<Contest> Contests = contestsOf(B);
    for (const Contest &C : Contests) {
      Expected<Outcome> Held = Numbers.hold(C, Numbers.Once[B.Number], Budget / Contests.size());
      if (!Held)
        return Held.takeError();
      Numbers.Outcomes[B.Number].push_back(std::move(*Held));
    }
  }
  return std::move(Numbers);
}

/// The benchmarks whose names fit; none if the program did not end.
Expected<json::Array> BenchNumbers::run(std::string Filter, double MinimumSeconds, bool Shuffled) const {
  std::string Report = Stem + ".json";
  sys::fs::remove(Report);
  Command C;
  C.Words = {Stem,
             "--benchmark_filter=" + Filter,
             formatv("--benchmark_min_time={0:f3}", MinimumSeconds).str(),
             std::string("--benchmark_enable_random_interleaving=") + (Shuffled ? "true" : "false"),
             "--benchmark_out=" + Report,
             "--benchmark_out_format=json"};
  C.Directory = sys::path::parent_path(Stem).str();
  C.Log = Stem + ".log";
  C.Seconds = Timeout;
  Expected<Ended> E = verify::run(C);
  if (!E)
    return E.takeError();
  auto Buffer = MemoryBuffer::getFile(Report);
  Expected<json::Value> Parsed = Buffer ? json::parse((*Buffer)->getBuffer()) : json::parse("null");
  if (!Parsed) {
    consumeError(Parsed.takeError()); // it did not end: what the runs say is enough
    return json::Array();
  }
  json::Object *Root = Parsed->getAsObject();
  json::Array *List = Root ? Root->getArray("benchmarks") : nullptr;
  return List ? std::move(*List) : json::Array();
}

/// From what was measured once. A benchmark is run a few times, until it is known how often fits into its time.
static double expectedSeconds(const Contest &C, const json::Array &Once) {
  auto SecondsOf = [&](StringRef Name) {
    for (const json::Value &V : Once)
      if (const json::Object &O = *V.getAsObject(); nameOf(O) == Name)
        return std::max(timeOf(O) / 1e9, 2.5 * SecondsInRound);
    return 2.5 * SecondsInRound;
  };
  double Seconds = 0.02 + 2 * SecondsOf(C.Base);
  for (const Contest::Other &Each : C.Others)
    Seconds += SecondsOf(Each.Name);
  return Seconds;
}

/// One process for each round, so that not even the layout of the memory stays what it was.
Expected<BenchNumbers::Outcome> BenchNumbers::hold(const Contest &C, const json::Array &Before, double Budget) const {
  Outcome Result{C, {}};
  std::vector<std::string> Names = {C.Base, C.BaseAgain};
  for (const Contest::Other &Each : C.Others)
    Names.push_back(Each.Name);
  std::size_t Rounds = std::min<double>(MostRounds, Budget / expectedSeconds(C, Before));
  if (Rounds < Comparison::FewestRounds)
    return Result; // could give no verdict
  std::map<std::string, std::vector<double>> Times;
  for (std::size_t Round = 0; Round < Rounds; ++Round) {
    Expected<json::Array> Once = run("^(" + join(Names, "|") + ")$", SecondsInRound, true);
    if (!Once)
      return Once.takeError();
    if (Once->empty())
      return Result; // it did not end
    for (const std::string &Name : Names)
      Times[Name].push_back(0); // is no time, if the benchmark is not there
    for (const json::Value &V : *Once)
      if (const json::Object &O = *V.getAsObject(); is_contained(Names, nameOf(O)))
        Times[nameOf(O).str()].back() = timeOf(O);
  }
  for (const Contest::Other &Each : C.Others)
    Result.Others.push_back(compare(Times[C.Base], Times[C.BaseAgain], Times[Each.Name]));
  return Result;
}

void BenchNumbers::addTo(Verdict &V, const Benched &B) const {
  json::Array Ours, Compared;
  auto Measured = Once.find(B.Number);
  for (const json::Value &Value : Measured == Once.end() ? json::Array() : Measured->second) {
    V.Details.push_back(line(*Value.getAsObject()));
    Ours.push_back(Value);
  }
  auto Held = Outcomes.find(B.Number);
  ArrayRef<Outcome> Contests = Held == Outcomes.end() ? ArrayRef<Outcome>() : ArrayRef(Held->second);
  for (const Outcome &Each : Contests)
    for (const auto &[Other, C] : zip(Each.Of.Others, Each.Others)) {
      V.Details.push_back(describe(Each.Of, Other, C));
      Compared.push_back(json::Object{{"base", Each.Of.Base},
                                      {"other", Other.Name},
                                      {"ratio", toJson(C.Ratio)},
                                      {"sameTwice", toJson(C.Null)},
                                      {"rounds", std::int64_t(C.Rounds)},
                                      {"verdict", spell(C)}});
    }
  if (any_of(Contests, [](const Outcome &Each) { return Each.Others.empty(); }))
    V.Details.push_back("not compared: fifteen rounds do not fit into the budget");
  if (!Ours.empty())
    V.Evidence["benchmarks"] = std::move(Ours);
  if (!Compared.empty())
    V.Evidence["comparisons"] = std::move(Compared);
}

} // namespace threadbare::verify
