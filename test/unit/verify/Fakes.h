// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs that never happened: verifiers are given evidence that a test has written.
#pragma once

#include "verify/Campaign.h"

#include "llvm/Support/FormatVariadic.h"

#include "gtest/gtest.h"

#include <map>
#include <string>
#include <vector>

namespace threadbare::verify {

using Recorded = Run; ///< in a fixture, Run is a function of testing::Test

/// A line of evidence: JSON with ' in place of ".
inline llvm::json::Object line(std::string Text) {
  for (char &C : Text)
    C = C == '\'' ? '"' : C;
  llvm::Expected<llvm::json::Value> Value = llvm::json::parse(Text);
  if (!Value) {
    ADD_FAILURE() << Text << ": " << llvm::toString(Value.takeError());
    return {};
  }
  return std::move(*Value->getAsObject());
}

/// A run of one second that wrote these lines.
inline Run runOf(std::vector<std::string> Lines) {
  Run R;
  R.How.Seconds = 1;
  for (std::string &Each : Lines)
    R.Trace.push_back(line(std::move(Each)));
  return R;
}

/// Knows the frames that a test gave to addresses.
class FakeSymbolizer : public Symbolizer {
public:
  FakeSymbolizer() : Symbolizer(nullptr) {}
  std::vector<Frame> frames(const llvm::json::Array *Stack) override {
    std::vector<Frame> Found;
    for (const llvm::json::Value &Address : Stack ? *Stack : llvm::json::Array())
      Found.push_back(Known[Address.getAsString().value_or("").str()]);
    return Found;
  }

  std::map<std::string, Frame> Known;
};

/// Gives the runs it was told to, one after the other, and the last one for ever.
class FakeRunner : public Runner {
public:
  FakeRunner(const Settings &S, bool WithProbes = true) : Runner(S, WithProbes ? &Build : nullptr) {}
  llvm::Expected<Run> run(llvm::StringRef Options) override {
    Asked.push_back(Options.str());
    if (Runs.empty())
      return llvm::createStringError("no run was expected");
    const Run &Next = Runs[std::min(Asked.size(), Runs.size()) - 1];
    return Run{Next.How, Next.Trace};
  }
  Symbolizer &symbolizer() override { return Names; }

  std::vector<Run> Runs;
  std::vector<std::string> Asked; ///< the options of each run
  FakeSymbolizer Names;

private:
  ProbedBuild Build;
};

/// A claim of one or more places in lines 1, 2, ... of "/src/a.cpp".
inline Claim claimOf(std::string Check, std::vector<std::string> Functions, std::string Role = "change") {
  Claim C;
  C.Check = "threadbare-" + Check;
  for (const std::string &Function : Functions)
    C.Spots.push_back({Role, {"/src/a.cpp", unsigned(C.Spots.size() + 1), 3}, Function});
  C.At = C.Spots.front().At;
  return C;
}

/// The verdict that \p V draws.
inline Verdict judged(const Verifier &V, const Aim &A, const Run &Inert, Runner &R) {
  llvm::Expected<Verdict> Result = V.judge(A, Inert, R);
  if (Result)
    return std::move(*Result);
  Verdict None;
  None.Summary = llvm::toString(Result.takeError());
  return None;
}

} // namespace threadbare::verify
