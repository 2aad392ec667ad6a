// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/BenchProgram.h"
#include "verify/BenchNumbers.h"
#include "verify/Surprises.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace threadbare::verify {

/// Seconds; what is called alone and has not ended by then will not.
static constexpr double LongestRun = 45;
BenchProgram::BenchProgram(const Unit &U, const Settings &S, std::string Stem)
    : S(S), Stem(std::move(Stem)), Made(U, S.Build, this->Stem) {}

Expected<std::string> BenchProgram::take(const Claim &C) {
  Expected<Benched> B = describeForBench(C, Findings.size());
  if (!B)
    return toString(B.takeError());
  B->InC = Made.isC();
  Expected<std::string> Wrong = makeCallable(*B);
  if (!Wrong || !Wrong->empty())
    return Wrong;
  if (Error E = nameVariable(*B))
    return std::move(E);
  Findings.push_back(*B);
  return "";
}

/// Finds the way to call its functions: as they are, or of an object. What is wrong if there is none.
Expected<std::string> BenchProgram::makeCallable(Benched &B) {
  Expected<std::string> Wrong = Made.check(B);
  if (!Wrong || !StringRef(*Wrong).contains("non-static member function"))
    return Wrong;
  // The complaint does not say which of two it is of. That about all is the one to be told.
  std::string First;
  for (unsigned OfObject = (1u << B.Calls.size()) - 1; OfObject; --OfObject) {
    for (std::size_t I = 0; I < B.Calls.size(); ++I)
      B.Calls[I].OfObject = OfObject >> I & 1 && !B.Calls[I].Scope.empty();
    Wrong = Made.check(B);
    if (!Wrong || Wrong->empty())
      return Wrong;
    if (First.empty())
      First = *Wrong;
  }
  return First;
}

/// A variable beside the function, or a member of its object; otherwise a local, whose value is nobody's to read.
Error BenchProgram::nameVariable(Benched &B) {
  for (std::string &Name : namesOfVariable(B)) {
    B.Variable = std::move(Name);
    Expected<std::string> Wrong = Made.check(B);
    if (!Wrong)
      return Wrong.takeError();
    if (Wrong->empty())
      return Error::success();
  }
  B.Variable = "";
  return Error::success();
}

Error BenchProgram::judge(const Listener &L) {
  if (Error E = Made.build(Findings))
    return E;
  Settings Own = S;
  Own.Timeout = std::min(S.Timeout, LongestRun);
  Own.Command = {Stem + "-probed", formatv("{0:f1}", Own.Timeout / 3).str()};
  Own.Build.Units = {Made.unit()};
  Own.Build.Command = Made.shellCommand(Stem + "-probed");
  Own.Build.Scratch = S.Build.Scratch + "/" + sys::path::filename(Stem).str() + ".runs";
  if (std::error_code E = sys::fs::create_directories(Own.Build.Scratch))
    return createStringError(E, Own.Build.Scratch);
  Expected<BenchNumbers> Numbers = BenchNumbers::measure(Stem, Findings, S.Budget, S.Timeout);
  if (!Numbers)
    return Numbers.takeError();
  std::vector<Claim> Claims;
  for (const Benched &B : Findings)
    Claims.push_back(*B.Of);
  auto Done = [&](const Claim &C, const Verdict &V) {
    const Benched &B = Findings[&C - Claims.data()];
    Verdict WithNumbers{V.Is, V.Summary, V.Details, json::Object(V.Evidence)};
    Numbers->addTo(WithNumbers, B);
    L.Done(*B.Of, WithNumbers);
  };
  return verify(Claims, Own, {L.Note, Done, [](ArrayRef<Surprise>) {}});
}

} // namespace threadbare::verify
