// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Is a variable really touched by two threads at once? Confirmed: while one thread stood before its access, another
// came to the same address, one of the two to write. Not reproduced: the places were run by two threads of a process,
// and the budget was spent. Otherwise not exercised.
#include "verify/Campaign.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace threadbare::verify {
namespace {

/// A value as the program's type has it: bits arrive as an integer.
std::string value(const json::Object &Race, StringRef Name) {
  std::int64_t Bits = number(Race, Name);
  if (!(number(Race, "kind") & 8))
    return itostr(Bits);
  double Value = number(Race, "size") == 4 ? bit_cast<float>(std::int32_t(Bits)) : bit_cast<double>(Bits);
  return formatv("{0:f2}", Value).str();
}

struct Hits {
  unsigned Runs = 0, Stalls = 0, Visited = 0, Overwritten = 0;
  double Seconds = 0;
  std::optional<json::Object> First, Overwrite;

  void add(const Run &R) {
    ++Runs;
    Seconds += R.How.Seconds;
    for (const json::Object &O : R.Trace) {
      bool Race = O.getString("event") == "race";
      if (!Race && O.getString("event") != "trap")
        continue;
      ++Stalls;
      Visited += Race;
      Overwritten += number(O, "overwrites");
      if (Race && !First)
        First = O;
      if (Race && number(O, "overwrites") && !Overwrite)
        Overwrite = O;
    }
  }
};

class CounterVerifier : public Verifier {
public:
  bool takes(const Claim &C) const override { return C.Check == "threadbare-unsynchronized-shared-counter"; }

  Expected<Verdict> judge(const Aim &A, const Run &Inert, Runner &R) const override {
    if (!R.hasProbes())
      return createStringError("there are no probes in the program");
    Exercise E = exercise(A, Inert);
    if (E.Threads < 2)
      return notExercised(A, E);
    Hits H;
    do {
      Expected<Run> Armed = R.run(options(A, E, H.Runs));
      if (!Armed)
        return Armed.takeError();
      H.add(*Armed);
    } while (!H.First && H.Seconds < R.settings().Budget);
    return H.First ? confirmed(E, H, R) : notReproduced(E, H, R);
  }

private:
  /// One finding at a time: with all sites armed at once, threads fall into step. Where accesses are rare, a stall may
  /// last longer.
  static std::string options(const Aim &A, const Exercise &E, unsigned Round) {
    std::int64_t PerThread = std::max<std::int64_t>(1, E.Runs / std::int64_t(E.Threads));
    std::int64_t Stall = std::clamp<std::int64_t>(200'000 / PerThread, 500, 20'000);
    auto Names = map_range(A.Sites, [](unsigned Site) { return utostr(Site); });
    return formatv("probes=trap:arm={0}:stall_us={1}:seed={2}", join(Names, ","), Stall, Round + 1).str();
  }

  /// Whether it is of two functions.
  static bool both(const Claim &C) { return C.Spots.size() > 1 && C.Spots[0].Function != C.Spots[1].Function; }

  static Verdict notExercised(const Aim &A, const Exercise &E) {
    Verdict V;
    V.Is = Outcome::NotExercised;
    std::string Names = functionsOf(A.Of);
    if (!E.HasProbes)
      V.Summary = "no program that ran has an access there that a probe could be put at (" + Names + ")";
    else if (E.Threads == 0)
      V.Summary = "did not run: a test is missing that calls " + Names;
    else
      V.Summary = "ran " + counted(E.Runs, "time") + ", in one thread only: a test is missing that calls " +
                  (both(A.Of) ? "one of " + Names + " while another thread calls the other" : Names + " in two");
    V.Evidence = json::Object{{"accesses", E.Runs}, {"threads", std::int64_t(E.Threads)}};
    return V;
  }

  static json::Object numbers(const Exercise &E, const Hits &H) {
    return json::Object{{"accesses", E.Runs},          {"updates", E.Updates},     {"threads", std::int64_t(E.Threads)},
                        {"lostWithoutStalls", E.Lost}, {"runs", H.Runs},           {"seconds", H.Seconds},
                        {"stalls", H.Stalls},          {"overlapping", H.Visited}, {"overwritten", H.Overwritten}};
  }

  static Verdict notReproduced(const Exercise &E, const Hits &H, Runner &R) {
    Verdict V;
    V.Is = Outcome::NotReproduced;
    V.Summary = formatv("ran {0} in {1} threads; nobody came in {2} of {3} ({4:f1} s, the budget is {5:f1} s)",
                        counted(E.Runs, "time"), E.Threads, counted(H.Stalls, "stall"), counted(H.Runs, "run"),
                        H.Seconds, R.settings().Budget);
    V.Evidence = numbers(E, H);
    return V;
  }

  static Verdict confirmed(const Exercise &E, const Hits &H, Runner &R) {
    Verdict V;
    V.Is = Outcome::Confirmed;
    V.Summary = formatv("another thread came to it in {0} of {1}", H.Visited, counted(H.Stalls, "stall"));
    if (H.Overwritten)
      V.Summary += formatv("; {0} overwritten", counted(H.Overwritten, "update"));
    if (H.Overwrite && number(*H.Overwrite, "size") <= 8)
      V.Summary +=
          formatv(" ({0} became {1} during a stall)", value(*H.Overwrite, "before"), value(*H.Overwrite, "after"));
    if (E.Updates)
      V.Summary += formatv("; without stalls {0} of {1} lost", E.Lost, counted(E.Updates, "update"));
    V.Evidence = numbers(E, H);
    const json::Object &Shown = H.Overwrite ? *H.Overwrite : *H.First;
    json::Array Stacks;
    Stacks.push_back(stack("while thread {0} stood before its {1}", Shown, "", V, R));
    Stacks.push_back(stack("thread {0} came to its {1}", Shown, "other_", V, R));
    V.Evidence["stacks"] = std::move(Stacks);
    return V;
  }

  static json::Object stack(const char *Title, const json::Object &Race, StringRef Side, Verdict &V, Runner &R) {
    std::string Of = Side.str();
    StringRef Access = number(Race, Of + "kind") & 1 ? "write" : "read";
    V.Details.push_back(formatv(Title, number(Race, Of + "tid"), Access).str());
    std::vector<Frame> Stack = R.symbolizer().frames(Race.getArray(Of + "stack"));
    append_range(V.Details, printShort(Stack));
    json::Array Frames;
    for (const std::string &Line : print(Stack))
      Frames.push_back(json::fixUTF8(Line));
    return json::Object{{"thread", number(Race, Of + "tid")}, {"access", Access}, {"frames", std::move(Frames)}};
  }
};

} // namespace

std::unique_ptr<Verifier> makeCounterVerifier() { return std::make_unique<CounterVerifier>(); }

} // namespace threadbare::verify
